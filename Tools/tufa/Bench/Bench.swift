import Foundation
import Tufa
import TufaBytes

/// What Tufa makes of a disk and a machine: figures, each of them told when it is there.
final class Bench {
    /// One thing that was measured.
    struct Figure {
        /// Its name in JSON.
        let key: String
        /// Its name for people.
        let name: String
        let value: Double
        let unit: String
        /// What it is to be seen beside; empty for nothing.
        var note = ""
    }

    private let folder: URL
    private let rowCount: Int
    private let tell: (Figure) throws -> Void
    private var rows = BenchRows()
    private var users: [BenchUser] = []

    /// Measures in a folder that is there, with so many rows at the end.
    init(in folder: String, rowCount: Int, tell: @escaping (Figure) throws -> Void) {
        self.folder = URL(filePath: folder, directoryHint: .isDirectory)
        self.rowCount = rowCount
        self.tell = tell
    }

    private func open(_ name: String) throws -> Database {
        var options = DatabaseOptions()
        // Snapshots are written where they are measured, and nowhere else.
        options.snapshotEventInterval = nil
        return try Database.openBlocking(
            folder.appending(path: name).path, options: options, BenchUser.self, BenchPost.self)
    }

    /// Measures everything.
    func run(syncMicroseconds floor: Double) throws {
        try tell(
            Figure(
                key: "sync", name: "the disk: a write of 4 KiB and its sync", value: floor,
                unit: "us"))
        try tell(
            Figure(
                key: "memory_copy", name: "the memory: copying", value: MemoryCopy.measure(),
                unit: "GB/s"))
        try singles(floor)
        try many()
        try buffered()
        try tables()
    }

    // MARK: Commits

    /// How long the commits of one kind are measured.
    private static let seconds = 2.0

    private func singles(_ floor: Double) throws {
        let db = try open("single")
        defer { try? db.closeBlocking() }
        let rate = try rate { number in
            _ = try db.writeBlocking { [user = rows.user(number)] tx in try tx.insert(user) }
        }
        try tell(
            Figure(
                key: "durable_single", name: "durable commits of one row, one writer", value: rate,
                unit: "a second", note: "\(Int(rate * floor / 1e4)) % of the disk's syncs"))
    }

    private func many() throws {
        let db = try open("many")
        defer { try? db.closeBlocking() }
        let writers = 64
        let prepared = (0..<writers).map { writer in
            (0..<2000).map { rows.user(writer * 2000 + $0) }
        }
        let failure = FirstError()
        let start = ContinuousClock.now
        let counts = (0..<writers).map { _ in Counter() }
        let group = DispatchGroup()
        for writer in 0..<writers {
            group.enter()
            Thread.detachNewThread {
                defer { group.leave() }
                do {
                    for user in prepared[writer] {
                        if Progress.seconds(ContinuousClock.now - start) > Self.seconds { return }
                        _ = try db.writeBlocking { tx in try tx.insert(user) }
                        counts[writer].add()
                    }
                } catch {
                    failure.note(error)
                }
            }
        }
        group.wait()
        try failure.rethrow()
        let seconds = Progress.seconds(ContinuousClock.now - start)
        try tell(
            Figure(
                key: "durable_64", name: "durable commits of one row, 64 threads",
                value: Double(counts.reduce(0) { $0 + $1.value }) / seconds, unit: "a second"))
    }

    private func buffered() throws {
        let db = try open("buffered")
        defer { try? db.closeBlocking() }
        let prepared = (0..<200_000).map { rows.user($0) }
        var count = 0
        let start = ContinuousClock.now
        for user in prepared {
            _ = try db.writeBlocking(durability: .buffered(within: .milliseconds(100))) { tx in
                try tx.insert(user)
            }
            count += 1
            if count & 255 == 0, Progress.seconds(ContinuousClock.now - start) > Self.seconds {
                break
            }
        }
        let seconds = Progress.seconds(ContinuousClock.now - start)
        try tell(
            Figure(
                key: "buffered_single", name: "buffered commits of one row, one writer",
                value: Double(count) / seconds, unit: "a second"))
    }

    /// Calls of `body` a second, over about ``seconds``.
    private func rate(_ body: (Int) throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        var count = 0
        while true {
            try body(count)
            count += 1
            let seconds = Progress.seconds(ContinuousClock.now - start)
            if seconds > Self.seconds { return Double(count) / seconds }
        }
    }

    // MARK: Tables

    private func tables() throws {
        var db = try open("tables")
        defer { try? db.closeBlocking() }
        let userCount = max(1, rowCount / 5)
        users = (0..<userCount).map { rows.user($0) }
        try batches("batch_users", "users", users, db)
        let ids = users.map(\.id)
        let posts = (0..<rowCount - userCount).map { rows.post($0, of: ids) }
        try batches("batch_posts", "posts with a reference and ten words to search", posts, db)
        try questions(db)
        try memory(db)
        let hash = try db.view().stateHash()
        try db.closeBlocking()
        let replay = try Database.replay(folder.appending(path: "tables").path)
        guard replay.stateHash == hash else { throw Bench.differs("replay") }
        try tell(
            Figure(
                key: "replay", name: "replay of the log",
                value: Double(replay.eventCount) / replay.seconds, unit: "events a second"))
        db = try open("tables")
        var seconds = try Self.seconds { _ = try db.snapshotBlocking() }
        try tell(Figure(key: "snapshot", name: "writing a snapshot", value: seconds, unit: "s"))
        try db.closeBlocking()
        seconds = try Self.seconds { db = try open("tables") }
        guard try db.view().stateHash() == hash else { throw Bench.differs("snapshot") }
        try tell(
            Figure(
                key: "open", name: "opening from the snapshot, \(Progress.grouped(rowCount)) rows",
                value: seconds, unit: "s"))
    }

    private func batches<E: Entity>(
        _ key: String, _ name: String, _ all: [E], _ db: Database
    ) throws {
        let seconds = try Self.seconds {
            for start in stride(from: 0, to: all.count, by: 1000) {
                _ = try db.writeBlocking { tx in
                    try tx.insert(contentsOf: Array(all[start..<min(start + 1000, all.count)]))
                }
            }
        }
        try tell(
            Figure(
                key: key, name: "durable batches of 1,000 \(name)",
                value: Double(all.count) / seconds, unit: "rows a second"))
    }

    private func questions(_ db: Database) throws {
        let view = db.view()
        let emails = (0..<20_000).map { _ in users[rows.next(below: users.count)].email }
        let ids = (0..<20_000).map { _ in users[rows.next(below: users.count)].id }
        let words = (0..<1000).map { _ in rows.word() }
        var found = 0
        let lookup = try Self.seconds {
            for email in emails where try view.first(BenchUser.where { $0.email == email }) != nil {
                found += 1
            }
        }
        let newest = try Self.seconds {
            for id in ids {
                let query = BenchPost.where { $0.userID == id }.order { $0.createdAt.descending }
                found += try view.fetch(query.limit(20)).count
            }
        }
        let search = try Self.seconds {
            for word in words { found += try view.search(BenchPost.self, word).count }
        }
        guard found >= emails.count else { throw Bench.differs("table") }
        for (key, name, seconds, count) in [
            ("lookup", "one user by email", lookup, emails.count),
            ("newest", "the newest 20 posts of one user", newest, ids.count),
            ("search", "the 10 best posts of a word", search, words.count),
        ] {
            try tell(
                Figure(key: key, name: name, value: seconds * 1e6 / Double(count), unit: "us"))
        }
    }

    private func memory(_ db: Database) throws {
        for table in try db.info().tables where table.rowCount > 0 && table.name == "users" {
            let bytes = table.residentByteCount + table.indexes.reduce(0) { $0 + $1.byteCount }
            // The identifier of 16 bytes is data as the fields are.
            let over = Double(bytes - table.byteCount) / Double(table.rowCount) - 16
            try tell(
                Figure(
                    key: "memory", name: "memory of a user beyond its data, three trees",
                    value: over, unit: "bytes"))
        }
    }

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try body()
        return Progress.seconds(ContinuousClock.now - start)
    }

    private static func differs(_ what: String) -> DatabaseError {
        DatabaseError(
            .damaged, "The \(what) does not hold what was written.",
            advice: "This is a bug of Tufa: please report it with the output of this command.")
    }
}
