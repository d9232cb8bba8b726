import Foundation
import Tufa

/// Commits: durable by one and by many, in batches, buffered, with full text, in an open loop.
struct CommitSuite {
    private let bench: Bench
    private let stores = Stores.all(tuned: true)
    private var names: [String] { stores.map(\.name) }

    static let writerCounts = [1, 2, 4, 8, 16, 32, 64]
    private static let redisClientCount = 50
    private static let secondsEach = 0.25
    /// The turns of Tufa and Redis alone, and how long each takes.
    private static let pairCount = 9
    private static let secondsAPair = 1.0

    init(_ bench: Bench) { self.bench = bench }

    func run() async throws {
        var report = try SuiteReport("Commits", suite: "commit", bench, stores)
        report.heading("Durable")
        var capacities: [String: Double] = [:]
        report.compare([try single(report), try batches(report)])
        try await many(&report, &capacities)
        report.heading("Buffered")
        report.compare([try buffered(report)] + (try texts(report)))
        try openLoops(&report, capacities)
        try report.finish(method: [
            "A commit of one row is one of 200 bytes with one B-tree; everything else has the "
                + "three B-trees of users: identifier, unique email, newest first.",
            "Where there are several writers, each commits again as soon as its commit is "
                + "acknowledged, for \(Self.secondsEach) s a run. Tufa's are tasks, and threads "
                + "beside; Redis has as many clients in one loop of one thread, the others as many "
                + "threads. SQLite and LMDB let one writer in at a time.",
            "While Tufa waits for a sync, a thread of the lowest class keeps its processor from "
                + "halting where that makes syncs quicker: half a processor more for one client "
                + "(`staysAwakeForSyncs`); the others have nothing like it.",
            "Buffered commits of Tufa are synced within a second; SQLite syncs at a checkpoint, "
                + "Redis every second, RocksDB and LMDB leave it to the system, which is less.",
            "Full text is ten words; SQLite has FTS5 with `porter unicode61` and its row and its "
                + "text in one transaction.",
            "In the open loop commits are due at fixed times whether or not those before are "
                + "done, for \(OpenLoop.seconds) s with 64 threads; a latency counts from when "
                + "its commit was due. A sleeping thread is woken up to 0.1 ms late by the "
                + "system, which is part of every figure.",
        ])
    }

    // MARK: Durable

    private func single(_ report: SuiteReport) throws -> Comparison {
        try bench.open(stores, .durable)
        defer { try? bench.close(stores) }
        let floor = try SyncFloor(in: bench.scratch.folder.path)
        var rows = Rows()
        let count = 5000
        let items = rows.items(count * repetitions)
        // The disk itself is measured in turn with the stores, for disks change too.
        let writers: [ItemWriter?] = [nil] + (try stores.map { try $0.itemWriter() })
        let rates = try inTurn(writers) { writer, run in
            guard let writer else { return Double(count) / floor.measure(count) }
            return Double(count)
                / (try seconds {
                    for item in items[run * count..<(run + 1) * count] { try writer(item) }
                })
        }
        try expect(items.count)
        let comparison = Comparison(
            "one row, 1 client", .rate("commits"), ["the disk"] + names, rates)
        let all = Comparison("", comparison.unit, names, Array(rates.dropFirst()))
        report.keep("commit.one", all)
        if let own = all.figure(of: "Tufa"), let disk = comparison.figure(of: "the disk") {
            report.keep("commit.one.floor", own / disk)
        }
        return comparison
    }

    private func expect(_ count: Int) throws {
        for store in stores {
            let found = try store.itemCount()
            guard found == count else {
                throw PeerError(message: "\(store.name) has \(found) rows of \(count).")
            }
        }
    }

    private func batches(_ report: SuiteReport) throws -> Comparison {
        try bench.open(stores, .durable)
        defer { try? bench.close(stores) }
        var rows = Rows()
        let count = 100_000
        let users = rows.users(0..<count * repetitions)
        let rates = try inTurn(stores) { store, run in
            let part = Array(users[run * count..<(run + 1) * count])
            return Double(count) / (try seconds { try store.load(part) })
        }
        let comparison = Comparison(
            "batches of 1,000 rows, 3 B-trees", .rate("rows"), names, rates)
        report.keep("commit.batch", comparison)
        return comparison
    }

    // MARK: Many writers

    private func many(
        _ report: inout SuiteReport, _ capacities: inout [String: Double]
    ) async throws {
        try bench.open(stores, .durable)
        defer { try? bench.close(stores) }
        var rows = Rows()
        let bodies = rows.items(1000).map(\.body)
        var comparisons: [Comparison] = []
        for count in Self.writerCounts {
            let measured = try await rates(of: count, bodies)
            comparisons.append(
                Comparison(
                    count == 1 ? "1 writer" : "\(count) writers", .rate("commits"),
                    ["Tufa", "Tufa, threads"] + names.dropFirst(), measured))
        }
        report.heading("By the number of writers")
        report.compare(comparisons, own: ["Tufa", "Tufa, threads"])
        guard let last = comparisons.last else { return }
        if let own = last.figure(of: "Tufa") { report.keep("commit.many", own) }
        for name in names { capacities[name] = last.figure(of: name) }
        capacities["Tufa"] = last.figure(of: "Tufa, threads")
        try await besideRedis(&report, bodies)
        let chart = Chart(
            title: "Durable commits a second by writers", xTitle: "writers",
            yTitle: "commits a second",
            series: (["Tufa"] + names.dropFirst()).map { name in
                Chart.Series(
                    name: name,
                    points: zip(Self.writerCounts, comparisons).map {
                        (Double($0), $1.figure(of: name) ?? 0)
                    })
            })
        try report.chart("writers", chart)
    }

    /// Many tasks of Tufa in turn with the clients that Redis is at its best with, for longer than
    /// in the table, where every store of all has its turn in between.
    private func besideRedis(_ report: inout SuiteReport, _ bodies: [String]) async throws {
        guard let tufa = stores.first as? TufaStore,
            let redis = stores.compactMap({ $0 as? RedisStore }).first,
            let count = Self.writerCounts.last
        else { return }
        let rates = try await inTurn([true, false], runs: Self.pairCount) { isTufa, _ in
            isTufa
                ? try await taskRate(try tufa.opened(), count, bodies, Self.secondsAPair)
                : try RedisClients(redis, Self.redisClientCount).rate(Self.secondsAPair, bodies)
        }
        let (own, theirs) = (rates[0], rates[1])
        report.paragraph(
            "In turns of \(Int(Self.secondsAPair)) s: Tufa with \(count) tasks "
                + "\(grouped(median(own))) commits/s (\(spread(own, grouped))), Redis with "
                + "\(Self.redisClientCount) clients \(grouped(median(theirs))) "
                + "(\(spread(theirs, grouped))).")
        report.keep("commit.many.redis", median(own) / median(theirs))
    }

    /// Commits a second of each run: Tufa's tasks, Tufa's threads, the peers.
    private func rates(of count: Int, _ bodies: [String]) async throws -> [[Double]] {
        guard let tufa = stores.first as? TufaStore else { return [] }
        // Tufa's tasks are no store of their own.
        return try await inTurn([nil] + stores.map(Optional.some)) { store, _ in
            guard let store else {
                return try await taskRate(try tufa.opened(), count, bodies, Self.secondsEach)
            }
            if let redis = store as? RedisStore {
                return try RedisClients(redis, count).rate(Self.secondsEach, bodies)
            }
            return try threadRate(store, count, bodies)
        }
    }

    private func threadRate(
        _ store: any StoreEngine, _ count: Int, _ bodies: [String]
    ) throws -> Double {
        let writers = try (0..<count).map { _ in try store.itemWriter() }
        let (commits, limit) = (Counter(), Duration.seconds(Self.secondsEach))
        let start = ContinuousClock.now
        try onThreads(count) { number in
            var written = 0
            defer { commits.add(written) }
            while ContinuousClock.now - start < limit {
                try writers[number](Item(body: bodies[(number + written) % bodies.count]))
                written += 1
            }
        }
        return Double(commits.value) / ((ContinuousClock.now - start) / .seconds(1))
    }

    private func taskRate(
        _ database: Database, _ count: Int, _ bodies: [String], _ seconds: Double
    ) async throws -> Double {
        let limit = Duration.seconds(seconds)
        let start = ContinuousClock.now
        let commits = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<count {
                group.addTask {
                    var written = 0
                    while ContinuousClock.now - start < limit {
                        let item = Item(body: bodies[(number + written) % bodies.count])
                        try await database.write { tx in try tx.insert(item) }
                        written += 1
                    }
                    return written
                }
            }
            return try await group.reduce(0, +)
        }
        return Double(commits) / ((ContinuousClock.now - start) / .seconds(1))
    }

    // MARK: Buffered

    private func buffered(_ report: SuiteReport) throws -> Comparison {
        try bench.open(stores, .buffered)
        defer { try? bench.close(stores) }
        var rows = Rows()
        let count = 50_000
        let users = rows.users(0..<count * repetitions)
        let rates = try inTurn(stores) { store, run in
            Double(count)
                / (try seconds {
                    for number in run * count..<(run + 1) * count {
                        try store.insert(users[number...number])
                    }
                })
        }
        let comparison = Comparison(
            "one row, 3 B-trees, 1 client", .rate("commits"), names, rates)
        report.keep("commit.buffered", comparison)
        return comparison
    }

    private func texts(_ report: SuiteReport) throws -> [Comparison] {
        let stores = stores.filter(\.hasFullText)
        try bench.open(stores, .buffered)
        defer { try? bench.close(stores) }
        var rows = Rows()
        let users = rows.users(0..<1000)
        let count = 10_000
        let articles = rows.articles(2 * count * repetitions, of: users.map(\.id), from: 0)
        for store in stores { try store.load(users) }
        let rates = try inTurn(stores) { store, run in
            Double(count)
                / (try seconds {
                    for number in run * count..<(run + 1) * count {
                        try store.insert(articles[number...number])
                    }
                })
        }
        let comparison = Comparison(
            "the same and full text of 10 words", .rate("commits"), stores.map(\.name), rates)
        report.keep("commit.text", comparison)
        let half = count * repetitions
        let batches = try inTurn(stores) { store, run in
            let part = Array(articles[half + run * count..<half + (run + 1) * count])
            return Double(count) / (try seconds { try store.load(part) })
        }
        return [
            comparison,
            Comparison(
                "batches of 1,000 rows with full text", .rate("rows"), stores.map(\.name), batches),
        ]
    }

    // MARK: Open loop

    private func openLoops(
        _ report: inout SuiteReport, _ capacities: [String: Double]
    ) throws {
        report.heading("An open loop")
        var rows = Rows()
        let bodies = rows.items(1000).map(\.body)
        var lines: [[String]] = []
        var series: [Chart.Series] = []
        for store in stores {
            guard let capacity = capacities[store.name] else { continue }
            for (what, rate) in [
                ("1,000/s", 1000), ("half of what it can", capacity / 2),
                ("90 % of what it can", capacity * 0.9),
            ] {
                try bench.open([store], .durable)
                defer { try? bench.close([store]) }
                let latencies = try OpenLoop.run(store, rate: rate, bodies)
                lines.append(
                    [store.name, what, grouped(rate), grouped(Double(latencies.count))]
                        + latencies.all.map { duration($0 / 1e6) })
                if rate == 1000 {
                    series.append(
                        Chart.Series(
                            name: store.name,
                            points: latencies.all.enumerated().map { (Double($0), $1) }))
                }
            }
        }
        report.table(["store", "arrivals", "a second", "commits"] + Latencies.names, lines)
        let chart = Chart(
            title: "Latency of a durable commit, 1,000 arrivals a second",
            xTitle: "percentile", yTitle: "microseconds", series: series,
            places: Latencies.names)
        try report.chart("latency", chart)
    }
}
