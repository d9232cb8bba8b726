import Foundation
import Tufa

/// Lookups at a tenth, a fifth and all of the rows, newest rows and scans.
enum ReadSuite {
    static func run(_ options: Options, _ scratch: Scratch, _ report: inout Report) throws {
        let db = try scratch.open("reads")
        defer { try? db.closeBlocking() }
        var rows = Rows()
        let few = options.rows / 5
        var users: [User] = []
        for size in [options.rows / 10, few, options.rows] {
            let more = rows.users(users.count..<size)
            try write(more, to: db)
            users += more
            try lookups(users, db, &report)
        }
        let ids = users.prefix(few).map(\.id)
        let posts = rows.posts(few * 5, of: ids, from: 0)
        try write(posts, to: db)
        try newest(ids, db, &report)
        try scans(db, &report)
        try memory(db, &report)
    }

    private static func lookups(
        _ users: [User], _ db: Database, _ report: inout Report
    ) throws {
        let view = db.view()
        let count = 200_000
        let size = "\(grouped(Double(users.count))) rows"
        var chance = Chance(seed: 3)
        let picks = (0..<count).map { _ in Int.random(in: 0..<users.count, using: &chance) }
        // Made anew, so that what is looked for is at hand, as it is where a caller just read it.
        let emails = picks.map { String(decoding: Array(users[$0].email.utf8), as: UTF8.self) }
        var found = 0
        let byEmail = try timed { _ in
            for email in emails where try view.first(User.where { $0.email == email }) != nil {
                found += 1
            }
        }
        report.time("lookup by unique email, \(size)", byEmail.map { $0 / Double(count) })
        let ids = picks.map { users[$0].id }
        let byID = try timed { _ in
            for id in ids where try view.find(id) != nil { found += 1 }
        }
        report.time("lookup by identifier, \(size)", byID.map { $0 / Double(count) })
        precondition(found == 2 * count * repetitions, "A row that was written is not found.")
    }

    private static func newest(
        _ users: [User.ID], _ db: Database, _ report: inout Report
    ) throws {
        let view = db.view()
        let count = 20_000
        var rows = 0
        let ofOne = try timed { run in
            for number in 0..<count {
                let id = users[(run * count + number * 7919) % users.count]
                let query = Post.where { $0.userID == id }.order { $0.createdAt.descending }
                rows += try view.fetch(query.limit(20)).count
            }
        }
        report.time("newest 20 posts of one user", ofOne.map { $0 / Double(count) })
        let ofAll = try timed { _ in
            for _ in 0..<count {
                rows += try view.fetch(Post.all.order { $0.createdAt.descending }.limit(20)).count
            }
        }
        report.time("newest 20 posts of all", ofAll.map { $0 / Double(count) })
        precondition(rows > 20 * count * repetitions, "Rows are missing.")
    }

    private static func scans(_ db: Database, _ report: inout Report) throws {
        let view = db.view()
        let total = try view.count(Post.self)
        let keys = try timed { _ in
            let counted = try view.count(Post.where { $0.createdAt > Date.distantPast })
            precondition(counted == total, "The scan has \(counted) rows of \(total).")
        }
        report.rate("ordered scan, keys only (count of a range)", total, keys, unit: "keys")
        let rows = try timed { _ in
            let found = try view.fetch(Post.all.order { $0.createdAt.descending })
            precondition(found.count == total, "The scan has \(found.count) rows of \(total).")
        }
        report.rate("ordered scan, rows as structs", total, rows, unit: "rows")
    }

    /// Bytes of rows and indexes in memory beyond the rows' own data.
    private static func memory(_ db: Database, _ report: inout Report) throws {
        for table in try db.info().tables where table.rowCount > 0 {
            let trees = table.indexes.reduce(0) { $0 + $1.byteCount }
            let rows = Double(table.rowCount)
            let over = Double(table.residentByteCount + trees - table.byteCount) / rows
            report.add(
                "memory beyond the data, \(table.name), 3 B-trees",
                "\(grouped(over)) bytes/row",
                "\(grouped(Double(table.byteCount) / rows)) bytes/row of data")
        }
    }
}
