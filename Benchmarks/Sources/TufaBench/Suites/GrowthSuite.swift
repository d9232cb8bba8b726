import Foundation
import Tufa

/// What each thing costs as a database grows, as a table and as curves.
struct GrowthSuite {
    private let bench: Bench

    init(_ bench: Bench) { self.bench = bench }

    /// What was measured of one thing at one size.
    private struct Line {
        /// Which chart it belongs to, and so its unit.
        enum Kind { case operation, whole, memory }

        var kind: Kind
        var what: String
        /// Seconds, or bytes.
        var value: Double

        init(_ kind: Kind, _ what: String, _ value: Double) {
            self.kind = kind
            self.what = what
            self.value = value
        }

        var figure: String {
            kind == .memory ? "\(grouped(value)) bytes" : duration(value)
        }
    }

    func run() throws {
        var report = try SuiteReport("Growth", suite: "growth", bench)
        var sizes = [10_000, 100_000, 1_000_000]
        if bench.options.isLarge { sizes.append(10_000_000) }
        var columns: [[Line]] = []
        for size in sizes {
            columns.append(try measure(size))
            bench.scratch.empty()
            say("\(grouped(Double(size))) rows are measured")
        }
        report.heading("By the number of rows")
        report.table(
            ["what"] + sizes.map { grouped(Double($0)) },
            columns[0].indices.map { line in
                [columns[0][line].what] + columns.map { $0[line].figure }
            })
        func series(_ kind: Line.Kind, _ scale: Double) -> [Chart.Series] {
            columns[0].indices.filter { columns[0][$0].kind == kind }.map { line in
                Chart.Series(
                    name: columns[0][line].what,
                    points: zip(sizes, columns).map { (Double($0), $1[line].value * scale) })
            }
        }
        try report.chart(
            "growth",
            Chart(
                title: "One commit, one read, by rows", xTitle: "rows", yTitle: "microseconds",
                series: series(.operation, 1e6)))
        try report.chart(
            "growth-whole",
            Chart(
                title: "Snapshot and opening, by rows", xTitle: "rows", yTitle: "milliseconds",
                series: series(.whole, 1e3)))
        try report.chart(
            "growth-memory",
            Chart(
                title: "Memory beyond the data, by rows", xTitle: "rows", yTitle: "bytes a row",
                series: series(.memory, 1)))
        try report.finish(method: [
            "A fifth users, three fifths posts, a fifth articles with full text of ten words; "
                + "times are medians of single commits, and means of single reads. Each run "
                + "reads other rows, by chance among all."
        ])
    }

    private func measure(_ size: Int) throws -> [Line] {
        let tufa = TufaStore()
        let folder = bench.folder(tufa)
        try tufa.open(folder, .buffered)
        var rows = Rows()
        let users = rows.users(0..<size / 5)
        let ids = users.map(\.id)
        try tufa.load(users)
        try tufa.load(rows.posts(size * 3 / 5, of: ids, from: 0))
        try tufa.load(rows.articles(size / 5, of: ids, from: 0))
        let buffered = try commits(tufa, &rows, from: size, 2000)
        var lines = [Line(.operation, "buffered commit", buffered)]
        lines += try reads(tufa, users, size, &rows)
        let database = try tufa.opened()
        let snapshot = try timed { _ in try database.snapshotBlocking() }
        lines.append(Line(.whole, "snapshot", median(snapshot)))
        for table in try database.info().tables where table.rowCount > 0 {
            lines.append(Line(.memory, table.name, MemorySuite.overhead(of: table)))
        }
        try tufa.close()
        // What the disk still has to write would be measured with it.
        sync()
        let opening = try timed { _ in
            try tufa.open(folder, .durable)
            try expect(tufa.users(byEmail: [users[0].email]).rows == 1)
            try tufa.close()
        }
        lines.append(Line(.whole, "open, read, close", median(opening)))
        try tufa.open(folder, .durable)
        let durable = try commits(tufa, &rows, from: size + 2000, 300)
        lines.insert(Line(.operation, "durable commit", durable), at: 0)
        try tufa.close()
        return lines
    }

    /// The median of single commits of users.
    private func commits(
        _ tufa: TufaStore, _ rows: inout Rows, from first: Int, _ count: Int
    ) throws -> Double {
        let users = rows.users(first..<first + count)
        return median(
            try users.indices.map { number in
                try seconds { try tufa.insert(users[number...number]) }
            })
    }

    private func reads(
        _ tufa: TufaStore, _ users: [User], _ size: Int, _ rows: inout Rows
    ) throws -> [Line] {
        var chance = Chance(seed: 4)
        let count = 10_000
        // Others in each run: what was read before lies in the processor's caches.
        let picks = (0..<repetitions).map { _ in
            (0..<count).map { _ in users[Int.random(in: 0..<users.count, using: &chance)] }
        }
        let emails = picks.map { run in
            run.map { String(decoding: Array($0.email.utf8), as: UTF8.self) }
        }
        let ids = picks.map { run in run.map(\.id) }
        let lookup = try timed { run in try expect(tufa.users(byEmail: emails[run]).rows == count) }
        let newest = try timed { run in
            try expect(tufa.newestPosts(of: ids[run], count: 20).rows > 0)
        }
        let places = rows.posts(1000, of: [users[0].id], from: 0).map { post in
            var post = post
            post.createdAt = Rows.time(Int.random(in: 100..<size / 2, using: &chance))
            return post
        }
        let page = try timed { _ in
            try expect(tufa.pages(after: places, size: 20).rows == 20 * places.count)
        }
        let view = try tufa.opened().view()
        let words = (0..<500).map { _ in
            rows.words.all[Int.random(in: 10..<2000, using: &chance)]
        }
        var found = 0
        let search = try timed { _ in
            for word in words { found += try view.search(Article.self, word).count }
        }
        try expect(found > 0)
        return [
            Line(.operation, "lookup by email", median(lookup) / Double(count)),
            Line(.operation, "newest 20 of one", median(newest) / Double(count)),
            Line(.operation, "page of 20", median(page) / Double(places.count)),
            Line(.operation, "search, top 10", median(search) / Double(words.count)),
        ]
    }

    private func expect(_ isSo: Bool) throws {
        if !isSo { throw PeerError(message: "Tufa does not find what was written.") }
    }
}
