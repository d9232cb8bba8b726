import Tufa

/// When a store acknowledges a commit.
enum Promise {
    /// After a sync.
    case durable
    /// Before it; a power cut may take the last second or so.
    case buffered
}

/// What came out of reading, so that nobody is measured who reads nothing.
struct Tally: Equatable {
    var rows = 0
    /// Lengths of the texts that were read.
    var bytes = 0

    mutating func add(_ byteCount: Int) {
        rows += 1
        bytes += byteCount
    }
}

/// Commits one row and returns when it is as durable as the store promised.
typealias ItemWriter = @Sendable (Item) throws -> Void

/// A store with the tables of the blog, the same rows and the same ways to them in each.
///
/// Reading goes over many questions in one call, so that a call through the protocol costs nothing
/// that matters, in one view or transaction, or in one for each of lookups and newest posts.
protocol StoreEngine: AnyObject {
    /// How the tables call it.
    var name: String { get }
    var version: String { get }
    /// How it is set up, as one sentence.
    var settings: String { get }
    /// Whether it has full text.
    var hasFullText: Bool { get }
    /// Whether each lookup, and each question for newest posts, has a view or transaction of its
    /// own, as where a request asks one thing.
    var asksAlone: Bool { get set }

    /// Opens the store in a folder, and makes it where there is none.
    func open(_ folder: String, _ promise: Promise) throws
    func close() throws

    /// Each call is one commit.
    func insert(_ users: ArraySlice<User>) throws
    func insert(_ posts: ArraySlice<Post>) throws
    func insert(_ articles: ArraySlice<Article>) throws
    /// A writer for a thread of its own.
    func itemWriter() throws -> ItemWriter
    func itemCount() throws -> Int
    /// What an operator does after a bulk load, if there is anything.
    func settle() throws

    func users(byEmail emails: [String]) throws -> Tally
    func users(byID ids: [User.ID]) throws -> Tally
    /// All keys of the index of users by time, in order.
    func scanUserKeys() throws -> Tally
    /// All users in the order of the index by time.
    func scanUsers() throws -> Tally
    /// `count` users from each time on downwards.
    func users(from times: [Timestamp], count: Int) throws -> Tally
    func newestPosts(of users: [User.ID], count: Int) throws -> Tally
    func newestPosts(count: Int, times: Int) throws -> Tally
    /// The page behind each of these posts, in the order newest first of all.
    func pages(after posts: [Post], size: Int) throws -> Tally

    /// Bytes on disk, or in memory where the store is there.
    func byteCount() throws -> Int
}

/// A store with full text.
protocol TextStore: StoreEngine {
    /// The best articles that have all words of each question, with their texts.
    func search(_ questions: [[String]], count: Int) throws -> Tally
}

extension StoreEngine {
    /// Asks questions that each have a view or transaction of their own.
    func askingAlone<Answer>(_ ask: () throws -> Answer) rethrows -> Answer {
        asksAlone = true
        defer { asksAlone = false }
        return try ask()
    }

    /// Writes rows in commits of so many.
    func load(_ users: [User], batch: Int = 1000) throws {
        try inBatches(users.count, batch) { try insert(users[$0]) }
    }

    func load(_ posts: [Post], batch: Int = 1000) throws {
        try inBatches(posts.count, batch) { try insert(posts[$0]) }
    }

    func load(_ articles: [Article], batch: Int = 1000) throws {
        try inBatches(articles.count, batch) { try insert(articles[$0]) }
    }

    private func inBatches(_ count: Int, _ batch: Int, _ body: (Range<Int>) throws -> Void) throws {
        var start = 0
        while start < count {
            let end = min(start + batch, count)
            try body(start..<end)
            start = end
        }
    }
}
