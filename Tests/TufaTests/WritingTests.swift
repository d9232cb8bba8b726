import Foundation
import Testing
import Tufa
import TufaTesting

func code(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch let error as DatabaseError {
        return error.code.name
    } catch {
        return "\(error)"
    }
}

struct WritingTests {
    let db: Database

    init() throws { db = try InMemoryDatabase.make(User.self, Post.self, Specimen.self) }

    @Test func `a row comes back as it was put, with the times of its commit`() async throws {
        let commit = try await db.write(as: "test", label: "first") { tx in
            try tx.insert(User(email: "ada@example.com", name: "Ada"))
        }
        let ada = commit.value
        #expect(ada.createdAt == Date(commit.time) && ada.updatedAt == ada.createdAt)
        let view = db.view()
        #expect(view.position == commit.position)
        let found = try #require(try view.first(User.where { $0.email == "ada@example.com" }))
        #expect(found.id == ada.id && found.name == "Ada" && found.createdAt == ada.createdAt)
        #expect(try view.find(ada.id)?.email == "ada@example.com")
        #expect(try view.first(User.where { $0.email == "bob@example.com" }) == nil)
    }

    @Test(arguments: [0, 1, 15, 16, 17, 100])
    func `many rows at once are as many rows one by one`(count: Int) throws {
        let users = (0..<count).map { User(email: "\($0)@example.com", name: "User \($0)") }
        let commit = try db.writeBlocking { tx in
            try tx.insert(contentsOf: users)
            try tx.insert(contentsOf: users.map { Post(userID: $0.id, title: $0.name) })
        }
        let view = db.view()
        #expect(try view.count(User.all) == count && view.count(Post.all) == count)
        for user in users {
            let found = try #require(try view.find(user.id))
            #expect(found.name == user.name && found.createdAt == Date(commit.time))
            let post = try view.first(Post.where { $0.userID == user.id })
            #expect(post?.title == user.name)
        }
    }

    @Test(arguments: [0, 7, 15, 16, 40])
    func `of many rows with a bad one none remains, and the first bad one is told`(
        bad: Int
    ) throws {
        var users = (0..<60).map { User(email: "\($0)@example.com", name: "User") }
        // The second is refused when it is encoded, the first only by the index, and is the first.
        users.append(User(email: "\(bad)@example.com", name: "Twice"))
        users.insert(User(email: "\(bad)@example.com", name: "Twice"), at: bad + 1)
        users.insert(User(email: String(repeating: "x", count: 300), name: "Long"), at: bad + 2)
        #expect(
            code { try db.writeBlocking { try $0.insert(contentsOf: users) } } == "unique_violation"
        )
        #expect(try db.view().count(User.all) == 0)
        users.remove(at: bad + 1)
        #expect(
            code { try db.writeBlocking { try $0.insert(contentsOf: users) } } == "value_too_long")
        users.remove(at: bad + 1)
        #expect(
            code { try db.writeBlocking { try $0.insert(contentsOf: users) } } == "unique_violation"
        )
        users.removeLast()
        try db.writeBlocking { try $0.insert(contentsOf: users) }
        #expect(try db.view().count(User.all) == 60)
    }

    @Test func `every type of field keeps its values`() throws {
        var full = Specimen()
        full.text = "héllo\u{0}x"
        full.optionalText = "a text that is long enough not to be small"
        full.number = .min
        full.count = 42
        full.optionalNumber = -7
        full.ratio = -0.25
        full.flag = true
        full.optionalFlag = false
        full.date = Date(timeIntervalSince1970: 1_700_000_000.123456)
        full.optionalDate = .distantFuture
        full.uuid = UUID()
        full.bytes = [0, 255, 7]
        full.data = Data([1, 0, 2])
        full.mood = .glad
        full.parent = full.id
        let blank = Specimen()
        try db.writeBlocking { tx in
            try tx.insert(full)
            try tx.insert(blank)
        }
        let view = db.view()
        let found = try #require(try view.find(full.id))
        #expect(found.text == full.text && found.optionalText == full.optionalText)
        #expect(found.number == full.number && found.count == full.count)
        #expect(found.optionalNumber == -7 && found.ratio == -0.25 && found.flag)
        #expect(found.optionalFlag == false && found.uuid == full.uuid && found.mood == .glad)
        #expect(abs(found.date.timeIntervalSince(full.date)) < 1e-6)
        #expect(found.optionalDate == .distantFuture && found.bytes == full.bytes)
        #expect(found.data == full.data && found.parent == full.id)
        let empty = try #require(try view.find(blank.id))
        #expect(empty.optionalText == nil && empty.optionalNumber == nil && empty.data == nil)
        #expect(empty.optionalFlag == nil && empty.optionalDate == nil && empty.parent == nil)
    }

    @Test func `rules refuse by name and leave nothing behind`() throws {
        let ada = try db.writeBlocking { try $0.insert(User(email: "ada@example.com")) }.value
        let hash = try db.view().stateHash()
        let position = db.view().position
        #expect(code { try insert(User(email: "ada@example.com")) } == "unique_violation")
        #expect(code { try insert(Post(userID: .init(), title: "x")) } == "reference_violation")
        #expect(code { try insert(Post(userID: ada.id, title: "")) } == "check_violation")
        #expect(
            code { try insert(User(email: String(repeating: "é", count: 256))) } == "value_too_long"
        )
        #expect(code { try insert(ada) } == "row_exists")
        #expect(
            code { try db.writeBlocking { tx in _ = try tx.update(User(email: "none")) } }
                == "row_not_found")
        // A transaction that does much and then fails leaves nothing at all.
        #expect(
            code {
                try db.writeBlocking { tx in
                    try tx.update(ada.id) { $0.name = "changed" }
                    let bob = try tx.insert(User(email: "bob@example.com"))
                    try tx.insert(Post(userID: bob.id, title: "kept?"))
                    try tx.delete(ada.id)
                    try tx.insert(User(email: "ada@example.com"))
                    try tx.insert(User(email: "bob@example.com"))
                }
            } == "unique_violation")
        #expect(try db.view().stateHash() == hash)
        #expect(db.view().position == position)
        #expect(try db.view().count(Post.self) == 0)
        #expect(try db.view().search(Post.self, "kept").isEmpty)
    }

    private func insert<E: Entity>(_ entity: E) throws {
        _ = try db.writeBlocking { try $0.insert(entity) }
    }

    @Test func `an error names the rule, the fields, the value and the row`() throws {
        let ada = try db.writeBlocking { try $0.insert(User(email: "ada@example.com")) }.value
        do {
            try insert(User(email: "ada@example.com"))
            Issue.record("a second row with the same email was taken")
        } catch let error as DatabaseError {
            #expect(error.table == "users" && error.fields == ["email"])
            #expect(error.rule == "users_email_key" && error.row == ada.id.rowID)
            #expect(error.message.contains("ada@example.com"))
        }
    }

    @Test func `deletes cascade, restrict and set NULL as declared`() throws {
        let (ada, post) = try db.writeBlocking { tx in
            let ada = try tx.insert(User(email: "a"))
            return (ada, try tx.insert(Post(userID: ada.id, title: "notes")))
        }.value
        let parent = Specimen()
        var child = Specimen()
        child.parent = parent.id
        try db.writeBlocking { tx in
            try tx.insert(parent)
            try tx.insert(child)
            try tx.delete(ada.id)
            try tx.delete(parent.id)
        }
        let view = db.view()
        #expect(try view.find(post.id) == nil && view.find(ada.id) == nil)
        #expect(try #require(try view.find(child.id)).parent == nil)
        #expect(try view.search(Post.self, "notes").isEmpty)
    }

    @Test func `a delete that is refused half way leaves nothing, even inside a transaction`()
        throws
    {
        let schema = try DDLParser.parse(
            """
            CREATE TABLE a (id UUID PRIMARY KEY, n INTEGER NOT NULL);
            CREATE TABLE b (id UUID PRIMARY KEY, a UUID REFERENCES a(id) ON DELETE SET NULL,
                n INTEGER NOT NULL, CHECK (a IS NOT NULL OR n < 5));
            """)
        let db = try InMemoryWorld().create("db", schema)
        try db.writeBlocking { tx in
            let a = try tx.insert("a", ["n": 1])
            for n in [1, 2, 9] as [Int64] { try tx.insert("b", ["a": .uuid(a), "n": .int64(n)]) }
            #expect(throws: DatabaseError.self) { try tx.delete("a", id: a) }
            #expect(try tx.fetch(QueryShape(table: "b")).allSatisfy { $0["a"] == .uuid(a) })
        }
    }

    @Test func `an update moves the row in its indexes and sets its time once`() throws {
        let ada = try db.writeBlocking { try $0.insert(User(email: "a", name: "A")) }.value
        let commit = try db.writeBlocking { try $0.update(ada.id) { $0.email = "b" } }
        let view = db.view()
        #expect(try view.first(User.where { $0.email == "a" }) == nil)
        let found = try #require(try view.first(User.where { $0.email == "b" }))
        #expect(found.updatedAt == Date(commit.time) && found.createdAt == ada.createdAt)
        // Nothing changed, so there is no event and no other time.
        let same = try db.writeBlocking { try $0.update(found) }
        #expect(same.position == commit.position)
        #expect(try db.view().find(ada.id)?.updatedAt == found.updatedAt)
    }

    @Test func `reads inside a transaction see what it has written`() throws {
        let ada = try db.writeBlocking { try $0.insert(User(email: "a")) }.value
        try db.writeBlocking { tx in
            let bob = try tx.insert(User(email: "b"))
            try tx.update(ada.id) { $0.email = "z" }
            #expect(try tx.first(User.where { $0.email == "b" })?.id == bob.id)
            #expect(try tx.first(User.where { $0.email == "a" }) == nil)
            #expect(try tx.find(ada.id)?.email == "z")
            #expect(try tx.fetch(User.all.order { $0.email.ascending }).map(\.email) == ["b", "z"])
            try tx.delete(bob.id)
            #expect(try tx.count(User.all) == 1)
            #expect(try tx.find("users", bob.id.rowID) == nil)
        }
        #expect(try db.view().fetch(User.all).map(\.email) == ["z"])
    }

    @Test func `a stale expected version is a conflict`() throws {
        let ada = try db.writeBlocking { try $0.insert(User(email: "a")) }.value
        try db.writeBlocking { tx in _ = try tx.update(ada.id) { $0.name = "x" } }
        #expect(
            code {
                try db.writeBlocking { tx in _ = try tx.update(ada, expecting: 1) }
            } == "version_conflict")
        try db.writeBlocking { tx in _ = try tx.update(ada, expecting: 2) }
    }

    @Test func `views do not move, and search sees each commit at once`() throws {
        let ada = try db.writeBlocking { try $0.insert(User(email: "a")) }.value
        let post = try db.writeBlocking {
            try $0.insert(Post(userID: ada.id, title: "On engines", content: "analytical"))
        }.value
        let before = db.view()
        try db.writeBlocking { tx in _ = try tx.update(post.id) { $0.content = "difference" } }
        let after = db.view()
        #expect(try before.search(Post.self, "analytical").map(\.row.id) == [post.id])
        #expect(try before.search(Post.self, "difference").isEmpty)
        #expect(try after.search(Post.self, "difference engine").map(\.row.id) == [post.id])
        #expect(try after.search(Post.self, "analytical").isEmpty)
        try db.writeBlocking { tx in try tx.delete(post.id) }
        #expect(try before.find(post.id)?.content == "analytical")
        #expect(try after.find(post.id)?.content == "difference")
        #expect(try db.view().find(post.id) == nil)
    }

    @Test func `a write inside a write traps with a sentence instead of waiting for itself`() async
    {
        await #expect(processExitsWith: .failure) {
            let db = try InMemoryDatabase.make(User.self)
            try db.writeBlocking { _ in try db.writeBlocking { _ in } }
        }
    }

    @Test func `many writers at once are all there, each once`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<16 {
                group.addTask {
                    for number in 0..<20 {
                        _ = try await db.write { tx in
                            try tx.insert(User(email: "\(writer)-\(number)"))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try db.view().count(User.self) == 320)
        #expect(db.view().position == 321)
    }

    @Test func `a buffered write is visible at once and durable after a flush`() throws {
        let commit = try db.writeBlocking(durability: .buffered(within: .milliseconds(5))) {
            try $0.insert(User(email: "soon"))
        }
        #expect(db.view().position == commit.position)
        try db.writeBlocking { tx in _ = try tx.insert(User(email: "later")) }
        #expect(try db.view().count(User.self) == 2)
    }
}
