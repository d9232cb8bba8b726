import Foundation
import Tufa

/// Real rows: Debian's package index.
struct DataSuite {
    private let bench: Bench

    init(_ bench: Bench) { self.bench = bench }

    func run() throws {
        guard let path = bench.options.packages else {
            return say("Debian's packages are not measured: there is no apt-cache here.")
        }
        let stores = Stores.all()
        let rows = try DebianRows(path: path)
        var report = try SuiteReport("Debian's packages", suite: "data", bench, stores)
        report.heading(
            "\(grouped(Double(rows.articles.count))) packages of "
                + "\(grouped(Double(rows.users.count))) maintainers")
        report.compare(
            try blog(stores, rows) + texts(stores.compactMap { $0 as? any TextStore }, rows))
        try report.finish(method: [
            "Maintainers are users, packages are posts: name and description, in commits of 1,000, "
                + "durable. With full text, SQLite has FTS5.",
            "A maintainer has one package or thousands, so newest 20 gives up to 20 rows. Words to "
                + "search have at least five letters and are in at least 20 descriptions; the "
                + "ten best come with their texts.",
        ])
    }

    private func blog(_ stores: [any StoreEngine], _ rows: DebianRows) throws -> [Comparison] {
        let names = stores.map(\.name)
        let posts = rows.posts
        let loads = try inTurn(stores) { store, _ in
            try? store.close()
            try store.open(bench.folder(store), .durable)
            try store.load(rows.users)
            return Double(posts.count) / (try seconds { try store.load(posts) })
        }
        defer { try? bench.close(stores) }
        for store in stores { try store.settle() }
        var chance = Chance(seed: 8)
        let count = 20_000
        let picks = (0..<count).map { _ in
            rows.users[Int.random(in: 0..<rows.users.count, using: &chance)]
        }
        let emails = picks.map { String(decoding: Array($0.email.utf8), as: UTF8.self) }
        var tally = Tally()
        for user in picks { tally.add(user) }
        let lookups = try inTurn(stores) { store, _ in
            var found = Tally()
            let took = try seconds { found = try store.users(byEmail: emails) }
            try expect(found, tally, store)
            return took / Double(count)
        }
        let few = picks.prefix(4000).map(\.id)
        let newest = try inTurn(stores) { store, _ in
            try seconds { try some(store.newestPosts(of: few, count: 20)) } / Double(few.count)
        }
        let ofAll = try inTurn(stores) { store, _ in
            try seconds { try some(store.newestPosts(count: 20, times: 4000)) } / 4000
        }
        return [
            Comparison("durable batches of packages", .rate("rows"), names, loads),
            Comparison("lookup of a maintainer by email", .time, names, lookups),
            Comparison("newest 20 of one maintainer", .time, names, newest),
            Comparison("newest 20 of all", .time, names, ofAll),
        ]
    }

    private func texts(_ stores: [any TextStore], _ rows: DebianRows) throws -> [Comparison] {
        let stores = stores.filter(\.hasFullText)
        let names = stores.map(\.name)
        let loads = try inTurn(stores) { store, _ in
            try? store.close()
            try store.open(bench.folder(store), .durable)
            try store.load(rows.users)
            return Double(rows.articles.count) / (try seconds { try store.load(rows.articles) })
        }
        defer { try? bench.close(stores) }
        var chance = Chance(seed: 10)
        let words = rows.words(atLeast: 20)
        let questions = (0..<1000).map { _ in
            [words[Int.random(in: 0..<words.count, using: &chance)]]
        }
        let pairs = zip(questions, questions.dropFirst()).map { $0 + $1 }
        let one = try inTurn(stores) { store, _ in
            try seconds { try some(store.search(questions, count: 10)) } / Double(questions.count)
        }
        let two = try inTurn(stores) { store, _ in
            try seconds { try some(store.search(pairs, count: 10)) } / Double(pairs.count)
        }
        return [
            Comparison("durable batches with full text", .rate("rows"), names, loads),
            Comparison("search of one word, top 10", .time, names, one),
            Comparison("search of two words, top 10", .time, names, two),
        ]
    }

    private func some(_ tally: Tally) throws {
        if tally.rows == 0 { throw PeerError(message: "Nothing is found.") }
    }
}
