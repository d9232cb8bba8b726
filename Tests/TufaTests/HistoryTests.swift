import Foundation
import Testing
import Tufa
import TufaStorage
import TufaTesting

struct HistoryTests {
    let world = InMemoryWorld()

    private func filled() throws -> (Database, [UInt64: String]) {
        let db = try world.open("db", DatabaseOptions(), [User.self, Post.self])
        var hashes: [UInt64: String] = [:]
        var ids: [User.ID] = []
        for number in 0..<60 {
            let commit = try db.writeBlocking(as: "w\(number % 3)", label: "step \(number)") { tx in
                if number % 5 == 4 {
                    try tx.delete(ids.removeFirst())
                } else if number % 4 == 3 {
                    try tx.update(ids[0]) { $0.name += "+" }
                } else {
                    let user = try tx.insert(User(email: "u\(number)", name: "n"))
                    try tx.insert(Post(userID: user.id, title: "Title \(number)", content: "words"))
                    ids.append(user.id)
                }
            }
            hashes[commit.position] = try db.view().stateHash()
            if number == 20 || number == 40 { try db.snapshotBlocking() }
            if number == 30 { try db.archiveBlocking() }
        }
        return (db, hashes)
    }

    @Test func `any past commit shows what it showed then, and search does too`() throws {
        let (db, hashes) = try filled()
        for (position, hash) in hashes {
            let view = try db.viewBlocking(asOf: .position(position))
            #expect(view.position == position)
            #expect(try view.stateHash() == hash)
        }
        let early = try db.viewBlocking(asOf: .label("step 0"))
        #expect(try early.search(Post.self, "title").count == 1)
        #expect(
            code { _ = try db.viewBlocking(asOf: .label("never")) } == "no_such_moment")
        #expect(
            code { _ = try db.viewBlocking(asOf: .position(100_000)) } == "no_such_moment")
    }

    @Test func `reopening gives the same state, with and without snapshots`() throws {
        let (db, _) = try filled()
        let hash = try db.view().stateHash()
        let position = db.view().position
        try db.closeBlocking()
        let again = try world.open("db", DatabaseOptions(), [User.self, Post.self])
        #expect(try again.view().stateHash() == hash && again.view().position == position)
        let user = try #require(try again.view().first(User.all))
        #expect(try again.view().count(User.where { $0.email == user.email }) == 1)
        try again.writeBlocking { tx in _ = try tx.insert(User(email: "new")) }
        try again.closeBlocking()
        for name in try world.fileSystem.list("db/snapshots") {
            try world.fileSystem.unlink("db/snapshots/" + name)
        }
        let third = try world.open("db", DatabaseOptions(), [User.self, Post.self])
        #expect(try third.view().first(User.where { $0.email == "new" }) != nil)
    }

    @Test func `closing writes a snapshot when much has happened since the last`() throws {
        var options = DatabaseOptions()
        options.snapshotEventInterval = 10
        let db = try world.open("db", options, [User.self])
        try db.writeBlocking { tx in
            for number in 0..<20 { try tx.insert(User(email: "\(number)")) }
        }
        try db.closeBlocking()
        #expect(try world.fileSystem.list("db/snapshots").count == 1)
        let again = try world.open("db", options, [User.self])
        try again.writeBlocking { tx in _ = try tx.insert(User(email: "one more")) }
        try again.closeBlocking()
        #expect(try world.fileSystem.list("db/snapshots").count == 1)
    }

    @Test func `a restore to any commit has the state of that commit`() throws {
        let (db, hashes) = try filled()
        try db.closeBlocking()
        for (number, (position, hash)) in hashes.sorted(by: { $0.key < $1.key }).enumerated()
        where number % 7 == 0 {
            let report = try Database.restore(
                "db", to: "copy\(position)", upTo: .position(position), dryRun: false,
                world.environment, InMemoryWorld.logOptions)
            #expect(report.stateHash == hash && report.position == position)
            let copy = try world.open("copy\(position)", DatabaseOptions(), [User.self, Post.self])
            #expect(try copy.view().stateHash() == hash)
            try copy.writeBlocking { tx in _ = try tx.insert(User(email: "goes on")) }
            try copy.closeBlocking()
            let verified = try Database.verify(
                "copy\(position)", world.environment, InMemoryWorld.logOptions)
            #expect(verified.isOK, "\(verified.findings)")
        }
    }

    @Test func `verify finds nothing wrong, and its hash is the view's`() throws {
        let (db, _) = try filled()
        let hash = try db.view().stateHash()
        try db.closeBlocking()
        let report = try Database.verify("db", world.environment, InMemoryWorld.logOptions)
        #expect(report.isOK, "\(report.findings)")
        #expect(report.stateHash == hash)
    }

    @Test func `the life of a row is told step by step`() throws {
        let db = try world.open("db", DatabaseOptions(), [User.self, Post.self])
        let ada = try db.writeBlocking(as: "one") { try $0.insert(User(email: "a", name: "A")) }
            .value
        try db.writeBlocking(as: "two") { tx in _ = try tx.update(ada.id) { $0.name = "B" } }
        try db.writeBlocking(as: "three") { tx in try tx.delete(ada.id) }
        let changes = try db.historyBlocking(table: "users", id: ada.id.rowID)
        #expect(changes.map(\.kind) == [.create, .update, .delete])
        #expect(changes.map(\.actor) == ["one", "two", "three"])
        let name = try #require(changes[1].changes.first { $0.name == "name" })
        #expect(name.old == "A" && name.new == "B")
        #expect(changes[2].changes.first { $0.name == "name" }?.old == "B")
        var kinds: [String] = []
        try db.forEachCommit { commit in
            kinds += commit.events.map(\.kind.rawValue)
            return true
        }
        #expect(kinds == ["schema", "create", "update", "delete"])
    }

    @Test func `another type under the same table is refused with what differs`() throws {
        struct Other: Entity {
            var id = EntityID<Other>()
            var email = 0
            static let schema = Schema<Other>("users") { Field("email", \.email) }
        }
        let db = try world.open("db", DatabaseOptions(), [User.self])
        try db.closeBlocking()
        #expect(
            code { _ = try world.open("db", DatabaseOptions(), [Other.self]) } == "schema_mismatch")
        let more = try world.open("db", DatabaseOptions(), [User.self, Post.self])
        #expect(more.view().schema.tables.map(\.name) == ["users", "posts"])
    }
}
