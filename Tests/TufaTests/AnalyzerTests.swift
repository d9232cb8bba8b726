import Testing
import Tufa
import TufaModel
import TufaStorage
import TufaTesting

/// Notes whose text is analyzed in different ways by programs that come one after the other.
private struct EnglishNote: Entity {
    var id = EntityID<EnglishNote>()
    var text = ""

    static let schema = Schema<EnglishNote>("notes") {
        Field("text", \.text)
        FullText(\.text)
    }
}

private struct SimpleNote: Entity {
    var id = EntityID<SimpleNote>()
    var text = ""

    static let schema = Schema<SimpleNote>("notes") {
        Field("text", \.text)
        FullText(\.text, analyzer: .simple)
    }
}

private struct LatinNote: Entity {
    var id = EntityID<LatinNote>()
    var text = ""

    static let schema = Schema<LatinNote>("notes") {
        Field("text", \.text)
        FullText(\.text, analyzer: "latin")
    }
}

struct AnalyzerTests {
    let world = InMemoryWorld()

    private func schema(_ analyzer: String) throws -> DatabaseSchema {
        try DDLParser.parse(
            """
            CREATE TABLE notes (id UUID PRIMARY KEY, text TEXT);
            CREATE INDEX words ON notes USING gin (to_tsvector('\(analyzer)', text));
            """)
    }

    private func open(
        _ types: [any Entity.Type], _ options: DatabaseOptions = DatabaseOptions()
    ) throws -> Database {
        try world.open("db", options, types)
    }

    private func removeSnapshots() throws {
        for name in try world.fileSystem.list("db/snapshots") {
            try world.fileSystem.unlink("db/snapshots/" + name)
        }
    }

    private func found(_ view: View, _ text: String) throws -> Set<String> {
        Set(try view.search("notes", text).map { $0.row["text"]?.description ?? "" })
    }

    /// Each text is found by one of the two searches and not by the other.
    @Test(arguments: [
        ("english", "The running dogs", "dog run", "the"),
        ("english_unaccent", "Crèmes", "creme", "the"),
        ("simple", "The running dogs", "the dogs", "dog"),
        ("simple_unaccent", "Crèmes", "cremes", "creme"),
        ("keyword", "ISBN 0-19", "\"isbn 0-19\"", "isbn"),
        ("trigram", "Donaudampfschiff", "dampf", "dumpf"),
    ])
    func `an index is searched as its analyzer reads`(
        analyzer: String, text: String, hit: String, miss: String
    ) throws {
        let db = try world.create("db", schema(analyzer))
        try db.writeBlocking { tx in _ = try tx.insert("notes", ["text": .text(text)]) }
        for isReopened in [false, true] {
            let db = isReopened ? try open([]) : db
            #expect(try found(db.view(), hit) == [text], "\(isReopened)")
            #expect(try found(db.view(), miss) == [], "\(isReopened)")
            #expect(db.recovery == [])
            if !isReopened { try db.snapshotBlocking() }
            try db.closeBlocking()
        }
        #expect(try Database.verify("db", world.environment, LogOptions()).findings.isEmpty)
    }

    @Test func `an analyzer that nobody knows is refused before anything is made`() throws {
        do {
            _ = try world.create("db", schema("latin"))
            Issue.record("a schema with an unknown analyzer was taken")
        } catch let error as DatabaseError {
            #expect(error.code == .unsupported && error.rule == "words")
            #expect("\(error)".contains("'latin'") && "\(error)".contains("simple_unaccent"))
        }
        #expect(try !world.fileSystem.exists("db"))
        #expect(code { _ = try open([LatinNote.self]) } == "unsupported")
    }

    @Test(arguments: [false, true])
    func `a type with another analyzer has the index built again`(isSnapshot: Bool) throws {
        let first = try open([EnglishNote.self])
        let position = try first.writeBlocking { tx in
            try tx.insert(EnglishNote(text: "The dogs"))
            let gone = try tx.insert(EnglishNote(text: "The cats"))
            try tx.update(gone.id) { $0.text = "The birds" }
        }.position
        let early = first.view()
        if isSnapshot { try first.snapshotBlocking() }
        try first.closeBlocking()

        var options = DatabaseOptions()
        options.isReadOnly = true
        #expect(code { _ = try open([SimpleNote.self], options) } == "schema_mismatch")
        let second = try open([SimpleNote.self])
        #expect(try found(second.view(), "dog").isEmpty)
        #expect(try found(second.view(), "the") == ["The dogs", "The birds"])
        #expect(try found(second.view(), "the -birds") == ["The dogs"])
        // What was, is searched as it was.
        #expect(try found(early, "dog") == ["The dogs"])
        let past = try second.viewBlocking(asOf: .position(position))
        #expect(try found(past, "dog") == ["The dogs"])
        try second.writeBlocking { tx in _ = try tx.insert(SimpleNote(text: "The fish")) }
        #expect(try found(second.view(), "the").count == 3)
        if isSnapshot { try second.snapshotBlocking() } else { try removeSnapshots() }
        try second.closeBlocking()

        let third = try open([SimpleNote.self], options)
        #expect(try found(third.view(), "the").count == 3)
        #expect(third.view().schema.tables[0].fullText[0].analyzer == "simple")
        #expect(try Database.verify("db", world.environment, LogOptions()).findings.isEmpty)
    }

    @Test func `a difference of analyzers is told`() throws {
        #expect(
            try schema("simple").difference(from: schema("english"))
                == "In table notes, the text index words has the analyzer simple here and english "
                + "there.")
    }
}
