import Foundation
import Tufa

/// What a start without a snapshot takes: each store reads its log again.
struct ReplaySuite {
    private let bench: Bench
    private static let rowCount = 1_000_000

    init(_ bench: Bench) { self.bench = bench }

    /// A store, and how it starts again from its log alone.
    private struct Replay {
        let store: any StoreEngine
        let seconds: (_ run: Int) throws -> Double
    }

    func run() throws {
        let stores = Stores.all().filter { $0.name != "LMDB" }
        var report = try SuiteReport("Replay", suite: "replay", bench, stores)
        let rows = BlogRows(Self.rowCount)
        let replays = try stores.map { try prepare($0, rows) }
        defer { bench.scratch.empty() }
        let names = replays.map(\.store.name)
        let rates = try inTurn(replays) { Double(rows.count) / (try $0.seconds($1)) }
        let both = Comparison("all processors", .rate("rows"), names, rates)
        report.keep("replay.log", both)
        if let own = both.figure(of: "Tufa"), ProcessInfo.processInfo.processorCount > 1 {
            report.keep("replay.log.two", own)
        }
        var comparisons = [both]
        if let tufa = replays.first {
            let rates = try (0..<repetitions).compactMap { run in
                try onOneProcessor { Double(rows.count) / (try tufa.seconds(run)) }
            }
            if !rates.isEmpty {
                report.keep("replay.log.one", median(rates))
                comparisons.append(
                    Comparison("one processor", .rate("rows"), ["Tufa"], [rates]))
            }
        }
        report.heading("\(grouped(Double(rows.count))) users and posts, 3 B-trees each")
        report.compare(comparisons)
        try report.finish(method: [
            "Tufa: `Database.replay`, events from the first on without a snapshot, indexes built; "
                + "each row is one event.",
            "Redis is started on its append-only file of commands until it answers: three commands "
                + "a row, for a hash and two sorted sets or a set and a key.",
            "RocksDB opens a database of which nothing was flushed, so that all of its log goes "
                + "into a buffer in memory again.",
            "SQLite opens a copy of a database whose log was never copied into the file, and reads "
                + "one row. It checks the log and notes where its pages are; it rebuilds nothing, "
                + "so it is quicker the less of it is read. LMDB has no log.",
        ])
    }

    private func prepare(_ store: any StoreEngine, _ rows: BlogRows) throws -> Replay {
        let folder = bench.folder(store)
        #if HAS_ROCKSDB
            (store as? RocksDBStore)?.bufferByteCount = 8 << 30
        #endif
        #if HAS_SQLITE
            (store as? SQLiteStore)?.checkpointPageCount = 0
        #endif
        try store.open(folder, .buffered)
        // A page goes into SQLite's log once a commit, so fewer commits leave it less to read.
        try rows.load(into: store, batch: store.name == "SQLite" ? 100_000 : 1000)
        let files = FileManager.default
        if store.name == "SQLite" {
            // Closing would copy the log into the file, so what is there is copied before.
            let copy = folder + "-copy"
            try files.copyItem(atPath: folder, toPath: copy)
            try store.close()
            return Replay(store: store) { run in
                let again = "\(copy)-\(run)"
                try files.copyItem(atPath: copy, toPath: again)
                defer { try? files.removeItem(atPath: again) }
                return try start(store, again, rows)
            }
        }
        try store.close()
        say("\(store.name) has written")
        if store is TufaStore {
            return Replay(store: store) { _ in
                let report = try Database.replay(folder)
                guard Int(report.eventCount) >= rows.count else {
                    throw PeerError(message: "The replay has \(report.eventCount) events.")
                }
                return report.seconds
            }
        }
        return Replay(store: store) { _ in try start(store, folder, rows) }
    }

    /// The seconds until a store has answered its first question.
    private func start(
        _ store: any StoreEngine, _ folder: String, _ rows: BlogRows
    ) throws -> Double {
        let took = try seconds {
            try store.open(folder, .buffered)
            try rows.readOne(store)
        }
        try store.close()
        return took
    }
}
