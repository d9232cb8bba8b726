import Foundation
import Tufa

/// Tufa as its users have it: entities in, entities out.
final class TufaStore: TextStore {
    let name = "Tufa"
    let version = ProcessInfo.processInfo.environment["TUFA_COMMIT"] ?? "unknown"
    let settings =
        "`.durable`, or `.buffered(within: .seconds(1))`; rows are read where they lie, "
        + "as those of the others are; a post's reference to its user is checked"
    let hasFullText = true
    var asksAlone = false
    /// When the parts of a snapshot are read.
    var loading = DatabaseOptions.Loading.whenNeeded
    /// Whether closing may write a snapshot by itself.
    var writesSnapshots = false

    private(set) var database: Database?
    private(set) var folder = ""
    private var durability = Durability.durable

    func open(_ folder: String, _ promise: Promise) throws {
        self.folder = folder
        durability = promise == .durable ? .durable : .buffered(within: .seconds(1))
        var options = DatabaseOptions()
        options.logger.logLevel = .warning
        options.loading = loading
        // Snapshots are written where they are measured, and nowhere else.
        if !writesSnapshots { options.snapshotEventInterval = nil }
        database = try Database.openBlocking(
            folder, options: options, User.self, Post.self, Article.self, Item.self)
    }

    func close() throws {
        try database?.closeBlocking()
        database = nil
    }

    func opened() throws -> Database {
        guard let database else { throw PeerError(message: "The database is not open.") }
        return database
    }

    // MARK: Writing

    func insert(_ users: ArraySlice<User>) throws { try write(users) }
    func insert(_ posts: ArraySlice<Post>) throws { try write(posts) }
    func insert(_ articles: ArraySlice<Article>) throws { try write(articles) }

    private func write<E: Entity>(_ rows: ArraySlice<E>) throws {
        try opened().writeBlocking(durability: durability) { tx in
            for row in rows { try tx.insert(row) }
        }
    }

    func itemWriter() throws -> ItemWriter {
        let (database, durability) = (try opened(), durability)
        return { item in
            try database.writeBlocking(durability: durability) { tx in try tx.insert(item) }
        }
    }

    func itemCount() throws -> Int { try opened().view().count(Item.self) }

    func settle() throws {
        // A moment after the last write, what long groups needed is given back.
        try opened().writeBlocking(durability: .durable) { _ in }
        Thread.sleep(forTimeInterval: 0.5)
    }

    // MARK: Reading, where the rows lie

    func users(byEmail emails: [String]) throws -> Tally {
        var tally = Tally()
        let column = User.columns.email
        let database = try opened()
        if asksAlone {
            for email in emails {
                try database.withRow(User.self, by: column, email) { tally.add($0) }
            }
        } else {
            let view = database.view()
            for email in emails {
                try view.withRow(User.self, by: column, email) { tally.add($0) }
            }
        }
        return tally
    }

    @inline(__always)
    private func forEach<Questions: Collection>(
        of questions: Questions, _ ask: (View, Questions.Element) throws -> Void
    ) throws {
        let database = try opened()
        if asksAlone {
            for question in questions { try ask(database.view(), question) }
        } else {
            let view = database.view()
            for question in questions { try ask(view, question) }
        }
    }

    func users(byID ids: [User.ID]) throws -> Tally {
        let view = try opened().view()
        var tally = Tally()
        for id in ids { try view.withRow(id) { tally.add($0) } }
        return tally
    }

    func scanUserKeys() throws -> Tally {
        let beginning = Timestamp(microseconds: 0)
        return Tally(rows: try opened().view().count(User.where { $0.createdAt > beginning }))
    }

    func scanUsers() throws -> Tally {
        var tally = Tally()
        try opened().view().forEach(User.all.order { $0.createdAt.descending }) { tally.add($0) }
        return tally
    }

    func users(from times: [Timestamp], count: Int) throws -> Tally {
        let view = try opened().view()
        var tally = Tally()
        for time in times {
            let query = User.where { $0.createdAt <= time }.order { $0.createdAt.descending }
            try view.forEach(query.limit(count)) { tally.add($0) }
        }
        return tally
    }

    func newestPosts(of users: [User.ID], count: Int) throws -> Tally {
        var tally = Tally()
        try forEach(of: users) { view, user in
            let query = Post.where { $0.userID == user }.order { $0.createdAt.descending }
            try view.forEach(query.limit(count)) { tally.add($0) }
        }
        return tally
    }

    func newestPosts(count: Int, times: Int) throws -> Tally {
        var tally = Tally()
        // It has no parameter, so it is made once, as SQLite's statement is.
        let query = Post.all.order { $0.createdAt.descending }.limit(count)
        try forEach(of: 0..<times) { view, _ in try view.forEach(query) { tally.add($0) } }
        return tally
    }

    /// By condition, as the peers do it; a cursor of our own is measured beside.
    func pages(after posts: [Post], size: Int) throws -> Tally {
        let view = try opened().view()
        var tally = Tally()
        for post in posts {
            let time = post.createdAt
            let query = Post.where { $0.createdAt < time }.order { $0.createdAt.descending }
            try view.forEach(query.limit(size)) { tally.add($0) }
        }
        return tally
    }

    /// Pages by cursors, `page(_:size:after:)`.
    func pages(after cursors: [String], size: Int) throws -> Tally {
        let view = try opened().view()
        var tally = Tally()
        for cursor in cursors {
            let query = Post.all.order { $0.createdAt.descending }
            for post in try view.page(query, size: size, after: cursor).rows { tally.add(post) }
        }
        return tally
    }

    /// Cursors every so many posts.
    func cursors(count: Int, every step: Int) throws -> [String] {
        let view = try opened().view()
        var cursors: [String] = []
        while cursors.count < count {
            let page = try view.page(
                Post.all.order { $0.createdAt.descending }, size: step, after: cursors.last)
            guard let next = page.next else { break }
            cursors.append(next)
        }
        return cursors
    }

    func search(_ questions: [[String]], count: Int) throws -> Tally {
        let view = try opened().view()
        var tally = Tally()
        for words in questions {
            let search = Article.search(words.joined(separator: " ")).limit(count)
            for hit in try view.search(search).hits {
                tally.add(hit.row.title.utf8.count + hit.row.content.utf8.count)
            }
        }
        return tally
    }

    func byteCount() throws -> Int { folderByteCount(folder) }

}

extension Tally {
    mutating func add(_ row: borrowing Row<User>) {
        add(row.withUTF8(of: Self.email) { $0.count } + row.withUTF8(of: Self.name) { $0.count })
    }

    mutating func add(_ row: borrowing Row<Post>) {
        add(row.withUTF8(of: Self.title) { $0.count } + row.withUTF8(of: Self.content) { $0.count })
    }

    private static let (email, name) = (User.columns.email, User.columns.name)
    private static let (title, content) = (Post.columns.title, Post.columns.content)

    mutating func add(_ user: User) { add(user.email.utf8.count + user.name.utf8.count) }
    mutating func add(_ post: Post) { add(post.title.utf8.count + post.content.utf8.count) }
}
