import Foundation
import Tufa

/// Writing and loading snapshots, and what a writer feels while one is written.
struct SnapshotSuite {
    private let bench: Bench
    private static let rowCount = 1_000_000
    /// How often a writer is alone and beside snapshots.
    private static let pairCount = 9

    init(_ bench: Bench) { self.bench = bench }

    func run() throws {
        let tufa = TufaStore()
        let redis = Stores.all().compactMap { $0 as? RedisStore }.first
        redis?.keepsSnapshots = true
        let stores: [any StoreEngine] = [tufa] + (redis.map { [$0] } ?? [])
        var report = try SuiteReport("Snapshots", suite: "snapshot", bench, stores)
        let rows = BlogRows(Self.rowCount)
        report.heading("\(grouped(Double(rows.count))) users and posts, 3 B-trees each")
        let folders = stores.map(bench.folder)
        let written = try write(stores, folders, rows)
        report.compare(written + (try load(stores, folders, rows, report)))
        try besides(&report, tufa, folders[0], rows)
        if let redis { try fork(&report, redis, folders[stores.count - 1]) }
        bench.scratch.empty()
        try report.finish(method: [
            "Loading is opening until every row has been read by a scan, less what the same scan "
                + "takes once more, so that nobody gains by reading later. Redis is started on "
                + "its RDB file until it answers, and reads nothing then.",
            "A writer commits users one by one from one thread, with three B-trees, alone and "
                + "while another thread writes one snapshot after the other, for a second each, "
                + "in \(Self.pairCount) pairs, of which the first changes. The targets are about "
                + "the medians of the differences within a pair.",
        ])
    }

    // MARK: Writing and loading

    private func write(
        _ stores: [any StoreEngine], _ folders: [String], _ rows: BlogRows
    ) throws -> [Comparison] {
        for (store, folder) in zip(stores, folders) {
            try store.open(folder, .buffered)
            try rows.load(into: store)
            say("\(store.name) has written")
        }
        var bytes: UInt64 = 0
        let rates = try inTurn(stores) { store, _ in
            Double(rows.count)
                / (try seconds {
                    if let tufa = store as? TufaStore {
                        bytes = try tufa.opened().snapshotBlocking().byteCount
                    } else if let redis = store as? RedisStore {
                        try redis.opened().ask("SAVE")
                    }
                })
        }
        for store in stores { try store.close() }
        let own = rates[0].map { $0 / Double(rows.count) * Double(bytes) / 1e6 }
        return [
            Comparison("writing", .rate("rows"), stores.map(\.name), rates),
            Comparison("writing, bytes of the file", .rate("MB"), ["Tufa"], [own]),
        ]
    }

    private func load(
        _ stores: [any StoreEngine], _ folders: [String], _ rows: BlogRows, _ report: SuiteReport
    ) throws -> [Comparison] {
        let names = stores.map(\.name)
        let users = rows.userTally
        let rates = try inTurn(Array(zip(stores, folders))) { pair, _ in
            let (store, folder) = pair
            // Else it would be measured how little of it is read.
            (store as? TufaStore)?.loading = .atOnce
            defer { try? store.close() }
            let opening = try seconds { try store.open(folder, .buffered) }
            guard let tufa = store as? TufaStore else { return Double(rows.count) / opening }
            let first = try seconds { try scan(tufa, users, rows) }
            let again = try seconds { try scan(tufa, users, rows) }
            return Double(rows.count) / (opening + max(0, first - again))
        }
        let comparison = Comparison("loading", .rate("rows"), names, rates)
        let newest = try newestSnapshot(folders[0])
        let own = rates[0].map { $0 / Double(rows.count) * Double(newest) / 1e6 }
        report.keep("snapshot.load", comparison)
        report.keep("snapshot.load.rows", median(rates[0]))
        report.keep("snapshot.load.bytes", median(own))
        return [
            comparison, Comparison("loading, bytes of the file", .rate("MB"), ["Tufa"], [own]),
        ]
    }

    private func scan(_ tufa: TufaStore, _ users: Tally, _ rows: BlogRows) throws {
        try expect(tufa.scanUsers(), users, tufa)
        let posts = try tufa.opened().view().fetch(Post.all.order { $0.createdAt.descending })
        precondition(posts.count == rows.posts.count, "Posts are missing.")
    }

    private func newestSnapshot(_ folder: String) throws -> Int {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/snapshots")
        guard let newest = names.sorted().last else { return 0 }
        var status = stat()
        return stat(folder + "/snapshots/" + newest, &status) == 0 ? Int(status.st_size) : 0
    }

    // MARK: Beside a writer

    private func besides(
        _ report: inout SuiteReport, _ tufa: TufaStore, _ folder: String, _ rows: BlogRows
    ) throws {
        report.heading("A writer beside a snapshot")
        var lines: [[String]] = []
        var nextUser = rows.users.count
        for (promise, key) in [(Promise.buffered, ""), (.durable, ".durable")] {
            try tufa.open(folder, promise)
            defer { try? tufa.close() }
            let writer = WriterBesideSnapshots(store: tufa)
            let runs = try inTurn([false, true], runs: Self.pairCount) { isBeside, _ in
                try writer.run(writesSnapshots: isBeside, &nextUser)
            }
            let (alone, beside) = (runs[0], runs[1])
            for (name, runs) in [("alone", alone), ("beside snapshots", beside)] {
                lines.append([
                    "\(promise), \(name)", grouped(median(runs.map(\.rate))),
                    duration(median(runs.map(\.p50)) / 1e6),
                    duration(median(runs.map(\.p99)) / 1e6),
                    "\(decimal(median(runs.map(\.growth)) * 100)) %",
                    grouped(median(runs.map { Double($0.snapshotCount) })),
                ])
            }
            // The two of a pair follow one another: what changes in minutes is the same for both.
            let late = median(zip(alone, beside).map { $1.p99 - $0.p99 })
            let less = median(zip(alone, beside).map { 1 - $1.rate / $0.rate })
            report.keep("snapshot.beside.p99\(key)", late)
            report.keep("snapshot.beside.rate\(key)", less * 100)
            if promise == .buffered {
                let more = median(zip(alone, beside).map { $1.growth - $0.growth })
                report.keep("snapshot.beside.memory", more * 100)
            }
        }
        report.table(
            ["the writer", "commits/s", "p50", "p99", "memory at most", "snapshots"], lines)
    }

    private func fork(
        _ report: inout SuiteReport, _ redis: RedisStore, _ folder: String
    ) throws {
        try redis.open(folder, .buffered)
        defer { try? redis.close() }
        try redis.opened().ask("BGSAVE")
        usleep(500_000)
        let micros = try redis.info("stats", "latest_fork_usec")
        let bytes = try redis.info("memory", "used_memory")
        report.paragraph(
            "Redis stands still for \(duration(Double(micros) / 1e6)) while it forks for a "
                + "snapshot of \(grouped(Double(bytes) / 1e6)) MB.")
    }
}
