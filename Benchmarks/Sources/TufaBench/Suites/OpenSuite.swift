import Foundation
import Tufa

/// Opening until the first row was read, at several sizes.
struct OpenSuite {
    private let bench: Bench

    init(_ bench: Bench) { self.bench = bench }

    func run() throws {
        let stores = Stores.all()
        for store in stores { (store as? RedisStore)?.keepsSnapshots = true }
        let names = stores.map(\.name)
        var report = try SuiteReport("Opening", suite: "open", bench, stores)
        var sizes = [("10k", 10_000), ("100k", 100_000), ("1m", 1_000_000)]
        if bench.options.isLarge { sizes.append(("10m", 10_000_000)) }
        var comparisons: [Comparison] = []
        var replays: [(Double, Double)] = []
        for (key, size) in sizes {
            let rows = BlogRows(size)
            let folders = stores.map(bench.folder)
            for (store, folder) in zip(stores, folders) {
                try prepare(store, folder, rows)
                say("\(store.name) has written \(grouped(Double(size))) rows")
            }
            let took = try inTurn(Array(zip(stores, folders))) { pair, _ in
                let took = try seconds {
                    try pair.0.open(pair.1, .durable)
                    try rows.readOne(pair.0)
                }
                try pair.0.close()
                return took
            }
            let comparison = Comparison("\(grouped(Double(size))) rows", .time, names, took)
            report.keep("open.\(key)", comparison, scale: 1e3)
            comparisons.append(comparison)
            replays.append((Double(size), try Database.replay(folders[0]).seconds))
            bench.scratch.empty()
        }
        report.heading("From a clean stop")
        report.compare(comparisons)
        let series = names.map { name in
            Chart.Series(
                name: name,
                points: zip(sizes, comparisons).map {
                    (Double($0.1), ($1.figure(of: name) ?? 0) * 1e3)
                })
        }
        let replay = Chart.Series(
            name: "Tufa, log alone", points: replays.map { ($0.0, $0.1 * 1e3) })
        try report.chart(
            "open",
            Chart(
                title: "Open to first read, by size", xTitle: "rows", yTitle: "milliseconds",
                series: series + [replay]))
        try report.finish(method: [
            "A fifth users, the rest posts, three B-trees each. Tufa has written a snapshot of its "
                + "last commit, Redis an RDB file, SQLite has copied its log into its file, "
                + "RocksDB is flushed and compacted. Files are in the system's cache. "
                + "Redis counts from the start of its process.",
            "All are opened for durable commits.",
        ])
    }

    private func prepare(
        _ store: any StoreEngine, _ folder: String, _ rows: BlogRows
    ) throws {
        try store.open(folder, .buffered)
        try rows.load(into: store)
        try store.settle()
        if let tufa = store as? TufaStore {
            _ = try tufa.opened().snapshotBlocking()
        } else if let redis = store as? RedisStore {
            try redis.opened().ask("SAVE")
        }
        try store.close()
    }
}
