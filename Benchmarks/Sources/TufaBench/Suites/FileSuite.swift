import Foundation
import Tufa

/// Replay, snapshots, reopening and archives, over a fifth of the rows times five.
enum FileSuite {
    static func run(_ options: Options, _ scratch: Scratch, _ report: inout Report) throws {
        let name = "files"
        let path = scratch.path(name)
        var db = try scratch.open(name)
        var rows = Rows()
        let users = rows.users(0..<options.rows / 5)
        try write(users, to: db)
        let posts = rows.posts(options.rows - users.count, of: users.map(\.id), from: 0)
        try write(posts, to: db)
        let hash = try db.view().stateHash()
        let size = "\(grouped(Double(options.rows))) rows"
        try db.closeBlocking()

        var events = 0
        let replays = try (0..<repetitions).map { _ in
            let replay = try Database.replay(path)
            precondition(replay.stateHash == hash, "The replay has another state.")
            events = Int(replay.eventCount)
            return replay.seconds
        }
        report.rate("replay of the log, 3 B-trees a table", events, replays, unit: "events")
        report.time("open without a snapshot, \(size)", try reopen(scratch, name))

        db = try scratch.open(name)
        var bytes: UInt64 = 0
        let snapshots = try timed { _ in bytes = try db.snapshotBlocking().byteCount }
        report.time("snapshot, \(size)", snapshots)
        report.add("size of the snapshot", "\(grouped(Double(bytes) / 1e6)) MB")
        try db.closeBlocking()
        report.time("open from the snapshot, \(size)", try reopen(scratch, name))

        db = try scratch.open(name)
        let loaded = try db.view().stateHash()
        precondition(loaded == hash, "The snapshot has another state.")
        var archive: ArchiveReport?
        let time = try seconds { archive = try db.archiveBlocking() }
        if let archive {
            let ratio = Double(archive.rawByteCount) / Double(max(1, archive.storedByteCount))
            let rate = Double(archive.rawByteCount) / time / 1e6
            report.add(
                "archiving the log", "\(grouped(rate)) MB/s", "ratio \(decimal(ratio))")
        }
        try db.closeBlocking()
        let fromArchives = try (0..<repetitions).map { _ in try Database.replay(path).seconds }
        report.rate("replay of the archives", events, fromArchives, unit: "events")
    }

    private static func reopen(_ scratch: Scratch, _ name: String) throws -> [Double] {
        try (0..<repetitions).map { _ in
            var db: Database?
            let time = try seconds { db = try scratch.open(name) }
            try db?.closeBlocking()
            return time
        }
    }
}
