import Synchronization
import Testing
import TufaBytes
import TufaStorage
import TufaTesting

@testable import Tufa

/// What a thread reads ahead, beside what the same reader hands over directly.
struct ReadAheadTests {
    /// What was handed over, and how it ended.
    private struct Reading: Equatable {
        var commits: [[UInt8]] = []
        var end = ""
    }

    /// What a whole loading comes to.
    private struct Outcome: Equatable {
        var hash = ""
        var damage = ""
        var error = ""
    }

    /// A closed database of two archives and a log behind them, with commits of many lengths.
    private static func disk() throws -> MemoryFileSystem {
        let world = InMemoryWorld()
        let db = try world.open("db", .quiet, [User.self, Post.self])
        for number in 0..<90 {
            try db.writeBlocking { tx in
                let user = try tx.insert(User(email: "u\(number)", name: "Name \(number)"))
                for post in 0..<number % 7 {
                    try tx.insert(
                        Post(
                            userID: user.id, title: "Title \(post)",
                            content: String(repeating: "lemon tree ", count: number * 4)))
                }
            }
            if number % 5 == 4 {
                try db.writeBlocking { tx in
                    let email = "u\(number - 2)"
                    guard var user = try tx.first(User.where { $0.email == email }) else { return }
                    user.name = "Other"
                    try tx.update(user)
                    let old = "u\(number - 3)"
                    guard let gone = try tx.first(User.where { $0.email == old }) else { return }
                    try tx.delete(gone.id)
                }
            }
            if number == 30 || number == 60 { try db.archiveBlocking() }
        }
        try db.closeBlocking()
        return world.fileSystem
    }

    private static func directory(
        _ disk: MemoryFileSystem, _ mode: DatabaseDirectory.Mode = .readOnly
    ) throws -> DatabaseDirectory {
        try DatabaseDirectory.open(
            at: "db", InMemoryWorld(disk).environment, mode: mode, InMemoryWorld.logOptions)
    }

    private static var checker: BodyChecker {
        BodyChecker(Engine(schema: .empty, codeChecks: [:], analyzers: .builtIn))
    }

    private static func read(_ directory: DatabaseDirectory, _ ahead: ReadAhead?) -> Reading {
        var reading = Reading()
        do {
            guard let ahead else {
                try directory.replay(after: 0) {
                    reading.commits.append(Array($0.bytes))
                    return true
                }
                return reading
            }
            try ahead.run({ try directory.replay(after: 0, $0) }, checkedBy: checker) {
                #expect($1, "Every body here is one.")
                reading.commits.append(Array($0.bytes))
                return true
            }
        } catch {
            reading.end = "\(error)"
        }
        return reading
    }

    private static func load(
        _ disk: MemoryFileSystem, _ ahead: ReadAhead?,
        _ mode: DatabaseDirectory.Mode = .readOnly
    ) -> Outcome {
        var outcome = Outcome()
        do {
            let directory = try directory(disk, mode)
            var loader = EngineLoader(directory: directory, analyzers: .builtIn)
            loader.readAhead = ahead
            loader.acceptsDamage = mode == .readOnlyUpToDamage
            let engine = try loader.load(through: directory.lastPosition)
            outcome.damage = loader.damage.map { "\($0)" } ?? ""
            outcome.hash = StateHash(engine.closeGroup()).text
        } catch {
            outcome.error = "\(error)"
        }
        return outcome
    }

    @Test(
        arguments: [1, 300, 5000, 1 << 20], [2, 4])
    func `batches of every size hand over the same`(byteCount: Int, count: Int) throws {
        let directory = try Self.directory(Self.disk())
        let ahead = ReadAhead(batchByteCount: byteCount, batchCount: count)
        let direct = Self.read(directory, nil)
        #expect(direct.commits.count > 100 && direct.end.isEmpty)
        #expect(Self.read(directory, ahead) == direct)
    }

    @Test(arguments: [DatabaseDirectory.Mode.readOnly, .readOnlyUpToDamage])
    func `damage anywhere ends both at the same place`(mode: DatabaseDirectory.Mode) throws {
        let ahead = ReadAhead(batchByteCount: 3000, batchCount: 3)
        var (refused, accepted) = (0, 0)
        let disk = try Self.disk()
        for (path, bytes) in try disk.files(below: "db").sorted(by: { $0.key < $1.key })
        where path.contains("/log/") || path.contains("/archive/") {
            for place in 1..<12 {
                let spoiled = disk.crashed(keeping: .all)
                let offset = bytes.count * place / 12
                if place % 3 == 0 {
                    // A tail that was torn, or never written.
                    try spoiled.put(path, Array(bytes[..<offset]))
                } else {
                    try spoiled.flip(path, at: UInt64(offset))
                }
                let direct = Self.load(spoiled, nil, mode)
                #expect(Self.load(spoiled, ahead, mode) == direct, "\(path), byte \(offset)")
                if !direct.error.isEmpty { refused += 1 }
                if !direct.damage.isEmpty { accepted += 1 }
            }
        }
        #expect(mode == .readOnly ? refused > 10 : accepted > 10)
    }

    @Test func `what was read before damage is handed over before it is told`() throws {
        let disk = try Self.disk()
        let logs = try disk.list("db/log").filter { $0.hasSuffix(".log") }.sorted()
        let path = "db/log/" + (try #require(logs.first))
        try disk.flip(path, at: 20_000)
        let directory = try Self.directory(disk)
        let direct = Self.read(directory, nil)
        #expect(direct.commits.count > 60 && direct.end.contains("damaged"))
        for byteCount in [1, 3000, 1 << 20] {
            let ahead = ReadAhead(batchByteCount: byteCount, batchCount: 2)
            #expect(Self.read(directory, ahead) == direct)
        }
    }

    @Test func `each read that fails ends both at the same place`() throws {
        let disk = try Self.disk()
        let ahead = ReadAhead(batchByteCount: 3000, batchCount: 2)
        var failing = 1
        while true {
            let readings = try [nil, ahead].map { ahead in
                let copy = disk.crashed(keeping: .all)
                let directory = try Self.directory(copy)
                let count = Atomic(0)
                copy.onRead { [failing] call in
                    count.wrappingAdd(1, ordering: .relaxed).newValue == failing
                        ? DatabaseError(.io, "Injected.", file: call.path) : nil
                }
                return Self.read(directory, ahead)
            }
            #expect(readings[0] == readings[1], "read \(failing)")
            if readings[0].end.isEmpty { break }
            failing += 1
        }
        #expect(failing > 5)
    }

    @Test(arguments: [1, 3000])
    func `whoever applies may stop at any commit, or throw`(byteCount: Int) throws {
        let directory = try Self.directory(Self.disk())
        let ahead = ReadAhead(batchByteCount: byteCount, batchCount: 2)
        for last in [1, 2, 40, 80] {
            for throwing in [false, true] {
                var count = 0
                do {
                    try ahead.run(
                        { try directory.replay(after: 0, $0) }, checkedBy: Self.checker
                    ) { _, _ in
                        count += 1
                        if count == last, throwing { throw CancellationError() }
                        return count < last
                    }
                    #expect(!throwing)
                } catch {
                    #expect(throwing && error is CancellationError)
                }
                #expect(count == last)
            }
        }
    }

    @Test(arguments: [1, 100, 1 << 20])
    func `rows that are none are told by whoever applies them`(byteCount: Int) throws {
        let ahead = ReadAhead(batchByteCount: byteCount, batchCount: 2)
        for (table, payload) in [(0, [UInt8](repeating: 255, count: 30)), (0, [1]), (7, [])] {
            let log = try PlantedLog()
            let sound = log.event(.create, 0, PlantedLog.user(8), log.body(0, ["u8", 5]))
            try log.plant([sound])
            try log.plant([log.event(.create, table, PlantedLog.user(9), payload)])
            try log.plant([log.event(.delete, 0, PlantedLog.user(8))])
            let direct = Self.load(log.world.fileSystem, nil)
            #expect(direct.error.contains("position 18"), "\(direct)")
            #expect(Self.load(log.world.fileSystem, ahead) == direct)
        }
    }
}
