import Foundation
import Tufa

/// What each thing costs as a database grows.
struct GrowthSuite {
    private let bench: Bench

    init(_ bench: Bench) { self.bench = bench }

    func run() throws {
        var report = try SuiteReport("Growth", suite: "growth", bench)
        var sizes = [10_000, 100_000, 1_000_000]
        if bench.options.isLarge { sizes.append(10_000_000) }
        var columns: [[(what: String, figure: String)]] = []
        for size in sizes {
            columns.append(try measure(size))
            bench.scratch.empty()
        }
        report.heading("By the number of rows")
        report.table(
            ["what"] + sizes.map { grouped(Double($0)) },
            columns[0].indices.map { line in
                [columns[0][line].what] + columns.map { $0[line].figure }
            })
        try report.finish(method: [
            "A fifth users, three fifths posts, a fifth articles with full text of ten words; "
                + "times are medians of single commits, and means of single reads."
        ])
    }

    private func measure(_ size: Int) throws -> [(what: String, figure: String)] {
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
        var lines: [(what: String, figure: String)] = [("buffered commit", duration(buffered))]
        lines += try reads(tufa, users, size, &rows)
        let database = try tufa.opened()
        let snapshot = try timed { _ in try database.snapshotBlocking() }
        lines.append(("snapshot", duration(median(snapshot))))
        let tables = try database.info().tables.filter { $0.rowCount > 0 }
        for table in tables {
            let trees = table.indexes.reduce(0) { $0 + $1.byteCount }
            let bytes = table.residentByteCount + trees - table.byteCount
            lines.append(
                (
                    "memory beyond the data, \(table.name)",
                    "\(grouped(Double(bytes) / Double(table.rowCount))) bytes"
                ))
        }
        try tufa.close()
        let opening = try timed { _ in
            try tufa.open(folder, .durable)
            try expect(tufa.users(byEmail: [users[0].email]).rows == 1)
            try tufa.close()
        }
        lines.append(("open, read one row and close", duration(median(opening))))
        try tufa.open(folder, .durable)
        let durable = try commits(tufa, &rows, from: size + 2000, 300)
        lines.insert(("durable commit", duration(durable)), at: 0)
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
    ) throws -> [(what: String, figure: String)] {
        var chance = Chance(seed: 4)
        let count = 10_000
        let picks = (0..<count).map { _ in users[Int.random(in: 0..<users.count, using: &chance)] }
        let emails = picks.map { String(decoding: Array($0.email.utf8), as: UTF8.self) }
        let lookup = try timed { _ in try expect(tufa.users(byEmail: emails).rows == count) }
        let newest = try timed { _ in
            try expect(tufa.newestPosts(of: picks.map(\.id), count: 20).rows > 0)
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
            ("lookup by unique email", duration(median(lookup) / Double(count))),
            ("newest 20 of one user", duration(median(newest) / Double(count))),
            ("page of 20 behind a place", duration(median(page) / Double(places.count))),
            ("search of one word, top 10", duration(median(search) / Double(words.count))),
        ]
    }

    private func expect(_ isSo: Bool) throws {
        if !isSo { throw PeerError(message: "Tufa does not find what was written.") }
    }
}
