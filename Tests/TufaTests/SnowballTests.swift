import Testing
import Tufa
import TufaModel
import TufaStorage
import TufaTesting

private struct GermanNote: Entity {
    var id = EntityID<GermanNote>()
    var text = ""

    static let schema = Schema<GermanNote>("notes") {
        Field("text", \.text)
        FullText(\.text, analyzer: "german")
    }
}

struct SnowballTests {
    let world = InMemoryWorld()

    private func schema(_ analyzer: String) throws -> DatabaseSchema {
        try DDLParser.parse(
            """
            CREATE TABLE notes (id UUID PRIMARY KEY, text TEXT);
            CREATE INDEX words ON notes USING gin (to_tsvector('\(analyzer)', text));
            """)
    }

    #if Snowball
        private func open(_ analyzer: String, _ texts: String...) throws -> Database {
            let db = try world.create("db", schema(analyzer))
            try db.writeBlocking { tx in
                for text in texts { _ = try tx.insert("notes", ["text": .text(text)]) }
            }
            return db
        }

        private func found(_ view: View, _ query: SearchExpression) throws -> Set<String> {
            let shape = SearchShape(table: "notes", .expression(query))
            return Set(try view.search(shape).hits.map { $0.row["text"]?.description ?? "" })
        }

        @Test(arguments: [
            ("german", "Die Häuser", "haus die", "hausboot"),
            ("french", "les continuations", "continuation", "continent"),
            ("spanish", "las canciones", "canción", "cantar"),
            ("russian", "красивая", "красивый", "крас"),
            ("turkish", "kitaplar", "kitap", "kit"),
            ("hindi", "किताबें", "किताब", "कित"),
        ])
        func `stems of a language are found, also after reopening`(
            analyzer: String, text: String, hit: String, miss: String
        ) throws {
            let db = try open(analyzer, text)
            for isReopened in [false, true] {
                let db = isReopened ? try world.open("db", DatabaseOptions(), []) : db
                #expect(try found(db.view(), .typed(hit)) == [text])
                #expect(try found(db.view(), .typed(miss)) == [])
                #expect(db.recovery == [])
                if !isReopened { try db.snapshotBlocking() }
                try db.closeBlocking()
            }
            let report = try Database.verify("db", world.environment, LogOptions())
            #expect(report.findings.isEmpty && report.notChecked.isEmpty)
        }

        @Test func `a type names a language`() throws {
            let db = try world.open("db", DatabaseOptions(), [GermanNote.self])
            try db.writeBlocking { tx in
                let gone = try tx.insert(GermanNote(text: "alte Häuser"))
                try tx.insert(GermanNote(text: "neue Häuser"))
                try tx.update(gone.id) { $0.text = "alte Bücher" }
            }
            #expect(
                try db.view().search(GermanNote.self, "haus").map(\.row.text) == ["neue Häuser"])
            #expect(
                try db.view().search(GermanNote.self, "buch").map(\.row.text) == ["alte Bücher"])
        }

        @Test(
            arguments: [
                (.typed("haus"), "Die [Häuser] und Hausboote"),
                (.prefix("haus"), "Die [Häuser] und [Hausboote]"),
                (.prefix("häus"), "Die [Häuser] und [Hausboote]"),
                (.prefix("häuser"), "Die [Häuser] und [Hausboote]"),
                (.fuzzy("hauz", edits: 1), "Die [Häuser] und Hausboote"),
                (.phrase("die haus"), "[Die] [Häuser] und Hausboote"),
                (.near("hausboot haus", within: 2), "Die [Häuser] und [Hausboote]"),
            ] as [(SearchExpression, String)])
        func `what is found is marked`(query: SearchExpression, expected: String) throws {
            let db = try open("german", "Die Häuser und Hausboote", "Ein Baum")
            var shape = SearchShape(table: "notes", .expression(query))
            shape.snippets = [SnippetShape(field: 0, length: nil, count: 1)]
            let hits = try db.view().search(shape).hits
            #expect(hits.map { $0.snippets[0].text(opening: "[", closing: "]") } == [expected])
        }

        @Test func `a misspelt word is told in a form that stands somewhere`() throws {
            let db = try open("german", "Die Häuser", "Häuser", "Ein Baum")
            let view = db.view()
            #expect(try view.suggestions(for: "Häusr", in: "notes").first?.word == "häuser")
            #expect(try view.suggestions(for: "Baun", in: "notes").first?.word == "baum")
        }
    #else
        @Test func `a language of the trait is refused by a build without it`() throws {
            let refused: [() throws -> Database] = [
                { try world.create("db", schema("german")) },
                { try world.open("db", DatabaseOptions(), [GermanNote.self]) },
            ]
            for attempt in refused {
                let error = #expect(throws: DatabaseError.self) { _ = try attempt() }
                #expect(error?.code == .unsupported && error?.table == "notes")
                #expect(error?.message.contains("'german'") == true)
                #expect(error?.advice?.contains("trait Snowball") == true)
            }
            #expect(try !world.fileSystem.exists("db"))
        }
    #endif
}
