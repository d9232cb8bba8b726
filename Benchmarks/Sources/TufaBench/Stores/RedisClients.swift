import Foundation

/// Many clients of Redis in one loop of one thread, as its own benchmark has them.
struct RedisClients {
    private let connections: [RedisConnection]

    init(_ store: RedisStore, _ count: Int) throws {
        connections = try (0..<count).map { _ in try store.connect() }
    }

    /// Commits a second; each client sends the next command when the last is answered.
    func rate(_ limit: Double, _ bodies: [String]) throws -> Double {
        var commits = 0
        var ready = connections.map {
            pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
        }
        let took = try seconds {
            let start = ContinuousClock.now
            for connection in connections { try send(connection, bodies[0]) }
            var open = connections.count
            while open > 0 {
                guard poll(&ready, nfds_t(ready.count), 1000) > 0 else {
                    throw PeerError(message: "Redis does not answer.")
                }
                let isOver = (ContinuousClock.now - start) / .seconds(1) >= limit
                for (number, connection) in connections.enumerated()
                where ready[number].revents != 0 {
                    try connection.skip(1)
                    commits += 1
                    if isOver {
                        open -= 1
                    } else {
                        try send(connection, bodies[commits % bodies.count])
                    }
                }
            }
        }
        return Double(commits) / took
    }

    private func send(_ connection: RedisConnection, _ body: String) throws {
        let item = Item(body: body)
        connection.add("SET", .bytes(Array("i".utf8) + item.id.rowID.bytes), .text(item.body))
        try connection.flush()
    }
}
