import Foundation
import Testing
import Tufa
import TufaTesting

struct QueryTests {
    let db: Database
    let users: [User]

    init() throws {
        db = try InMemoryDatabase.make(User.self, Post.self)
        let db = db
        users = try db.writeBlocking { tx in
            try (0..<10).map { try tx.insert(User(email: "user\($0)@example.com")) }
        }.value
        for number in 0..<300 {
            var post = Post(userID: users[number % 7].id, title: "Post \(number)")
            post.createdAt = Date(timeIntervalSince1970: Double(number / 3))
            post.content = number % 2 == 0 ? "even words" : nil
            try db.writeBlocking { tx in _ = try tx.insert(post) }
        }
    }

    @Test func `the identifier is a field of conditions and orders`() throws {
        let view = db.view()
        let ids = users.map(\.id)
        #expect(try view.first(User.where { $0.id == ids[3] })?.id == ids[3])
        #expect(try view.count(User.where { $0.id.isIn([ids[1], ids[2]]) }) == 2)
        #expect(
            try view.fetch(User.all.order { $0.id.descending }).map(\.id)
                == view.fetch(User.all.order { $0.id.ascending }).map(\.id).reversed())
    }

    @Test func `pages give every row once, in order, from any index`() throws {
        let view = db.view()
        let user = users[3].id
        let mine = Post.where { $0.userID == user }.order { $0.createdAt.descending }
        var seen: [Post] = []
        var cursor: String?
        repeat {
            let page = try view.page(mine, size: 10, after: cursor)
            seen += page.rows
            cursor = page.next
        } while cursor != nil
        let all = try view.fetch(Post.all).filter { $0.userID == user }
        #expect(seen.count == all.count && Set(seen.map(\.id)).count == all.count)
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.createdAt >= $1.createdAt })
        let explanation = try view.explain(mine.limit(20))
        #expect(explanation.index == "posts_user_id_created_at_idx")
        #expect(explanation.examinedRowCount == 20)
    }

    @Test func `a sort without an index pages the same way`() throws {
        let view = db.view()
        let query = Post.where { $0.createdAt < Date(timeIntervalSince1970: 50) }
            .order { $0.title.ascending }
        var seen: [String] = []
        var cursor: String?
        repeat {
            let page = try view.page(query, size: 7, after: cursor)
            seen += page.rows.map(\.title)
            cursor = page.next
        } while cursor != nil
        #expect(seen == seen.sorted() && seen.count == 150)
    }

    @Test func `a page goes on where it was, though rows come and go before it`() throws {
        let query = Post.all.order { $0.createdAt.ascending }
        let first = try db.view().page(query, size: 50)
        try db.writeBlocking { tx in
            for post in first.rows.prefix(20) { try tx.delete(post.id) }
        }
        let second = try db.view().page(query, size: 50, after: first.next)
        let last = try #require(first.rows.last)
        #expect(second.rows.allSatisfy { ($0.createdAt, $0.id) > (last.createdAt, last.id) })
        #expect(second.rows.count == 50)
    }

    @Test func `a cursor of another query is refused`() throws {
        let view = db.view()
        let page = try view.page(Post.all, size: 5)
        #expect(
            code {
                _ = try view.page(Post.all.order { $0.title.ascending }, size: 5, after: page.next)
            }
                == "invalid_cursor")
        #expect(code { _ = try view.page(Post.all, size: 5, after: "garbage") } == "invalid_cursor")
    }

    @Test func `conditions agree with the same filter in Swift`() throws {
        let view = db.view()
        let all = try view.fetch(Post.all)
        let date = Date(timeIntervalSince1970: 40)
        #expect(
            try view.count(Post.where { $0.content == nil }) == all.count { $0.content == nil })
        #expect(
            try view.count(Post.where { $0.createdAt >= date && $0.content != nil })
                == all.count { $0.createdAt >= date && $0.content != nil })
        #expect(
            try view.count(Post.where { $0.title.hasPrefix("Post 1") || $0.createdAt == date })
                == all.count { $0.title.hasPrefix("Post 1") || $0.createdAt == date })
        #expect(
            try view.count(Post.where { !($0.userID == users[0].id) })
                == all.count { $0.userID != users[0].id })
        #expect(try view.count(Post.all) == 300)
    }

    @Test func `records and queries by name see the same rows`() throws {
        let view = db.view()
        let query = QueryShape(
            table: "users", predicate: .compare(field: 0, .equal, "user4@example.com"))
        let record = try #require(try view.fetch(query).first)
        #expect(record.id == users[4].id.rowID && record["email"] == "user4@example.com")
        #expect(try view.find("users", users[4].id.rowID) == record)
        #expect(code { _ = try view.fetch(QueryShape(table: "nobody")) } == "unknown_table")
    }
}
