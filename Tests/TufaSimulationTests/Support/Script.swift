import Tufa
import TufaStorage
import TufaTesting

/// A run over everything that changes files, the same at each repetition.
///
/// ``run()`` stops at the first step that throws.
final class Script {
    let world: InMemoryWorld
    let ledger = Ledger()
    private(set) var db: Database?
    /// What the run was doing last.
    private(set) var step = ""

    init(_ world: InMemoryWorld = InMemoryWorld()) { self.world = world }

    func run() throws {
        try open()
        try smallWrites()
        try perform("first snapshot") { try $0.snapshotBlocking() }
        try largeWrites(from: 100)
        try perform("first archive") { try $0.archiveBlocking() }
        try write("after the archive") { tx in try tx.insert(Library.author(40)) }
        try close()
        try open()
        try write("after reopening") { tx in
            try tx.insert(Library.article(41, by: 40))
            try tx.update(Author.ID(Library.id(40))) { $0.name = "Renamed" }
        }
        try perform("second snapshot") { try $0.snapshotBlocking() }
        try largeWrites(from: 200)
        try perform("second archive") { try $0.archiveBlocking() }
        try write("cascade over archived rows") { tx in try tx.delete(Author.ID(Library.id(2))) }
        try perform("third snapshot") { try $0.snapshotBlocking() }
        try restore()
        try write("last") { tx in try tx.insert(Library.author(60)) }
        try close()
    }

    // MARK: Steps

    private func open() throws {
        step = "open"
        let opened = try world.open("db", .quiet, Library.types)
        db = opened
        try note(opened, opened.view().position)
        ledger.update { $0.isCreated = true }
    }

    private func close() throws {
        step = "close"
        try db?.closeBlocking()
        db = nil
    }

    private func perform(_ name: String, _ body: (Database) throws -> Void) throws {
        step = name
        if let db { try body(db) }
    }

    private func write(
        _ name: String, _ body: (inout Transaction) throws -> Void
    ) throws {
        step = name
        guard let db else { return }
        let commit = try db.writeBlocking(as: "script", label: name, body)
        try note(db, commit.position)
    }

    private func note(_ db: Database, _ position: UInt64) throws {
        let hash = try db.view().stateHash()
        ledger.update {
            $0.hashes[position] = hash
            $0.acknowledged = max($0.acknowledged, position)
        }
    }

    private func smallWrites() throws {
        try write("first authors") { tx in
            try tx.insert(Library.author(1))
            try tx.insert(Library.author(2))
            try tx.insert(Library.shelf(5))
        }
        try write("first articles") { tx in
            for number in 10..<16 {
                try tx.insert(Library.article(number, by: 1 + number % 2, on: 5))
            }
        }
        try write("an update") { tx in
            try tx.update(Article.ID(Library.id(10))) { $0.title = "Another title" }
        }
        try write("dynamic rows") { tx in
            try tx.insert("shelves", id: Library.id(6), ["label": "six"])
            try tx.put("shelves", id: Library.id(6), ["label": "sixth"])
            try tx.update("authors", id: Library.id(1), ["name": "Dynamic"])
        }
        try refusedWrite()
        try write("a delete that sets NULL") { tx in try tx.delete(Shelf.ID(Library.id(5))) }
        try write("a delete that cascades") { tx in try tx.delete(Author.ID(Library.id(1))) }
    }

    /// A transaction that does much and then breaks a rule, so that nothing of it may be found.
    private func refusedWrite() throws {
        do {
            try write("a refused write") { tx in
                try tx.delete(Author.ID(Library.id(1)))
                try tx.insert(Library.author(30))
                try tx.insert(Library.author(30))
            }
        } catch let error as DatabaseError where error.code == .rowExists {
            return
        }
    }

    /// Enough to fill more than one segment of 64 KiB.
    private func largeWrites(from first: Int) throws {
        for number in first..<first + 3 {
            try write("large \(number)") { tx in
                try tx.insert(Library.article(number, by: 2, bytes: 28_000))
            }
        }
    }

    private func restore() throws {
        step = "restore"
        let report = try Database.restore(
            "db", to: "copy", upTo: .label("after reopening"), dryRun: false, world.environment,
            InMemoryWorld.logOptions)
        ledger.update { $0.copies.insert(report.stateHash ?? "") }
        step = "open the copy"
        let copy = try world.open("copy", .quiet, Library.types)
        try copy.writeBlocking { tx in _ = try tx.insert(Library.author(70)) }
        let hash = try copy.view().stateHash()
        ledger.update {
            $0.copies.insert(hash)
            $0.hasCopy = true
        }
        try copy.closeBlocking()
    }
}
