import Foundation
import Synchronization
import Testing
import Tufa
import TufaBytes
import TufaStorage
import TufaTesting

/// Databases whose snapshot is read while they are used.
struct LazyOpeningTests {
    private static let types: [any Entity.Type] = [User.self, Post.self]
    private static let userCount = 400

    private static func email(_ number: Int) -> String { "user\(number)@example.com" }

    /// A disk with a closed database, a snapshot of its last commit and an older one, or with
    /// commits behind the newest.
    private static func disk(tail: Int = 0) throws -> (MemoryFileSystem, hash: String) {
        let world = InMemoryWorld()
        let db = try world.open("db", .quiet, types)
        for start in stride(from: 0, to: userCount, by: 50) {
            try db.writeBlocking { tx in
                for number in start..<start + 50 {
                    let user = try tx.insert(User(email: email(number), name: "Name \(number)"))
                    try tx.insert(
                        Post(
                            userID: user.id, title: "Title \(number)",
                            content: String(repeating: "lemon tree \(number) ", count: 20)))
                }
            }
            if start == 100 { try db.snapshotBlocking() }
        }
        try db.snapshotBlocking()
        try write(tail, to: db)
        let hash = try db.view().stateHash()
        try db.closeBlocking()
        return (world.fileSystem, hash)
    }

    private static func write(_ count: Int, to db: Database) throws {
        for number in 0..<count {
            try db.writeBlocking { tx in
                let email = email(number * 37 % userCount)
                guard var user = try tx.first(User.where { $0.email == email }) else { return }
                user.name = "Other \(number)"
                try tx.update(user)
                try tx.insert(User(email: "late\(number)", name: "Late"))
            }
        }
    }

    private static func open(
        _ disk: MemoryFileSystem, _ change: (inout DatabaseOptions) -> Void = { _ in }
    ) throws -> Database {
        var options = DatabaseOptions.quiet
        change(&options)
        return try InMemoryWorld(disk, seed: 3).open("db", options, types)
    }

    private static func newestSnapshot(_ disk: MemoryFileSystem) throws -> String {
        "db/snapshots/" + (try #require(try disk.list("db/snapshots").max()))
    }

    private static func flip(_ disk: MemoryFileSystem, page: Int) throws {
        let file = try disk.open(newestSnapshot(disk), .readWrite)
        let offset = UInt64((page + 1) * 16_384 + 100)
        let byte = try file.bytes(count: 1, at: offset)
        try file.write([byte[0] ^ 0x10], at: offset)
    }

    private static func pageCount(_ disk: MemoryFileSystem) throws -> Int {
        let size = try #require(try disk.status(of: newestSnapshot(disk))).byteCount
        // The last pages hold the index.
        return Int(size) / 16_384 - 2
    }

    /// What is asked of a database; each answer is right, or the error of the damage.
    private static let readings: [(String, @Sendable (Database) throws -> Bool)] = [
        (
            "first",
            { db in
                try db.view().first(User.where { $0.email == email(77) })?.name == "Name 77"
            }
        ),
        (
            "lent",
            { db in
                var count = 0
                try db.view().forEach(User.all) { row in
                    // What stands for a missing row is never lent.
                    if !row.email.hasPrefix("user") { Issue.record("A row is \(row.email).") }
                    count += 1
                }
                return count == userCount
            }
        ),
        ("fetch", { db in try db.view().fetch(Post.all).count == userCount }),
        ("search", { db in try db.view().search("posts", "lemon", limit: 5).count == 5 }),
        (
            "newest",
            { db in
                let query = User.all.order { $0.createdAt.descending }.limit(3)
                return try db.view().fetch(query).count == 3
            }
        ),
        (
            "write",
            { db in
                try db.writeBlocking { tx in
                    guard var user = try tx.first(User.where { $0.email == email(5) }) else {
                        throw NotRight()
                    }
                    user.name = "Changed"
                    try tx.update(user)
                    user.name = "Name 5"
                    try tx.update(user)
                }
                return true
            }
        ),
        (
            "insert",
            { db in
                try db.writeBlocking { tx in
                    let user = try tx.insert(User(email: "new", name: "n"))
                    try tx.insert(Post(userID: user.id, title: "t", content: "lemon"))
                    try tx.delete(user.id)
                }
                return true
            }
        ),
        ("snapshot", { db in try db.snapshotBlocking().position > 0 }),
    ]

    private struct NotRight: Error {}

    @Test(arguments: 0..<readings.count)
    func `a page that is damaged is met, refused and done without`(reading: Int) throws {
        let (whole, hash) = try Self.disk()
        let (name, read) = Self.readings[reading]
        var refusals = 0
        for page in 0..<(try Self.pageCount(whole)) {
            let disk = whole.crashed(keeping: .all)
            try Self.flip(disk, page: page)
            let snapshot = try Self.newestSnapshot(disk)
            // The head of a text index is read at once, and an older snapshot taken for a bad one.
            let db = try Self.open(disk)
            do {
                #expect(try read(db), "\(name), page \(page)")
                try db.closeBlocking()
            } catch let error as DatabaseError {
                refusals += 1
                #expect(error.code == .damaged && error.offset != nil, "\(name): \(error)")
                #expect("db/" + (error.file ?? "") == snapshot, "\(name): \(error)")
                #expect(throws: DatabaseError.self) { try db.view().count(User.all) }
                #expect(throws: DatabaseError.self) {
                    try db.writeBlocking { tx in try tx.insert(User(email: "x", name: "x")) }
                }
                try db.closeBlocking()
                #expect(try !disk.exists(snapshot))
                #expect(try disk.list("db/quarantine").count == 1)
                let again = try Self.open(disk)
                #expect(try again.view().stateHash() == hash, "\(name), page \(page)")
                try again.closeBlocking()
            }
        }
        #expect(refusals > 0, "\(name) has met no damage")
    }

    @Test func `damage that a replay meets makes it begin at an older snapshot`() throws {
        let (whole, hash) = try Self.disk(tail: 30)
        var noted = 0
        for page in 0..<(try Self.pageCount(whole)) {
            let disk = whole.crashed(keeping: .all)
            try Self.flip(disk, page: page)
            let db = try Self.open(disk)
            if !db.recovery.isEmpty {
                noted += 1
                #expect(try db.view().stateHash() == hash)
            }
            try db.closeBlocking()
        }
        #expect(noted > 3)
    }

    @Test func `a reader opens it at once, and does without a damaged snapshot`() throws {
        let (whole, hash) = try Self.disk(tail: 3)
        for page in 0..<(try Self.pageCount(whole)) {
            let disk = whole.crashed(keeping: .all)
            try Self.flip(disk, page: page)
            let db = try Self.open(disk) {
                $0.isReadOnly = true
                $0.loading = .atOnce
            }
            #expect(try db.view().stateHash() == hash)
            #expect(db.recovery.count == 1)
            try db.closeBlocking()
        }
    }

    @Test func `views see what they saw, however late a text index is read`() throws {
        let (disk, _) = try Self.disk()
        let db = try Self.open(disk)
        let before = db.view()
        let id = try db.writeBlocking { tx in
            let user = try #require(try tx.first(User.where { $0.email == Self.email(1) }))
            // So many words between those that are there that the tree of words grows.
            let words = (0..<Self.userCount).map { "\($0)x" }.joined(separator: " ")
            let post = Post(userID: user.id, title: "New", content: "lemon grass " + words)
            return try tx.insert(post).id
        }.value
        let after = db.view()
        #expect(try after.search(Post.self, "grass").map(\.row.id) == [id])
        #expect(try before.search(Post.self, "grass").isEmpty)
        #expect(try before.search(Post.self, "lemon", limit: 1000).count == Self.userCount)
        for number in 0..<Self.userCount {
            #expect(try before.search(Post.self, "\(number)").count == 1)
        }
        #expect(try after.search(Post.self, "lemon", limit: 1000).count == Self.userCount + 1)
        try db.snapshotBlocking()
        let hash = try after.stateHash()
        try db.closeBlocking()
        let again = try Self.open(disk)
        #expect(try again.view().stateHash() == hash)
        #expect(try again.view().search(Post.self, "grass").map(\.row.id) == [id])
        try again.closeBlocking()
    }

    @Test func `a transaction searches an index that was not read yet`() throws {
        let (disk, _) = try Self.disk()
        let db = try Self.open(disk)
        try db.writeBlocking { tx in
            let user = try #require(try tx.first(User.where { $0.email == Self.email(1) }))
            try tx.insert(Post(userID: user.id, title: "New", content: "lemon grass"))
            #expect(try tx.search(Post.self, "grass").count == 1)
            #expect(try tx.search(Post.self, "lemon", limit: 1000).count == Self.userCount + 1)
        }
        try db.closeBlocking()
    }

    /// On a real disk, where a thread reads what nobody has asked for.
    @Test func `what nobody needs is read in the background, and its damage is met`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "tufa-test-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "db").path
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let db = try Database.openBlocking(path, options: .quiet, User.self, Post.self)
        try db.writeBlocking { tx in
            for number in 0..<500 { try tx.insert(User(email: Self.email(number), name: "n")) }
        }
        let report = try db.snapshotBlocking()
        let hash = try db.view().stateHash()
        try db.closeBlocking()

        let whole = try Database.openBlocking(path, options: .quiet, User.self, Post.self)
        // It is let go of when all of it was read.
        try await Self.waiting { !Self.isOpen(report.file) }
        #expect(try whole.view().stateHash() == hash)
        try whole.closeBlocking()

        let file = URL(filePath: path).appending(path: report.file)
        let handle = try FileHandle(forUpdating: file)
        try handle.seek(toOffset: 16_384 + 50)
        try handle.write(contentsOf: [0xFF, 0xFE])
        try handle.close()
        let damaged = try Database.openBlocking(path, options: .quiet, User.self, Post.self)
        try await Self.waiting { !FileManager.default.fileExists(atPath: file.path) }
        #expect(throws: DatabaseError.self) { try damaged.view().count(User.all) }
        try damaged.closeBlocking()
        let again = try Database.openBlocking(path, options: .quiet, User.self, Post.self)
        #expect(try again.view().stateHash() == hash)
        try again.closeBlocking()
    }

    private static func waiting(_ isDone: () throws -> Bool) async throws {
        for _ in 0..<500 {
            if try isDone() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("It takes for ever.")
    }

    /// Whether this process has a file of that name open; false where that cannot be seen.
    private static func isOpen(_ name: String) -> Bool {
        let manager = FileManager.default
        let links = (try? manager.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return links.contains { link in
            let target = try? manager.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + link)
            return target?.hasSuffix(name) ?? false
        }
    }
}
