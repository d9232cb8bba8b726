internal import Tufa
internal import TufaTesting

/// A random program over a database and over the model that it must agree with.
final class ModelRun {
    private struct Abandoned: Error {}

    /// A commit that can be gone back to.
    private struct Past {
        var position: UInt64
        var model: LibraryModel
        var hash: String
    }

    private let seed: UInt64
    private let world: InMemoryWorld
    private var db: Database
    private var path = "db0"
    private var model = LibraryModel()
    private var past: [Past] = []
    private var chance: RandomLibrary
    private var restoreCount = 0
    /// Views that are kept while the world moves.
    private var held: [(view: View, model: LibraryModel, hash: String)] = []

    /// Opens an empty database.
    init(seed: UInt64) throws {
        self.seed = seed
        world = InMemoryWorld(seed: seed)
        chance = RandomLibrary(random: SplitMix(state: seed))
        db = try world.open(path, .quiet, Library.types)
    }

    /// The operation of a number, by chance that no other operation has a part in.
    func step(_ number: Int) throws {
        chance.random = SplitMix(state: seed &* 0x5851_F42D_4C95_7F2D &+ UInt64(number))
        switch chance.random.below(215) {
        case 200..<205: try hold()
        case 205..<215: try lookAtHeld()
        case 0..<110: try write()
        case 110..<165: try compare(chance.query(), db.view(), model)
        case 165..<175: try page()
        case 175..<187: try search(model, in: db.view())
        case 187..<192: try lookBack()
        case 192..<195: try db.snapshotBlocking()
        case 195, 196: try db.archiveBlocking()
        case 197, 198: try reopen()
        default: try restore()
        }
        if number % 100 == 0 { try compareAll(db.view(), model) }
    }

    /// Looks at everything once more, closes, and verifies the files.
    func finish() throws {
        try compareAll(db.view(), model)
        try db.closeBlocking()
        let report = try Database.verify(path, world.environment, InMemoryWorld.logOptions)
        guard report.isOK else { throw Mismatch("verify finds \(report.findings)") }
    }

    // MARK: Writing

    private func write() throws {
        let before = model
        let abandons = chance.random.below(8) == 0
        do {
            let commit = try db.writeBlocking { tx in
                for _ in 0..<1 + chance.random.below(6) {
                    try change(&tx)
                    if chance.random.below(4) == 0 {
                        try search(model) { try tx.search("articles", $0, limit: 1000) }
                    }
                }
                if abandons { throw Abandoned() }
            }
            guard commit.position > (past.last?.position ?? 0) else { return }
            past.append(
                Past(
                    position: commit.position, model: model, hash: try db.view().stateHash()))
            if past.count > 30 { past.remove(at: chance.random.below(30)) }
        } catch is Abandoned {
            model = before
        } catch is LibraryModel.Refused {
            model = before
        }
    }

    /// One change, in both; where both refuse it, the transaction goes on or ends, by chance.
    private func change(_ tx: inout Transaction) throws {
        let table = chance.table()
        let id = chance.id(table)
        let kind = chance.random.below(10)
        let row = kind < 5 ? chance.row(table) : chance.changes(table)
        var expected: String?
        do {
            switch kind {
            case 0..<5: try model.insert(table, id, row)
            case 5..<8: try model.update(table, id, row)
            default: try model.delete(table, id)
            }
        } catch let error as LibraryModel.Refused {
            expected = error.code
        }
        var found: String?
        do {
            switch kind {
            case 0..<3: try insert(&tx, table, id, row)
            case 3..<5: try tx.insert(table, id: id, row)
            case 5..<8: try tx.update(table, id: id, row)
            default: try tx.delete(table, id: id)
            }
        } catch let error as DatabaseError {
            found = error.code.name
        }
        guard found == expected else {
            throw Mismatch(
                "kind \(kind) of \(table) \(id) \(row) gives \(found ?? "no error"), "
                    + "expected \(expected ?? "none")")
        }
        if let expected, chance.random.below(3) == 0 {
            throw LibraryModel.Refused(code: expected)
        }
    }

    /// An insert of a typed value where the table has a type with these fields.
    private func insert(
        _ tx: inout Transaction, _ table: String, _ id: RowID, _ row: LibraryModel.Row
    ) throws {
        switch (table, row["email"] ?? row["label"], row["name"]) {
        case ("authors", .text(let email), .text(let name)):
            var author = Author()
            (author.id, author.email, author.name) = (EntityID(id), email, name)
            try tx.insert(author)
        case ("shelves", .text(let label), _):
            var shelf = Shelf()
            (shelf.id, shelf.label) = (EntityID(id), label)
            try tx.insert(shelf)
        default: try tx.insert(table, id: id, row)
        }
    }

    // MARK: Reading

    private func names(_ table: String) -> [String] {
        db.view().schema.table(table)?.fields.map(\.name) ?? []
    }

    private func compare(_ query: QueryShape, _ view: View, _ model: LibraryModel) throws {
        let expected = model.answer(query, names(query.table))
        let found = try view.fetch(query)
        guard model.isAnswer(found.map(\.id), to: query, names(query.table)) else {
            throw Mismatch(
                "\(query) finds \(found.map(\.id)), expected \(expected); "
                    + "\(try view.explain(query))")
        }
        for record in found { try compare(record, model) }
        guard try view.count(query) == found.count else {
            throw Mismatch("the count of \(query) is not \(found.count)")
        }
    }

    private func compare(_ record: Record, _ model: LibraryModel) throws {
        for (field, value) in model.rows(record.table)[record.id] ?? [:]
        where record[field] != value {
            throw Mismatch("\(record) has another \(field) than \(value)")
        }
    }

    private func compareAll(_ view: View, _ model: LibraryModel) throws {
        for table in ["authors", "shelves", "articles"] {
            try compare(QueryShape(table: table), view, model)
            for id in model.rows(table).keys {
                guard try view.find(table, id) != nil else {
                    throw Mismatch("\(table) \(id) is not found")
                }
            }
        }
    }

    private func page() throws {
        var query = chance.query()
        query.limit = nil
        let view = db.view()
        let expected = model.answer(query, names(query.table))
        var found: [RowID] = []
        var cursor: String?
        repeat {
            let page = try view.page(query, size: 1 + chance.random.below(9), after: cursor)
            found += page.rows.map(\.id)
            cursor = page.next
        } while cursor != nil && found.count <= expected.count
        guard model.isAnswer(found, to: query, names(query.table)) else {
            throw Mismatch("pages of \(query) give \(found), expected \(expected)")
        }
    }

    private func search(_ model: LibraryModel, in view: View) throws {
        try search(model) { try view.search("articles", $0, limit: 1000) }
    }

    private func search(
        _ model: LibraryModel, _ find: (String) throws -> [SearchHit<Record>]
    ) throws {
        let word = RandomLibrary.words[chance.random.below(RandomLibrary.words.count)]
        let hits = try find(word)
        guard Set(hits.map(\.row.id)) == model.search(word),
            hits.count == Set(hits.map(\.row.id)).count
        else {
            throw Mismatch(
                "\(word) finds \(hits.map(\.row.id)), expected \(model.search(word))")
        }
        for (first, second) in zip(hits, hits.dropFirst()) where first.score < second.score {
            throw Mismatch("\(word): the hits are not in the order of their scores")
        }
    }

    // MARK: Other times

    private func somePast() -> Past? {
        past.isEmpty ? nil : past[chance.random.below(past.count)]
    }

    private func lookBack() throws {
        guard let then = somePast() else { return }
        let view = try db.viewBlocking(asOf: .position(then.position))
        guard try view.position == then.position && view.stateHash() == then.hash else {
            throw Mismatch("position \(then.position) shows another state")
        }
        try compare(chance.query(), view, then.model)
        try search(then.model, in: view)
    }

    /// Keeps a view, and lets go of one where there are many.
    private func hold() throws {
        if held.count == 6 { held.remove(at: chance.random.below(6)) }
        let view = db.view()
        held.append((view, model, try view.stateHash()))
    }

    private func lookAtHeld() throws {
        guard !held.isEmpty else { return }
        let (view, model, hash) = held[chance.random.below(held.count)]
        guard try view.stateHash() == hash else {
            throw Mismatch("the view of position \(view.position) has changed")
        }
        try compare(chance.query(), view, model)
        try search(model, in: view)
    }

    private func reopen() throws {
        let hash = try db.view().stateHash()
        try db.closeBlocking()
        db = try world.open(path, .quiet, Library.types)
        guard try db.view().stateHash() == hash else {
            throw Mismatch("reopening shows another state")
        }
    }

    /// Restores to a moment and goes on from there.
    private func restore() throws {
        guard let then = somePast() else { return }
        restoreCount += 1
        let target = "db\(restoreCount)"
        let report = try Database.restore(
            path, to: target, upTo: .position(then.position), dryRun: false, world.environment,
            InMemoryWorld.logOptions)
        guard report.stateHash == then.hash else {
            throw Mismatch("the restore to \(then.position) has another state")
        }
        try db.closeBlocking()
        path = target
        model = then.model
        past.removeAll { $0.position > then.position }
        db = try world.open(path, .quiet, Library.types)
    }
}
