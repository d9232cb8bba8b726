import Foundation
import Tufa

/// Redis over a socket of the file system: hashes, a key for each email, sorted sets by time.
final class RedisStore: StoreEngine {
    let name = "Redis"
    let settings =
        "a server of our own behind a unix socket, `appendfsync` always or everysec, no RDB "
        + "preamble; a hash a row, a key an email, sorted sets by time; one commit is `MULTI` to "
        + "`EXEC` in one write, questions are pipelined by 100; neither an email nor a post's "
        + "reference is checked"
    let hasFullText = false
    var asksAlone = false
    /// How many questions are sent before their answers are read.
    static let pipelineCount = 100

    private let program: String
    private var server: RedisServer?
    private(set) var connection: RedisConnection?
    private var folder = ""
    /// Whether the server keeps snapshots instead of a log.
    var keepsSnapshots = false

    init(program: String) { self.program = program }

    lazy var version: String = {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = ["--version"]
        process.standardOutput = output
        guard (try? process.run()) != nil else { return "?" }
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let word = text.split(separator: " ").first { $0.hasPrefix("v=") }
        return word.map { String($0.dropFirst(2)) } ?? "?"
    }()

    func open(_ folder: String, _ promise: Promise) throws {
        self.folder = folder
        let keeping: RedisServer.Keeping =
            keepsSnapshots ? .snapshots : promise == .durable ? .everyCommand : .everySecond
        let server = try RedisServer(program, in: folder, keeping)
        self.server = server
        connection = try RedisConnection(server.socket)
    }

    func close() throws {
        connection = nil
        server?.stop()
        server = nil
    }

    func opened() throws -> RedisConnection {
        guard let connection else { throw PeerError(message: "Redis is not running.") }
        return connection
    }

    /// A connection of its own.
    func connect() throws -> RedisConnection {
        guard let server else { throw PeerError(message: "Redis is not running.") }
        return try RedisConnection(server.socket)
    }

    // MARK: Writing

    func insert(_ users: ArraySlice<User>) throws {
        let connection = try opened()
        connection.add("MULTI")
        for user in users {
            let id = user.id.rowID.bytes
            connection.add(
                "HSET", .bytes(key("u", id)), .text("e"), .text(user.email), .text("n"),
                .text(user.name), .text("c"), .number(user.createdAt.microseconds))
            connection.add("SET", .text("e" + user.email), .bytes(id))
            connection.add(
                "ZADD", .text("c"), .number(user.createdAt.microseconds), .bytes(id))
        }
        connection.add("EXEC")
        try connection.flush()
        try connection.skip(3 * users.count + 2)
    }

    func insert(_ posts: ArraySlice<Post>) throws {
        let connection = try opened()
        connection.add("MULTI")
        for post in posts {
            let id = post.id.rowID.bytes
            let time = post.createdAt.microseconds
            connection.add(
                "HSET", .bytes(key("p", id)), .text("u"), .bytes(post.userID.rowID.bytes),
                .text("t"), .text(post.title), .text("x"), .text(post.content), .text("c"),
                .number(time))
            connection.add(
                "ZADD", .bytes(key("q", post.userID.rowID.bytes)), .number(time), .bytes(id))
            connection.add("ZADD", .text("r"), .number(time), .bytes(id))
        }
        connection.add("EXEC")
        try connection.flush()
        try connection.skip(3 * posts.count + 2)
    }

    func insert(_ articles: ArraySlice<Article>) throws {
        throw PeerError(message: "Redis has no full text.")
    }

    func itemWriter() throws -> ItemWriter {
        nonisolated(unsafe) let connection = try connect()
        return { item in
            try connection.ask("SET", .bytes(key("i", item.id.rowID.bytes)), .text(item.body))
        }
    }

    func itemCount() throws -> Int {
        guard case .integer(let count) = try opened().ask("DBSIZE") else { return 0 }
        return count
    }

    func settle() throws {}

    // MARK: Reading

    func users(byEmail emails: [String]) throws -> Tally {
        let connection = try opened()
        var tally = Tally()
        try inPipelines(emails) { emails in
            for email in emails { connection.add("GET", .text("e" + email)) }
            try connection.flush()
            let ids = try emails.compactMap { _ in try connection.bulk() }
            try addRows("u", ids, connection, &tally)
        }
        return tally
    }

    func users(byID ids: [User.ID]) throws -> Tally {
        let connection = try opened()
        var tally = Tally()
        try inPipelines(ids) { try addRows("u", $0.map(\.rowID.bytes), connection, &tally) }
        return tally
    }

    func scanUserKeys() throws -> Tally {
        Tally(rows: try range("c", from: "+inf", .max).count)
    }

    func scanUsers() throws -> Tally {
        let connection = try opened()
        var tally = Tally()
        try inPipelines(try range("c", from: "+inf", .max)) {
            try addRows("u", Array($0), connection, &tally)
        }
        return tally
    }

    func users(from times: [Timestamp], count: Int) throws -> Tally {
        let connection = try opened()
        var tally = Tally()
        for time in times {
            let ids = try range("c", from: "\(time.microseconds)", count)
            try addRows("u", ids, connection, &tally)
        }
        return tally
    }

    func newestPosts(of users: [User.ID], count: Int) throws -> Tally {
        let connection = try opened()
        var tally = Tally()
        for user in users {
            connection.add(
                "ZREVRANGE", .bytes(key("q", user.rowID.bytes)), .number(0),
                .number(Int64(count - 1)))
            try connection.flush()
            try addRows("p", try connection.bulks(), connection, &tally)
        }
        return tally
    }

    func newestPosts(count: Int, times: Int) throws -> Tally {
        let connection = try opened()
        var tally = Tally()
        for _ in 0..<times {
            try addRows("p", try range("r", from: "+inf", count), connection, &tally)
        }
        return tally
    }

    func pages(after posts: [Post], size: Int) throws -> Tally {
        let connection = try opened()
        var tally = Tally()
        for post in posts {
            let ids = try range("r", from: "(\(post.createdAt.microseconds)", size)
            try addRows("p", ids, connection, &tally)
        }
        return tally
    }

    /// Identifiers from a score on downwards.
    private func range(_ name: String, from score: String, _ count: Int) throws -> [[UInt8]] {
        let connection = try opened()
        connection.add(
            "ZREVRANGEBYSCORE", .text(name), .text(score), .text("-inf"), .text("LIMIT"),
            .number(0), .number(count == .max ? -1 : Int64(count)))
        try connection.flush()
        return try connection.bulks()
    }

    /// Fetches hashes in one pipeline; its texts and nothing else of a row.
    private func addRows(
        _ kind: String, _ ids: [[UInt8]], _ connection: RedisConnection, _ tally: inout Tally
    ) throws {
        let texts = kind == "u" ? ["e", "n"] : ["t", "x"]
        for id in ids {
            connection.add("HMGET", .bytes(key(kind, id)), .text(texts[0]), .text(texts[1]))
        }
        try connection.flush()
        for _ in ids { tally.add(try connection.bulks().reduce(0) { $0 + $1.count }) }
    }

    private func inPipelines<Question>(
        _ questions: [Question], _ body: (ArraySlice<Question>) throws -> Void
    ) throws {
        var start = 0
        while start < questions.count {
            let end = min(start + (asksAlone ? 1 : Self.pipelineCount), questions.count)
            try body(questions[start..<end])
            start = end
        }
    }

    /// What the server says of its own memory; the log is on disk.
    func byteCount() throws -> Int { try info("memory", "used_memory") }

    /// A number of INFO.
    func info(_ section: String, _ name: String) throws -> Int {
        guard case .bulk(let bytes?) = try opened().ask("INFO", .text(section)) else { return 0 }
        let text = String(decoding: bytes, as: UTF8.self)
        let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix(name + ":") }
        return line.flatMap { Int($0.dropFirst(name.count + 1)) } ?? 0
    }
}

/// A key: a letter for its kind, and the identifier's bytes.
private func key(_ kind: String, _ id: [UInt8]) -> [UInt8] { Array(kind.utf8) + id }

extension RowID {
    /// The sixteen bytes, in order.
    var bytes: [UInt8] {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
    }
}

extension RedisConnection {
    /// A reply of one value.
    fileprivate func bulk() throws -> [UInt8]? {
        guard case .bulk(let bytes) = try reply() else { return nil }
        return bytes
    }

    /// A reply of several values.
    fileprivate func bulks() throws -> [[UInt8]] {
        guard case .array(let replies) = try reply() else { return [] }
        return replies.compactMap { reply in
            if case .bulk(let bytes) = reply { return bytes }
            return nil
        }
    }
}
