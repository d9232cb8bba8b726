import Testing
import TufaBytes
import TufaIndex
import TufaTesting

@testable import Tufa

struct FullTableTests {
    @Test func `a table that is nearly full refuses rows, and goes on being read and deleted from`()
        throws
    {
        let world = InMemoryWorld()
        let db = try world.open("db", .quiet, [User.self, Post.self])
        let users = try db.writeBlocking { tx in
            try (0..<100).map { try tx.insert(User(email: "\($0)", name: "n")) }
        }.value
        let committer = try db.writable()
        let arena = committer.engine.tables[0].store.rows.arena
        // Address space alone, of which nothing is touched.
        while !arena.isNearlyFull { _ = arena.directory.addChunks(512) }
        let refused: (inout Transaction) throws -> Void = { tx in
            try tx.insert(User(email: "more", name: "n"))
        }
        // It is noticed within a few commits, long before the room that is left is used.
        for number in 0..<20 {
            do {
                try db.writeBlocking { tx in
                    for row in 0..<10 { try tx.insert(User(email: "\(number).\(row)", name: "n")) }
                }
            } catch { break }
        }
        let error = #expect(throws: DatabaseError.self) { try db.writeBlocking(refused) }
        #expect(error?.code == .limitExceeded && error?.table == "users")
        let count = try db.view().count(User.all)
        try db.writeBlocking { tx in
            for user in users.prefix(10) { try tx.delete(user.id) }
            // Other tables have room.
            try tx.insert(Post(userID: users[50].id, title: "t"))
        }
        #expect(try db.view().count(User.all) == count - 10)
        let hash = try db.view().stateHash()
        try db.closeBlocking()
        let again = try world.open("db", .quiet, [User.self, Post.self])
        #expect(try again.view().stateHash() == hash)
        try again.writeBlocking(refused)
    }
}
