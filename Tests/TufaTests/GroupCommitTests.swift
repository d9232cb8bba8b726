import Foundation
import Synchronization
import Testing
import TufaStorage
import TufaTesting

@testable import Tufa

/// What writers, readers and the disk may expect of each other around the sync of a group.
@Suite(.timeLimit(.minutes(5)))
struct GroupCommitTests {
    let world = InMemoryWorld()

    /// Counts that a hook and several threads share.
    // Under a lock that ThreadSanitizer knows, as it does not the standard library's.
    private final class Counts: @unchecked Sendable {
        private let lock = NSLock()
        private var numbers: [String: Int] = [:]

        subscript(name: String) -> Int { lock.withLock { numbers[name] ?? 0 } }

        @discardableResult
        func add(_ name: String) -> Int {
            lock.withLock {
                numbers[name, default: 0] += 1
                return numbers[name] ?? 0
            }
        }
    }

    private static func isSyncOfTheLog(_ call: MemoryFileSystem.Call) -> Bool {
        call.name == "sync" && call.path.hasSuffix(".log")
    }

    @Test func `nobody is answered before the sync of their group`() throws {
        let db = try world.open("db", DatabaseOptions(), [User.self])
        let counts = Counts()
        world.fileSystem.onCall { call in
            guard Self.isSyncOfTheLog(call) else { return nil }
            let number = counts.add("syncs")
            // The others run meanwhile and share the next group, unless this machine is very slow.
            let end = Date.now.addingTimeInterval(5)
            while number == 1, counts["ran"] < 3, Date.now < end {
                Thread.sleep(forTimeInterval: 0.001)
            }
            // Time for whoever is answered too early.
            if number <= 2 { Thread.sleep(forTimeInterval: 0.1) }
            if number == 1, counts["answered"] > 0 { counts.add("early") }
            if number == 2, counts["answered"] > 1 { counts.add("early") }
            return nil
        }
        let threads = (0..<3).map { writer in
            // The first is alone in its group; the others come while that is synced.
            while writer > 0, counts["syncs"] == 0 { Thread.sleep(forTimeInterval: 0.001) }
            let thread = Thread {
                _ = try? db.writeBlocking { tx in
                    _ = try tx.insert(User(email: "\(writer)"))
                    counts.add("ran")
                }
                counts.add("answered")
            }
            thread.start()
            return thread
        }
        while !threads.allSatisfy(\.isFinished) { Thread.sleep(forTimeInterval: 0.001) }
        world.fileSystem.onCall(nil)
        #expect(counts["early"] == 0 && counts["syncs"] > 1)
        #expect(try db.view().count(User.self) == 3)
    }

    @Test func `what was accepted on a full disk has room, however many groups are on their way`()
        throws
    {
        let db = try world.open("db", DatabaseOptions(), [User.self])
        let body = String(repeating: "x", count: 200)
        let accepted = Atomic(0)
        @Sendable func write(_ durability: Durability, count: Int = 1) throws {
            try db.writeBlocking(durability: durability) { tx in
                for _ in 0..<count {
                    let number = accepted.wrappingAdd(1, ordering: .relaxed).newValue
                    try tx.insert(User(email: "\(number)", name: body))
                }
            }
        }
        let later = Durability.buffered(within: .seconds(1_000_000))
        let refusing: MemoryFileSystem.Hook = { call in
            call.name == "create" ? DatabaseError(.diskFull, "Full.", file: call.path) : nil
        }
        world.fileSystem.onCall(refusing)
        // Some 24 KiB of the segment are left then, and there is no other.
        for count in [80, 40] { try write(.durable, count: count) }
        world.fileSystem.onCall { call in
            guard call.name == "write", call.path.hasSuffix(".log") else { return refusing(call) }
            // While a group is written, the next one takes what it may.
            #expect(throws: DatabaseError.self) { for _ in 0..<200 { try write(later) } }
            accepted.wrappingSubtract(1, ordering: .relaxed)
            return nil
        }
        for _ in 0..<35 { try write(later) }
        for _ in 0..<8 { try db.flushIfOpen() }
        world.fileSystem.onCall(nil)
        try db.flushIfOpen()
        #expect(accepted.load(ordering: .relaxed) > 150)
        try db.closeBlocking()
        let again = try world.open("db", DatabaseOptions(), [User.self])
        #expect(try again.view().count(User.self) == accepted.load(ordering: .relaxed))
    }

    @Test func `an archive on a full disk leaves room for what was accepted meanwhile`() throws {
        let options = LogOptions(segmentByteCount: 4 << 20, worksInBackground: false)
        let db = try Database.openBlocking(
            "db", world.environment, options, DatabaseOptions(), [User.self])
        let body = String(repeating: "x", count: 10_000)
        let later = Durability.buffered(within: .seconds(1_000_000))
        @Sendable func write(_ numbers: Range<Int>) throws {
            for number in numbers {
                try db.writeBlocking(durability: later) { tx in
                    _ = try tx.insert(User(email: "\(number)", name: body))
                }
            }
        }
        try write(0..<1)
        let counts = Counts()
        world.fileSystem.onCall { call in
            // While what came before is written, 1.5 MB more are accepted.
            if Self.isSyncOfTheLog(call), counts.add("syncs") == 1 {
                #expect(throws: Never.self) { try write(1..<151) }
            }
            // A new segment finds room for 1 MiB, which is one write before the first sync.
            guard call.path.hasSuffix(".tmp") else { return nil }
            let number = call.name == "create" ? 0 : counts.add(call.path)
            return number == 2 && call.name == "write"
                ? DatabaseError(.diskFull, "Injected.", file: call.path) : nil
        }
        #expect(throws: DatabaseError.self) { try db.archiveBlocking() }
        try db.flushIfOpen()
        world.fileSystem.onCall(nil)
        try db.archiveBlocking()
        try db.closeBlocking()
        let again = try world.open("db", DatabaseOptions(), [User.self])
        #expect(try again.view().count(User.self) == 151)
    }

    @Test func `what was shown is never unseen`() throws {
        let db = try world.open("db", DatabaseOptions(), [User.self])
        let shown = Mutex<UInt64>(0)
        world.fileSystem.onCall { [weak db] call in
            guard Self.isSyncOfTheLog(call), shown.withLock({ $0 }) == 0 else { return nil }
            // While a group is being synced, a buffered commit is shown at once.
            let commit = try? db?.writeBlocking(durability: .buffered(within: .seconds(3600))) {
                try $0.insert(User(email: "buffered"))
            }
            shown.withLock { $0 = commit?.position ?? 0 }
            return nil
        }
        try db.writeBlocking { tx in _ = try tx.insert(User(email: "durable")) }
        world.fileSystem.onCall(nil)
        #expect(shown.withLock { $0 } > 0)
        #expect(db.view().position == shown.withLock { $0 })
        #expect(try db.view().first(User.where { $0.email == "buffered" }) != nil)
    }

    @Test func `what was buffered is on the disk after closing`() throws {
        let db = try world.open("db", DatabaseOptions(), [User.self])
        try db.writeBlocking(durability: .buffered(within: .seconds(3600))) { tx in
            _ = try tx.insert(User(email: "soon"))
        }
        try db.closeBlocking()
        let left = InMemoryWorld(world.fileSystem.crashed(keeping: .synced))
        let again = try left.open("db", DatabaseOptions(), [User.self])
        #expect(try again.view().first(User.where { $0.email == "soon" }) != nil)
    }

    @Test func `what is buffered is on the disk within its interval, time after time`() throws {
        let db = try openWithThreads()
        // The first asks for nothing soon: the interval of each later one comes before its end.
        let intervals: [Duration] = [.seconds(3600), .milliseconds(20), .milliseconds(1)]
        for (number, interval) in (intervals + intervals.dropFirst()).enumerated() {
            try db.writeBlocking(durability: .buffered(within: interval)) { tx in
                _ = try tx.insert(User(email: "\(number)"))
            }
            if number == 0 { continue }
            let end = Date.now.addingTimeInterval(20)
            while try countAfterCrash() <= number, Date.now < end {
                Thread.sleep(forTimeInterval: 0.005)
            }
            #expect(try countAfterCrash() == number + 1)
        }
        try db.closeBlocking()
    }

    @Test func `a commit that is synced leaves nothing for which the idle wait`() throws {
        let notes = Counts()
        world.fileSystem.onCall { call in
            if call.name == "sync", call.path.hasSuffix("MANIFEST") { notes.add("synced") }
            return nil
        }
        func isNoted(after count: Int) -> Bool {
            let end = Date.now.addingTimeInterval(30)
            while notes["synced"] <= count, Date.now < end { Thread.sleep(forTimeInterval: 0.01) }
            return notes["synced"] > count
        }
        let db = try openWithThreads()
        let created = notes["synced"]
        try db.writeBlocking { tx in _ = try tx.insert(User(email: "first")) }
        #expect(isNoted(after: created))
        try db.writeBlocking(durability: .buffered(within: .seconds(3600))) { tx in
            _ = try tx.insert(User(email: "buffered"))
        }
        let known = notes["synced"]
        try db.writeBlocking { tx in _ = try tx.insert(User(email: "durable")) }
        #expect(isNoted(after: known))
        world.fileSystem.onCall(nil)
        try db.closeBlocking()
    }

    /// A database with the threads and the clock that it has outside of tests.
    private func openWithThreads() throws -> Database {
        let environment = StorageEnvironment(
            fileSystem: world.fileSystem, random: world.environment.random,
            now: StorageEnvironment.system.now)
        return try Database.openBlocking(
            "db", environment, LogOptions(), DatabaseOptions(), [User.self])
    }

    /// How many users a power cut would leave.
    private func countAfterCrash() throws -> Int {
        let left = InMemoryWorld(world.fileSystem.crashed(keeping: .synced))
        let db = try left.open("db", DatabaseOptions(), [User.self])
        defer { try? db.closeBlocking() }
        return try db.view().count(User.self)
    }

    @Test func `an archive has its turn among writers that never rest`() async throws {
        let db = try world.open("db", DatabaseOptions(), [User.self])
        let counts = Counts()
        let limit = Date.now.addingTimeInterval(60)
        // During each sync somebody runs, and then waits for the group behind it.
        world.fileSystem.onCall { [weak db] call in
            guard Self.isSyncOfTheLog(call), counts["done"] == 0, Date.now < limit else {
                return nil
            }
            let number = counts.add("begun")
            Task.detached {
                _ = try await db?.write { tx in
                    _ = try tx.insert(User(email: "\(number)"))
                    counts.add("ran")
                }
                counts.add("answered")
            }
            let end = Date.now.addingTimeInterval(10)
            while counts["ran"] < number, Date.now < end { Thread.sleep(forTimeInterval: 0.0001) }
            Thread.sleep(forTimeInterval: 0.002)
            return nil
        }
        _ = try await db.write { try $0.insert(User(email: "first")) }
        while counts["answered"] < 20 { try await Task.sleep(for: .milliseconds(1)) }
        for _ in 0..<3 { _ = try await db.archive() }
        #expect(Date.now < limit)
        counts.add("done")
        while counts["answered"] < counts["begun"] { try await Task.sleep(for: .milliseconds(1)) }
        world.fileSystem.onCall(nil)
        #expect(try db.view().count(User.self) == 1 + counts["begun"])
    }

    @Test func `whoever writes while the database is closed is answered`() async throws {
        let counts = Counts()
        for round in 1...150 {
            let path = "db\(round)"
            let db = try world.open(path, DatabaseOptions(), [User.self])
            for writer in 0..<8 {
                Task.detached {
                    var number = 0
                    while true {
                        number += 1
                        let email = "\(writer) \(number)"
                        do {
                            _ = try await db.write { try $0.insert(User(email: email)) }
                        } catch {
                            if (error as? DatabaseError)?.code != .closed { counts.add("other") }
                            break
                        }
                        counts.add("written \(round)")
                    }
                    counts.add("ended")
                }
            }
            while counts["written \(round)"] < 8 { try await Task.sleep(for: .microseconds(100)) }
            try await db.close()
            let end = Date.now.addingTimeInterval(20)
            while counts["ended"] < 8 * round, Date.now < end {
                try await Task.sleep(for: .milliseconds(1))
            }
            try #require(counts["ended"] == 8 * round)
            let again = try world.open(path, DatabaseOptions(), [User.self])
            #expect(try again.view().count(User.self) == counts["written \(round)"])
            try await again.close()
        }
        #expect(counts["other"] == 0)
    }

    @Test func `whoever waits while the manifest cannot be written is told`() async throws {
        let db = try openWithThreads()
        let counts = Counts()
        world.fileSystem.onCall { call in
            guard counts["armed"] > 0, call.path.hasSuffix("MANIFEST") else { return nil }
            if counts.add("failed") == 1 {
                // Its commit waits for the thread that is about to fail.
                Task.detached {
                    do {
                        _ = try await db.write { tx in
                            _ = try tx.insert(User(email: "waiting"))
                            counts.add("ran")
                        }
                    } catch {
                        counts.add("told")
                    }
                }
                let end = Date.now.addingTimeInterval(60)
                while counts["ran"] == 0, Date.now < end { Thread.sleep(forTimeInterval: 0.001) }
                Thread.sleep(forTimeInterval: 0.05)
            }
            return DatabaseError(.io, "The disk is gone.", file: call.path)
        }
        counts.add("armed")
        _ = try await db.write { try $0.insert(User(email: "first")) }
        let end = Date.now.addingTimeInterval(90)
        while counts["told"] == 0, Date.now < end { try await Task.sleep(for: .milliseconds(1)) }
        #expect(counts["ran"] == 1 && counts["told"] == 1)
        world.fileSystem.onCall(nil)
        try? await db.close()
    }

    /// Writes a group of one, one of six that wait together, and a third of six rows of a length.
    ///
    /// - Parameter third: Is asked at each call for a log behind the sync of the second group.
    private func writeThreeGroups(
        _ db: Database, _ counts: Counts, byteCount: Int,
        third: @escaping @Sendable (MemoryFileSystem.Call) -> DatabaseError?
    ) async {
        world.fileSystem.onCall { call in
            guard call.path.hasSuffix(".log") else { return nil }
            if counts["syncs"] == 2 { return third(call) }
            guard call.name == "sync" else { return nil }
            let number = counts.add("syncs")
            // Six more run and then wait for the group behind this one.
            let end = Date.now.addingTimeInterval(60)
            while counts["ran"] < 1 + 6 * number, Date.now < end {
                Thread.sleep(forTimeInterval: 0.001)
            }
            Thread.sleep(forTimeInterval: 0.05)
            return nil
        }
        for writer in 0..<13 {
            let before = (writer + 5) / 6
            while counts["syncs"] < before { try? await Task.sleep(for: .milliseconds(1)) }
            let name = String(repeating: "x", count: before == 2 ? byteCount : 1)
            Task.detached {
                do {
                    _ = try await db.write { tx in
                        _ = try tx.insert(User(email: "\(writer)", name: name))
                        counts.add("ran")
                    }
                    counts.add("written in group \(before + 1)")
                } catch {
                    counts.add("failed in group \(before + 1)")
                }
                counts.add("ended")
            }
        }
        let end = Date.now.addingTimeInterval(60)
        while counts["ended"] < 13, Date.now < end { try? await Task.sleep(for: .milliseconds(1)) }
        world.fileSystem.onCall(nil)
    }

    @Test func `nobody waits for the next segment whose group is on the disk`() async throws {
        let db = try world.open("db", DatabaseOptions(), [User.self])
        let counts = Counts()
        await writeThreeGroups(db, counts, byteCount: 12_000) { _ in
            let end = Date.now.addingTimeInterval(30)
            while counts["late"] == 0, counts["written in group 2"] < 6 {
                if Date.now > end { counts.add("late") }
                Thread.sleep(forTimeInterval: 0.001)
            }
            return nil
        }
        #expect(counts["late"] == 0 && counts["written in group 3"] == 6)
        #expect(try world.fileSystem.list("db/log").count == 2)
        try await db.close()
    }

    @Test func `whoever waited for a group is told of it, though the next cannot be written`()
        async throws
    {
        let db = try world.open("db", DatabaseOptions(), [User.self])
        let counts = Counts()
        await writeThreeGroups(db, counts, byteCount: 1) {
            $0.name == "write" ? DatabaseError(.io, "The disk is gone.", file: $0.path) : nil
        }
        #expect(counts["written in group 1"] == 1 && counts["written in group 2"] == 6)
        #expect(counts["failed in group 3"] == 6)
        #expect(try db.view().count(User.self) == 7)
        try? await db.close()
    }

    @Test func `times of commits ascend, though the clock goes back`() throws {
        let clock = Mutex<Int64>(1_700_000_000_000_000)
        let environment = StorageEnvironment(
            fileSystem: world.fileSystem, random: world.environment.random,
            now: {
                clock.withLock {
                    $0 -= 1_000_000
                    return $0
                }
            })
        func open() throws -> Database {
            try Database.openBlocking(
                "db", environment, InMemoryWorld.logOptions, DatabaseOptions(), [User.self])
        }
        let db = try open()
        var times: [Timestamp] = []
        for number in 0..<5 {
            let commit = try db.writeBlocking { try $0.insert(User(email: "\(number)")) }
            times.append(commit.time)
        }
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
        try db.closeBlocking()
        #expect(try open().view().count(User.self) == 5)
    }
}
