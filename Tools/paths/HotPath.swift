import Foundation
import Tufa

/// What a program does most, as often as tells something and no oftener: counting is slow.
enum HotPath: String, CaseIterable {
    /// A buffered commit of one row with three trees.
    case append
    /// A row of a large transaction, three trees.
    case apply
    /// A row with a reference and ten words to search.
    case text
    /// One row by a unique field, as a struct.
    case lookup
    /// The same, lent where it lies.
    case lend
    /// The same, by a column that is at hand.
    case column
    /// The same, asked of the database, without a view.
    case question
    /// The newest twenty rows of one user, lent.
    case newest
    /// The newest twenty rows of all, lent, by a query that is at hand.
    case latest
    /// A page of twenty behind a cursor.
    case page
    /// The ten best texts of a word, of two words, of a phrase.
    case term
    case and
    case phrase
    /// The same of a word, lent.
    case hits
    /// An event of the log, applied again.
    case replay
    /// A row of a snapshot, brought into memory.
    case open

    /// How often the path is taken.
    var count: Int {
        switch self {
        case .append, .lookup, .lend, .column, .question: 5000
        case .newest, .latest: 2000
        case .page: 500
        case .term, .and, .phrase, .hits: 300
        case .apply, .text, .replay, .open: 20_000
        }
    }

    /// Makes what is needed, then takes the path, counted.
    func run(in folder: URL) throws {
        var options = DatabaseOptions()
        options.loading = .atOnce
        options.snapshotEventInterval = nil
        let path = folder.appending(path: "db").path
        func open() throws -> Database {
            try Database.openBlocking(path, options: options, User.self, Post.self)
        }
        var rows = Rows()
        let db = try open()
        switch self {
        case .append:
            let users = (0..<count + 5000).map { rows.user($0) }
            try fill(users.prefix(5000), db)
            try measured {
                for user in users[5000...] {
                    _ = try db.writeBlocking(durability: .buffered(within: .seconds(60))) { tx in
                        try tx.insert(user)
                    }
                }
            }
        case .apply:
            let users = (0..<count).map { rows.user($0) }
            try measured { try fill(users[...], db) }
        case .text:
            let users = (0..<100).map { rows.user($0) }
            try fill(users[...], db)
            let posts = (0..<count).map { rows.post($0, of: users) }
            try measured { try fill(posts[...], db) }
        case .lookup, .lend, .column, .question, .newest, .latest, .page, .term, .and, .phrase,
            .hits:
            let users = (0..<1000).map { rows.user($0) }
            try fill(users[...], db)
            try fill((0..<20_000).map { rows.post($0, of: users) }[...], db)
            try ask(db, users, &rows)
        case .replay:
            try fill((0..<count).map { rows.user($0) }[...], db)
            try db.closeBlocking()
            return try measured { _ = try Database.replay(path) }
        case .open:
            try fill((0..<count).map { rows.user($0) }[...], db)
            _ = try db.snapshotBlocking()
            try db.closeBlocking()
            var again: Database?
            try measured { again = try open() }
            return try again?.closeBlocking() ?? ()
        }
        try db.closeBlocking()
    }

    private func ask(_ db: Database, _ users: [User], _ rows: inout Rows) throws {
        let view = db.view()
        let picks = (0..<count).map { _ in users[rows.next(below: users.count)] }
        let words = (0..<count).map { _ in (rows.word(), rows.word()) }
        let email = User.columns.email
        let name = User.columns.name
        let text = Post.columns.text
        let created = Post.columns.createdAt
        func newest(of user: User) -> Query<Post> {
            Post.where { $0.userID == user.id }.order { $0.createdAt.descending }
        }
        let latest = Post.all.order { $0.createdAt.descending }.limit(20)
        let cursors = try users.map { try view.page(newest(of: $0), size: 5).next }
        var found = 0
        try measured {
            for (number, user) in picks.enumerated() {
                let (one, two) = words[number]
                switch self {
                case .lookup:
                    found += try view.first(User.where { $0.email == user.email }) == nil ? 0 : 1
                case .lend:
                    found +=
                        try view.withFirst(User.where { $0.email == user.email }) { row in
                            row.withUTF8(of: name) { $0.count }
                        } ?? 0
                case .column:
                    found +=
                        try view.withRow(User.self, by: email, user.email) { row in
                            row.withUTF8(of: name) { $0.count }
                        } ?? 0
                case .question:
                    found +=
                        try db.withRow(User.self, by: email, user.email) { row in
                            row.withUTF8(of: name) { $0.count }
                        } ?? 0
                case .newest:
                    try view.forEach(newest(of: user).limit(20)) { row in
                        found += row[created] > .distantPast ? 1 : 0
                    }
                case .latest:
                    try view.forEach(latest) { found += $0[created] > .distantPast ? 1 : 0 }
                case .page:
                    let cursor = cursors[number % cursors.count]
                    let query = newest(of: users[number % users.count])
                    found += try view.page(query, size: 20, after: cursor).rows.count
                case .term: found += try view.search(Post.self, one).count
                case .hits:
                    try view.forEach(Post.search(one)) { row, _ in
                        found += row.withUTF8(of: text) { $0.count }
                    }
                case .and: found += try view.search(Post.self, "\(one) \(two)").count
                case .phrase: found += try view.search(Post.self, "\"\(one) \(two)\"").count
                default: break
                }
            }
        }
        // A path that finds nothing is not the one that is meant.
        if self != .phrase, found == 0 { throw CocoaError(.featureUnsupported) }
    }

    private func fill<E: Entity>(_ rows: ArraySlice<E>, _ db: Database) throws {
        var rest = rows
        while !rest.isEmpty {
            let batch = Array(rest.prefix(1000))
            rest = rest.dropFirst(1000)
            _ = try db.writeBlocking { tx in try tx.insert(contentsOf: batch) }
        }
    }
}
