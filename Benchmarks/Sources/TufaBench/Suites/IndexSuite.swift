import Foundation
import Tufa

/// Loading, lookups, ranges and scans of users, at two sizes.
struct IndexSuite {
    private let bench: Bench
    private let stores = Stores.all(tuned: true)
    private var names: [String] { stores.map(\.name) }

    private static let sizes = [("200k", 200_000), ("2m", 2_000_000)]
    private static let lookupCount = 200_000
    /// How long a run of lookups lasts at least, unless it has asked so many times as many.
    private static let leastSeconds = 0.3
    private static let passLimit = 4
    private static let rangeCount = 2000
    private static let rangeLength = 100

    init(_ bench: Bench) { self.bench = bench }

    func run() throws {
        var report = try SuiteReport("Indexes", suite: "index", bench, stores)
        for (key, size) in Self.sizes {
            report.heading("\(grouped(Double(size))) users")
            report.compare(try measure(size, key, report), own: ["Tufa", structsName])
        }
        try report.finish(method: [
            "Users are loaded in commits of 10,000 that are not synced each; identifiers ascend, "
                + "as those that are made by time do.",
            "A run is of \(grouped(Double(Self.lookupCount))) lookups at random, all found, one "
                + "thread, one view, and of as many others again until \(Self.leastSeconds) s have "
                + "passed: the caches were filled by the other stores just before, and who is done "
                + "in a tenth of a second would be measured filling them. All read the texts where "
                + "they stand, Redis in a socket's buffer; beside it Tufa makes a struct of each "
                + "row, with its strings.",
            "Each by itself, a lookup is a question or a transaction of its own, as where a "
                + "request asks one thing: Tufa is asked without a view, SQLite runs a statement "
                + "alone, LMDB renews its transaction, Redis answers before it is asked the next.",
            "A range is \(Self.rangeLength) users from a random time on downwards. The scan of "
                + "keys goes along the index by time and counts, which Tufa does by the leaf; that "
                + "of rows fetches each user in this order, and sums the lengths of the texts, "
                + "which must be the same for all.",
        ])
    }

    private func measure(
        _ size: Int, _ key: String, _ report: SuiteReport
    ) throws -> [Comparison] {
        try bench.open(stores, .buffered)
        defer { try? bench.close(stores) }
        var rows = Rows()
        let users = rows.users(0..<size)
        say("made \(grouped(Double(size))) users")
        // Loading is measured once: it is long, and what follows needs its result.
        let loads = try stores.map { store in
            let took = try seconds { try store.load(users, batch: 10_000) }
            try store.settle()
            say("\(store.name) has loaded")
            return [Double(size) / took]
        }
        var lines = [Comparison("loading", .rate("rows"), names, loads)]
        lines += try lookups(users, key, report)
        lines.append(try ranges(users))
        lines += try scans(users, key, report)
        return lines
    }

    private func lookups(
        _ users: [User], _ key: String, _ report: SuiteReport
    ) throws -> [Comparison] {
        var chance = Chance(seed: 3)
        let count = Self.lookupCount
        let passes = (0..<Self.passLimit).map { _ in LookupPass(users, count, &chance) }
        func measure(
            _ ask: (any StoreEngine, LookupPass) throws -> Tally
        ) throws -> [[Double]] {
            try inTurn(stores) { store, _ in
                var took = 0.0
                var passCount = 0
                for pass in passes where took < Self.leastSeconds {
                    var found = Tally()
                    took += try seconds { found = try ask(store, pass) }
                    try expect(found, pass.tally, store)
                    passCount += 1
                }
                return took / Double(passCount * count)
            }
        }
        let byEmail = try measure { try $0.users(byEmail: $1.emails) }
        let alone = try measure { store, pass in
            try store.askingAlone { try store.users(byEmail: pass.emails) }
        }
        let byID = try measure { try $0.users(byID: $1.ids) }
        let (emails, ids, tally) = (passes[0].emails, passes[0].ids, passes[0].tally)
        let email = Comparison("lookup by unique email", .time, names, byEmail)
        report.keep("index.email.\(key)", email, scale: 1e6)
        let one = Comparison("the same, each by itself", .time, names, alone)
        report.keep("index.email.\(key).alone", one, scale: 1e6)
        let id = Comparison("lookup by identifier", .time, names, byID)
        return [
            try email.withStructs(of: stores, tally, per: count) {
                try $0.structs(byEmail: emails)
            },
            one,
            try id.withStructs(of: stores, tally, per: count) { try $0.structs(byID: ids) },
        ]
    }

    /// Users at random, to be looked up one after the other.
    private struct LookupPass {
        let emails: [String]
        let ids: [User.ID]
        let tally: Tally

        init(_ users: [User], _ count: Int, _ chance: inout Chance) {
            let picks = (0..<count).map { _ in Int.random(in: 0..<users.count, using: &chance) }
            // Made anew, so that what is looked for is at hand, as it is where a caller just read
            // it.
            emails = picks.map { String(decoding: Array(users[$0].email.utf8), as: UTF8.self) }
            ids = picks.map { users[$0].id }
            tally = picks.reduce(into: Tally()) { $0.add(users[$1]) }
        }
    }

    private func ranges(_ users: [User]) throws -> Comparison {
        var chance = Chance(seed: 9)
        let length = Self.rangeLength
        let starts = (0..<Self.rangeCount).map { _ in
            Int.random(in: length..<users.count, using: &chance)
        }
        var tally = Tally()
        for start in starts {
            for number in start - length + 1...start { tally.add(users[number]) }
        }
        let times = starts.map { users[$0].createdAt }
        let took = try inTurn(stores) { store, _ in
            var found = Tally()
            let took = try seconds { found = try store.users(from: times, count: length) }
            try expect(found, tally, store)
            return took / Double(Self.rangeCount)
        }
        return Comparison("range of \(length) rows", .time, names, took)
    }

    private func scans(
        _ users: [User], _ key: String, _ report: SuiteReport
    ) throws -> [Comparison] {
        var tally = Tally()
        for user in users { tally.add(user) }
        let keys = try inTurn(stores) { store, _ in
            var found = Tally()
            let took = try seconds { found = try store.scanUserKeys() }
            try expect(found, Tally(rows: users.count), store)
            return Double(users.count) / took
        }
        let rows = try inTurn(stores) { store, _ in
            var found = Tally()
            let took = try seconds { found = try store.scanUsers() }
            try expect(found, tally, store)
            return Double(users.count) / took
        }
        let byKey = Comparison("ordered scan of keys", .rate("keys"), names, keys)
        let byRow = Comparison("ordered scan of rows", .rate("rows"), names, rows)
        // The larger one counts: what fits a cache tells little of a scan.
        if key == "2m" {
            report.keep("index.scan.keys", byKey.figure(of: "Tufa") ?? 0)
            report.keep("index.scan.rows", byRow.figure(of: "Tufa") ?? 0)
        }
        return [
            byKey,
            try byRow.withStructs(of: stores, tally, per: users.count) { try $0.scanStructs() },
        ]
    }
}

/// Nobody is measured who finds something else than was written.
func expect(_ found: Tally, _ written: Tally, _ store: any StoreEngine) throws {
    guard found == written else {
        throw PeerError(
            message: "\(store.name) finds \(found.rows) rows of \(written.rows), and "
                + "\(found.bytes) bytes of \(written.bytes).")
    }
}
