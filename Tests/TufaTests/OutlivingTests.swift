import Testing
import Tufa
import TufaTesting

/// Views are values: what they see stays although nothing else is left of where they came from.
struct OutlivingTests {
    private func fill(_ db: Database) throws {
        for number in 0..<40 {
            try db.writeBlocking(label: "step \(number)") { tx in
                let user = try tx.insert(User(email: "\(number)@example.com", name: "n\(number)"))
                try tx.insert(Post(userID: user.id, title: "of rock \(number)", content: "words"))
            }
        }
    }

    /// Reads in every way that needs the types, or memory of the tables.
    private func expect(_ view: View, of count: Int) throws {
        let last = "\(count - 1)@example.com"
        #expect(try view.count(User.self) == count)
        let user = try #require(try view.find(User.self, by: User.columns.email, last))
        #expect(user.name == "n\(count - 1)")
        #expect(try view.find(User.self, by: User.columns.email, "\(count)@example.com") == nil)
        #expect(try view.fetch(Post.where { $0.userID == user.id }).count == 1)
        #expect(try view.search(Post.self, "rock", limit: 100).count == count)
        let restricted = try view.restricted(User.self) { $0.email == last }
        #expect(try restricted.count(User.self) == 1)
        #expect(view.schema.tables.count >= 2)
    }

    @Test func `a view is good when the database is closed and gone`() throws {
        var views: [View] = []
        do {
            let db = try InMemoryDatabase.make(User.self, Post.self)
            try fill(db)
            views = (0..<3).map { _ in db.view() }
            views.append(try db.viewBlocking(asOf: .label("step 19")))
            try db.closeBlocking()
        }
        for _ in 0..<2 {
            for view in views.prefix(3) { try expect(view, of: 40) }
            try expect(views[3], of: 20)
        }
        // And the last of them alone.
        let last = views[3]
        views = []
        try expect(last, of: 20)
    }

    @Test func `a view of the past is good while the database goes on`() throws {
        let db = try InMemoryDatabase.make(User.self, Post.self)
        try fill(db)
        let past = try db.viewBlocking(asOf: .label("step 4"))
        let before = db.view()
        for number in 40..<200 {
            try db.writeBlocking { tx in
                try tx.insert(User(email: "\(number)@example.com", name: "n\(number)"))
            }
        }
        try expect(past, of: 5)
        try expect(before, of: 40)
    }
}
