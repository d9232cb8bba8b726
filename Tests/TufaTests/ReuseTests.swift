import Foundation
import Testing
import Tufa
import TufaTesting

/// What readers have is made of memory that the writer uses again; nothing of that may show.
struct ReuseTests {
    /// What a view showed when it was taken.
    private struct Shown: Equatable {
        let position: UInt64
        let userCount: Int
        let postCount: Int
        let hash: String

        init(_ view: View) throws {
            position = view.position
            userCount = try view.count(User.self)
            postCount = try view.count(Post.self)
            hash = try view.stateHash()
        }
    }

    @Test(arguments: [Durability.durable, .buffered(within: .seconds(60))])
    func `views stay what they were while states and tables are made others`(
        _ durability: Durability
    ) throws {
        let db = try InMemoryDatabase.make(User.self, Post.self)
        var held: [(view: View, shown: Shown)] = []
        var random = SplitMix(state: 7)
        func write(_ body: (inout Transaction) throws -> Void) throws {
            try db.writeBlocking(durability: durability, body)
        }
        let author = User(email: "author@example.com")
        try write { tx in try tx.insert(author) }
        for number in 0..<400 {
            // Long rows of commits to one table: states share what the other one shows.
            if number / 40 % 2 == 0 {
                try write { tx in try tx.insert(User(email: "\(number)@example.com")) }
            } else {
                try write { tx in
                    try tx.insert(Post(userID: author.id, title: "of rock \(number)"))
                }
            }
            // Views come and go, so that states without one lie between states with one.
            if random.below(5) == 0 { held.append((db.view(), try Shown(db.view()))) }
            if random.below(7) == 0, !held.isEmpty {
                held.remove(at: random.below(held.count))
            }
        }
        for (view, shown) in held { #expect(try Shown(view) == shown) }
        #expect(held.count > 10)
        #expect(try db.view().count(User.self) == 201 && db.view().count(Post.self) == 200)
    }

    @Test func `what is lent for one question stays although it is replaced meanwhile`() throws {
        let db = try InMemoryDatabase.make(User.self)
        let text = String(repeating: "first ", count: 40)
        let other = String(repeating: "other ", count: 40)
        let user = User(email: "ada@example.com", name: text)
        try db.writeBlocking { tx in try tx.insert(user) }
        /// Replaces the row, and fills the memory of whatever was freed.
        func replace() throws {
            for number in 0..<60 {
                try db.writeBlocking { tx in
                    try tx.update(user.id) { $0.name = other + "\(number % 10)" }
                }
            }
        }
        let byColumn = try db.withRow(User.self, by: User.columns.email, user.email) { row in
            try replace()
            return row.name
        }
        #expect(byColumn == text)
        let before = try db.find(user.id)?.name ?? ""
        let byID = try db.withRow(user.id) { row in
            try replace()
            return row.name
        }
        #expect(byID == before && before.hasPrefix(other))
        #expect(try db.first(User.where { $0.email == user.email })?.name == other + "9")
    }
}
