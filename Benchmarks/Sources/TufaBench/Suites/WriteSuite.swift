import Foundation
import Tufa

/// Durable batches, and single durable commits of one writer and of many.
enum WriteSuite {
    static func run(_ options: Options, _ scratch: Scratch, _ report: inout Report) async throws {
        try batches(options, scratch, &report)
        try singleWriter(scratch, &report)
        try threads(scratch, &report)
        try await tasks(scratch, &report)
    }

    private static func batches(
        _ options: Options, _ scratch: Scratch, _ report: inout Report
    ) throws {
        let db = try scratch.open("batches")
        defer { try? db.closeBlocking() }
        var rows = Rows()
        let count = options.rows / repetitions
        let users = (0..<repetitions).map { rows.users($0 * count..<($0 + 1) * count) }
        let ids = users.joined().map(\.id)
        report.rate(
            "durable batches of 1,000 users, 3 B-trees", count,
            try timed { try write(users[$0], to: db) }, unit: "rows")
        let posts = (0..<repetitions).map { rows.posts(count, of: ids, from: $0 * count) }
        report.rate(
            "durable batches of 1,000 posts, 3 B-trees and a reference", count,
            try timed { try write(posts[$0], to: db) }, unit: "rows")
        let few = min(count, 50_000)
        let articles = (0..<repetitions).map { rows.articles(few, of: ids, from: $0 * few) }
        report.rate(
            "the same with full text of 10 words", few,
            try timed { try write(articles[$0], to: db) }, unit: "rows")
    }

    private static func singleWriter(_ scratch: Scratch, _ report: inout Report) throws {
        let db = try scratch.open("single")
        defer { try? db.closeBlocking() }
        var rows = Rows()
        let count = 2000
        let users = rows.users(0..<count * repetitions)
        let times = try timed { run in
            for user in users[run * count..<(run + 1) * count] {
                _ = try db.writeBlocking { tx in try tx.insert(user) }
            }
        }
        report.rate("durable commits of one row, 1 writer", count, times, unit: "commits")
    }

    /// 64 threads that block until their commit is on disk.
    private static func threads(_ scratch: Scratch, _ report: inout Report) throws {
        let db = try scratch.open("threads")
        defer { try? db.closeBlocking() }
        var rows = Rows()
        let each = 1000
        let users = rows.users(0..<64 * each * repetitions)
        let times = timed { run in
            let done = DispatchGroup()
            for writer in 0..<64 {
                let start = (run * 64 + writer) * each
                done.enter()
                Thread.detachNewThread {
                    defer { done.leave() }
                    do {
                        for user in users[start..<start + each] {
                            _ = try db.writeBlocking { tx in try tx.insert(user) }
                        }
                    } catch {
                        say("A writer failed: \(error)")
                    }
                }
            }
            done.wait()
        }
        try expect(db, users.count)
        report.rate(
            "durable commits of one row, 64 threads", 64 * each, times, unit: "commits")
    }

    /// 64 tasks that wait without a thread until their commit is on disk.
    private static func tasks(_ scratch: Scratch, _ report: inout Report) async throws {
        let db = try scratch.open("tasks")
        defer { try? db.closeBlocking() }
        var rows = Rows()
        let each = 1000
        let users = rows.users(0..<64 * each * repetitions)
        var times: [Double] = []
        for run in 0..<repetitions {
            let clock = ContinuousClock()
            let start = clock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<64 {
                    let first = (run * 64 + writer) * each
                    group.addTask {
                        for user in users[first..<first + each] {
                            _ = try await db.write { tx in try tx.insert(user) }
                        }
                    }
                }
                try await group.waitForAll()
            }
            times.append((clock.now - start) / .seconds(1))
        }
        try expect(db, users.count)
        report.rate("durable commits of one row, 64 tasks", 64 * each, times, unit: "commits")
    }

    private static func expect(_ db: Database, _ count: Int) throws {
        let found = try db.view().count(User.self)
        if found != count { throw LostWrites(found: found, acknowledged: count) }
    }
}

/// Rows that a write acknowledged and a view does not see.
struct LostWrites: Error {
    let found: Int
    let acknowledged: Int
}
