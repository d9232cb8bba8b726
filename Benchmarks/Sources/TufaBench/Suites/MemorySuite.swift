import Foundation
import Tufa

/// What a row takes beyond its own data.
struct MemorySuite {
    private let bench: Bench

    init(_ bench: Bench) { self.bench = bench }

    /// Bytes a row beyond the data, of one store.
    private struct Overhead {
        var bytes: Double
        var place: String
    }

    func run() throws {
        let stores = Stores.all()
        var report = try SuiteReport("Memory", suite: "memory", bench, stores)
        var sizes = [100_000, 300_000, 1_000_000]
        if bench.options.isLarge { sizes.append(10_000_000) }
        var lines: [[String]] = []
        var series = stores.map { Chart.Series(name: $0.name, points: []) }
        for size in sizes {
            let isLast = size == 1_000_000
            var cells = [grouped(Double(size))]
            for (number, store) in stores.enumerated() {
                let overhead = try measure(store, size, isLast ? report : nil)
                cells.append("\(grouped(overhead.bytes)) \(overhead.place)")
                series[number].points.append((Double(size), max(overhead.bytes, 1)))
            }
            lines.append(cells)
        }
        report.heading("Bytes a row beyond the data")
        report.table(["rows"] + stores.map(\.name), lines)
        try report.chart(
            "memory",
            Chart(
                title: "Bytes a row beyond the data, by rows", xTitle: "rows",
                yTitle: "bytes a row", series: series))
        try tables(&report)
        try report.finish(method: [
            "A fifth users, the rest posts, three B-trees each, in commits of 1,000, from rows "
                + "that are made on the way and not kept. The data of a row is its identifiers of "
                + "16 bytes, its time of 8, and its texts.",
            "Tufa: how much the process has grown. Redis: `used_memory`. The others: their files, "
                + "after copying the log into them, or compaction; what they hold in caches beside "
                + "is for them to choose.",
            "By table, `db.info()` tells the rows in memory and the indexes; there the data is "
                + "what it calls `byteCount`, and the identifiers.",
        ])
    }

    private func measure(
        _ store: any StoreEngine, _ size: Int, _ report: SuiteReport?
    ) throws -> Overhead {
        let folder = bench.folder(store)
        try store.open(folder, .buffered)
        defer { try? bench.close([store]) }
        var rows = Rows()
        // Once before anything is counted, so that the vocabulary is there.
        _ = rows.words.word(&rows.chance)
        let redis = store as? RedisStore
        let before = try redis == nil ? ProcessSize.trimmed() : store.byteCount()
        var data = 0
        var ids: [User.ID] = []
        let step = 10_000
        for start in stride(from: 0, to: size / 5, by: step) {
            let users = rows.users(start..<min(start + step, size / 5))
            for user in users { data += 24 + user.email.utf8.count + user.name.utf8.count }
            ids += users.map(\.id)
            try store.load(users)
        }
        let postCount = size - ids.count
        for start in stride(from: 0, to: postCount, by: step) {
            let posts = rows.posts(min(step, postCount - start), of: ids, from: start)
            for post in posts { data += 40 + post.title.utf8.count + post.content.utf8.count }
            try store.load(posts)
        }
        try store.settle()
        if let tufa = store as? TufaStore {
            let grown = ProcessSize.trimmed() - before - ids.count * 16
            let bytes = Double(grown - data) / Double(size)
            if let report { try keepTables(tufa, report, grown: grown, size: size) }
            return Overhead(bytes: bytes, place: "in memory")
        }
        let taken = try store.byteCount() - (redis == nil ? 0 : before)
        return Overhead(
            bytes: Double(taken - data) / Double(size),
            place: redis == nil ? "on disk" : "in memory")
    }

    private func keepTables(
        _ tufa: TufaStore, _ report: SuiteReport, grown: Int, size: Int
    ) throws {
        let info = try tufa.opened().info()
        for table in info.tables where table.rowCount > 0 {
            report.keep("memory.\(table.name)", Self.overhead(of: table))
        }
        let own = info.tables.reduce(0) { $0 + Self.dataByteCount(of: $1) }
        report.keep("memory.process", Double(grown - own) / Double(size))
    }

    /// Bytes a row of a table's rows and indexes beyond those of its data.
    static func overhead(of table: DatabaseInfo.TableInfo) -> Double {
        let trees = table.indexes.reduce(0) { $0 + $1.byteCount }
        let all = table.residentByteCount + trees
        return Double(all - dataByteCount(of: table)) / Double(table.rowCount)
    }

    /// Bytes of the rows' fields and identifiers, which somebody has put there.
    private static func dataByteCount(of table: DatabaseInfo.TableInfo) -> Int {
        table.byteCount + 16 * table.rowCount
    }

    /// What `db.info()` says of each table.
    private func tables(_ report: inout SuiteReport) throws {
        let tufa = TufaStore()
        try tufa.open(bench.folder(tufa), .buffered)
        defer { try? bench.close([tufa]) }
        try BlogRows(1_000_000).load(into: tufa)
        let lines = try tufa.opened().info().tables.filter { $0.rowCount > 0 }.map { table in
            let rows = Double(table.rowCount)
            return [
                table.name, grouped(rows),
                grouped(Double(Self.dataByteCount(of: table)) / rows),
                grouped(Double(table.residentByteCount - Self.dataByteCount(of: table)) / rows),
            ] + [
                table.indexes.map { "\($0.name) \(grouped(Double($0.byteCount) / rows))" }
                    .joined(separator: ", ")
            ] + [grouped(Self.overhead(of: table))]
        }
        report.heading("Tufa's tables, bytes a row")
        report.table(["table", "rows", "data", "headers", "indexes", "beyond the data"], lines)
    }
}
