import Foundation
import Tufa

/// Newest posts of one user and of all, and pages behind a place deep in the list.
struct QuerySuite {
    private let bench: Bench
    private let stores = Stores.all(tuned: true)
    private var names: [String] { stores.map(\.name) }

    private static let userCount = 20_000
    private static let postCount = 1_000_000
    private static let size = 20
    private static let count = 5000

    init(_ bench: Bench) { self.bench = bench }

    func run() throws {
        var report = try SuiteReport("Queries", suite: "query", bench, stores)
        try bench.open(stores, .buffered)
        defer { try? bench.close(stores) }
        var rows = Rows()
        let users = rows.users(0..<Self.userCount)
        let posts = rows.posts(Self.postCount, of: users.map(\.id), from: 0)
        say("made \(grouped(Double(posts.count))) posts")
        let loads = try stores.map { store in
            try store.load(users, batch: 10_000)
            let took = try seconds { try store.load(posts, batch: 10_000) }
            try store.settle()
            say("\(store.name) has loaded")
            return [Double(posts.count) / took]
        }
        report.heading("\(grouped(Double(posts.count))) posts of \(Self.userCount) users")
        let ofUser = try newestOfUser(users, posts)
        let ofAll = try newestOfAll(posts)
        report.keep("query.user", ofUser[1], scale: 1e6)
        report.keep("query.all", ofAll[1], scale: 1e6)
        report.compare(
            [
                Comparison("loading", .rate("rows"), names, loads)
            ] + ofUser + ofAll + [try pages(posts)], own: ["Tufa", structsName, "Tufa, `page`"])
        try report.finish(method: [
            "A post is ten words in title and text; times are of one query, its rows included, "
                + "the mean of \(grouped(Double(Self.count))) in one view by one thread. Each by "
                + "itself, a question has a view or a transaction of its own.",
            "A statement of SQLite is prepared once, and so is a query of Tufa without parameters.",
            "All read the texts where they stand; beside it Tufa makes \(Self.size) structs with "
                + "their strings. Counts and lengths must be the same for all. Redis needs two "
                + "turns on its socket: the identifiers, and their hashes.",
            "A page begins behind a post at random in the order of all. The others are given the "
                + "time of that post, and so is Tufa here; `page` gives Tufa a text as cursor, "
                + "which is read first: the line beside it.",
        ])
    }

    /// In one view, and each by itself.
    private func newestOfUser(_ users: [User], _ posts: [Post]) throws -> [Comparison] {
        var chance = Chance(seed: 5)
        let ids = (0..<Self.count).map { _ in
            users[Int.random(in: 0..<users.count, using: &chance)].id
        }
        var newest: [User.ID: [Post]] = [:]
        for post in posts.reversed() where newest[post.userID, default: []].count < Self.size {
            newest[post.userID, default: []].append(post)
        }
        var tally = Tally()
        for id in ids { for post in newest[id] ?? [] { tally.add(post) } }
        return try compareBoth("newest 20 of one user", tally) {
            try $0.newestPosts(of: ids, count: Self.size)
        } structs: {
            try $0.newestStructs(of: ids, count: Self.size)
        }
    }

    private func newestOfAll(_ posts: [Post]) throws -> [Comparison] {
        var tally = Tally()
        for post in posts.suffix(Self.size) { tally.add(post) }
        tally = Tally(rows: tally.rows * Self.count, bytes: tally.bytes * Self.count)
        return try compareBoth("newest 20 of all", tally) {
            try $0.newestPosts(count: Self.size, times: Self.count)
        } structs: {
            try $0.newestStructs(count: Self.size, times: Self.count)
        }
    }

    private func compareBoth(
        _ what: String, _ tally: Tally, _ ask: (any StoreEngine) throws -> Tally,
        structs: (TufaStore) throws -> Tally
    ) throws -> [Comparison] {
        let together = try compare(what, tally, ask)
            .withStructs(of: stores, tally, per: Self.count, structs)
        let alone = try compare("the same, each by itself", tally) { store in
            try store.askingAlone { try ask(store) }
        }
        return [together, alone]
    }

    private func pages(_ posts: [Post]) throws -> Comparison {
        var chance = Chance(seed: 6)
        let places = (0..<Self.count).map { _ in
            Int.random(in: Self.size..<posts.count, using: &chance)
        }
        var tally = Tally()
        for place in places { for post in posts[place - Self.size..<place] { tally.add(post) } }
        let after = places.map { posts[$0] }
        let plain = try compare("page of 20 behind a place", tally) {
            try $0.pages(after: after, size: Self.size)
        }
        guard let tufa = stores.first as? TufaStore else { return plain }
        let cursors = try tufa.cursors(count: Self.count, every: 150)
        let byCursor = try timed { _ in
            let found = try tufa.pages(after: cursors, size: Self.size)
            precondition(found.rows == cursors.count * Self.size, "A page is not full.")
        }.map { $0 / Double(cursors.count) }
        return Comparison(
            plain.what, plain.unit, ["Tufa", "Tufa, `page`"] + names.dropFirst(),
            [plain["Tufa"], byCursor] + names.dropFirst().map { plain[$0] })
    }

    private func compare(
        _ what: String, _ tally: Tally, _ ask: (any StoreEngine) throws -> Tally
    ) throws -> Comparison {
        let took = try inTurn(stores) { store, _ in
            var found = Tally()
            let took = try seconds { found = try ask(store) }
            try expect(found, tally, store)
            return took / Double(Self.count)
        }
        return Comparison(what, .time, names, took)
    }
}
