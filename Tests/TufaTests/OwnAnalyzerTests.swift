import Testing
import Tufa
import TufaModel
import TufaStorage
import TufaTesting

/// What stands between commas; from version 2 on without case.
private struct TagAnalyzer: TextAnalyzer {
    var name = "tags"
    var version: UInt32 = 1

    func analyze(_ text: Span<UInt8>, into terms: inout TermSink) {
        var start = 0
        for index in 0...text.count
        where index == text.count || text[index] == UInt8(ascii: ",") {
            let tag = text.extracting(start..<index)
            if version == 1 {
                terms.append(tag)
            } else {
                terms.append(
                    tag.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }.lowercased()
                )
            }
            start = index + 1
        }
    }
}

/// Whatever a function says.
private struct FunctionAnalyzer: TextAnalyzer {
    let name = "tags"
    let version: UInt32 = 1
    let body: @Sendable (Span<UInt8>, inout TermSink) -> Void

    func analyze(_ text: Span<UInt8>, into terms: inout TermSink) { body(text, &terms) }
}

struct OwnAnalyzerTests {
    let world = InMemoryWorld()
    let ids = (0..<4).map { _ in RowID.make() }

    private func options(_ analyzers: any TextAnalyzer...) -> DatabaseOptions {
        var options = DatabaseOptions()
        options.analyzers = analyzers
        return options
    }

    private func make(_ analyzer: any TextAnalyzer) throws -> Database {
        try Database.create(
            "db", world.environment, InMemoryWorld.logOptions, options(analyzer),
            DDLParser.parse(
                """
                CREATE TABLE notes (id UUID PRIMARY KEY, tags TEXT, n BIGINT DEFAULT 0);
                CREATE INDEX words ON notes USING gin (to_tsvector('tags', tags));
                CREATE TABLE others (id UUID PRIMARY KEY, text TEXT);
                CREATE INDEX plain ON others USING gin (to_tsvector('english', text));
                """))
    }

    private func filled() throws -> Database {
        let db = try make(TagAnalyzer())
        try db.writeBlocking { tx in
            try tx.insert("notes", id: ids[0], ["tags": .text("Deep Sea,fish")])
            try tx.insert("notes", id: ids[1], ["tags": .text("deep sea,ship")])
            try tx.insert("notes", id: ids[2], ["tags": .text("ship")])
            try tx.insert("others", ["text": .text("The fish")])
        }
        return db
    }

    private func open(_ options: DatabaseOptions) throws -> Database {
        try world.open("db", options, [])
    }

    private func verify(_ analyzers: any TextAnalyzer...) throws -> Tufa.VerifyReport {
        try Database.verify("db", world.environment, LogOptions(), analyzers: analyzers)
    }

    private func found(_ view: View, _ text: String) throws -> Set<Int> {
        Set(try view.search("notes", text).compactMap { ids.firstIndex(of: $0.row.id) })
    }

    @Test(arguments: [false, true])
    func `terms of the program are found, also after reopening`(isSnapshot: Bool) throws {
        let first = try filled()
        let position = first.view().position
        try first.writeBlocking { tx in
            try tx.update("notes", id: ids[0], ["tags": .text("fish,x")])
            try tx.delete("notes", id: ids[2])
        }
        if isSnapshot { try first.snapshotBlocking() }
        for isReopened in [false, true] {
            let db = isReopened ? try open(options(TagAnalyzer())) : first
            #expect(try found(db.view(), "ship") == [1])
            #expect(try found(db.view(), "\"deep sea\"") == [1])
            #expect(try found(db.view(), "sea") == [])
            #expect(try found(db.view(), "fi* -ship") == [0])
            #expect(try found(db.view(), "fish,x*") == [0])
            let past = try db.viewBlocking(asOf: .position(position))
            #expect(try found(past, "\"Deep Sea\"") == [0] && found(past, "ship") == [1, 2])
            #expect(db.recovery == [])
            try db.closeBlocking()
        }
        let report = try verify(TagAnalyzer())
        #expect(report.findings.isEmpty && report.notChecked.isEmpty)
    }

    @Test(arguments: [false, true])
    func `another version builds the index again, and says so`(isSnapshot: Bool) throws {
        let first = try filled()
        if isSnapshot { try first.snapshotBlocking() }
        try first.closeBlocking()
        let second = try open(options(TagAnalyzer(version: 2)))
        #expect(try found(second.view(), "\"deep sea\"") == [0, 1])
        #expect(try found(second.view(), "\"Deep Sea\"") == [0, 1])
        // A replay analyzes everything anyway, so there is nothing to tell.
        #expect(
            second.recovery.filter { $0.contains("made by another version of the analyzer tags") }
                .count == (isSnapshot ? 1 : 0))
        try second.snapshotBlocking()
        try second.closeBlocking()
        let third = try open(options(TagAnalyzer(version: 2)))
        #expect(try found(third.view(), "\"deep sea\"") == [0, 1] && third.recovery == [])
    }

    @Test(arguments: [0, 1, 2])
    func `a program without the analyzer does everything else, and nothing is lost`(
        snapshotBy program: Int
    ) throws {
        let first = try filled()
        if program == 1 { try first.snapshotBlocking() }
        try first.closeBlocking()

        let without = try open(DatabaseOptions())
        #expect(without.recovery.count == 1 && without.recovery[0].contains("words of notes"))
        let view = without.view()
        #expect(try view.count(QueryShape(table: "notes")) == 3)
        #expect(try view.find("notes", ids[0])?["tags"] == .text("Deep Sea,fish"))
        #expect(try view.search("others", "fish").count == 1)
        let refused: [() throws -> Void] = [
            { _ = try view.search("notes", "ship") },
            { try without.writeBlocking { try $0.insert("notes", ["tags": .text("x")]) } },
            { try without.writeBlocking { try $0.update("notes", id: ids[0], ["tags": .null]) } },
            {
                try without.writeBlocking {
                    try $0.update("notes", id: ids[0], ["tags": .text("x"), "n": .int64(1)])
                }
            },
            { try without.writeBlocking { try $0.put("notes", id: ids[1], ["tags": .text("x")]) } },
        ]
        for attempt in refused {
            let error = #expect(throws: DatabaseError.self) { try attempt() }
            #expect(error?.code == .unsupported && error?.rule == "words")
            #expect(error?.message.contains("'tags'") == true)
            #expect(error?.advice?.contains("DatabaseOptions.analyzers") == true)
        }
        #expect(without.view().position == view.position)
        try without.writeBlocking { tx in
            try tx.update("notes", id: ids[0], ["n": .int64(7), "tags": .text("Deep Sea,fish")])
            try tx.delete("notes", id: ids[1])
            try tx.insert("notes", id: ids[3], ["n": .int64(3)])
            try tx.insert("others", ["text": .text("More fish")])
        }
        #expect(try without.view().search("others", "fish").count == 2)
        if program == 2 { try without.snapshotBlocking() }
        try without.closeBlocking()
        let report = try verify()
        #expect(report.findings.isEmpty && report.notChecked.count == 1)

        let with = try open(options(TagAnalyzer()))
        #expect(try found(with.view(), "ship") == [2])
        #expect(try found(with.view(), "fish") == [0])
        let notes = with.recovery.filter { $0.contains("left out by a program without") }
        #expect(with.recovery.count == notes.count && notes.count == (program == 2 ? 1 : 0))
        try with.writeBlocking { tx in
            try tx.update("notes", id: ids[3], ["tags": .text("ship")])
            try tx.update("notes", id: ids[0], ["tags": .text("ship")])
        }
        #expect(try found(with.view(), "ship") == [0, 2, 3])
        try with.closeBlocking()
        #expect(try verify(TagAnalyzer()).findings.isEmpty)
    }

    @Test(arguments: [
        ["english"], ["simple_unaccent"], ["trigram"], ["german"], [""], ["a\nb"], ["a", "b", "a"],
        [String(repeating: "x", count: 129)],
    ])
    func `a name that is taken, or cannot stand in a schema, is refused`(names: [String]) throws {
        var options = DatabaseOptions()
        options.analyzers = names.map { TagAnalyzer(name: $0) }
        let error = #expect(throws: DatabaseError.self) {
            _ = try Database.create(
                "db", world.environment, InMemoryWorld.logOptions, options,
                DatabaseSchema([TableSchema("t", fields: [FieldSchema("n", .int64)])]))
        }
        #expect(error?.code == .unsupported && error?.rule == names.last)
        #expect(try !world.fileSystem.exists("db"))
    }

    /// 254 bytes and then one character of two.
    private static let long = String(repeating: "x", count: 254)

    @Test(arguments: [
        (Array("\(long)é!".utf8), long), (Array("\(long)yz".utf8), long + "y"),
        ([65, 0, 66, 0], "AB"), ([65, 0xE2, 0x82, 66], "A\u{FFFD}\u{FFFD}B"), ([0xFF], "\u{FFFD}"),
    ])
    func `a term of any bytes becomes one that can be found`(bytes: [UInt8], term: String) throws {
        let db = try make(
            FunctionAnalyzer { text, terms in
                // The row's text stands for the bytes; a search gives the term itself.
                if text.count == 1 { terms.append(bytes.span) } else { terms.append(text) }
            })
        try db.writeBlocking { tx in
            try tx.insert("notes", id: ids[0], ["tags": .text("1")])
            try tx.insert("notes", id: ids[1], ["tags": .text("other")])
        }
        #expect(try found(db.view(), term) == [0])
        #expect(try found(db.view(), "1") == [0])
        try db.snapshotBlocking()
        try db.closeBlocking()
    }

    /// Numbers are steps, and words are terms.
    @Test(
        arguments: [
            ("\"a b\"", [0]), ("\"a 2 b\"", [1]), ("\"a x\"", [2, 3]), ("\"c x\"", [2]),
            ("\"0 c 0 a x\"", [2]), ("\"a 0 c x\"", [2, 3]), ("c", [2]),
        ] as [(String, Set<Int>)])
    func `places decide phrases, and words in one place stand for each other`(
        text: String, expected: Set<Int>
    ) throws {
        let db = try make(
            FunctionAnalyzer { text, terms in
                let text = text.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
                var step = 1
                for word in text.split(separator: " ") {
                    if let number = Int(word) {
                        step = number
                    } else {
                        terms.append(String(word), advancing: step)
                        step = 1
                    }
                }
            })
        try db.writeBlocking { tx in
            for (id, tags) in zip(ids, ["a b", "a 2 b", "a 0 c x", "0 a x"]) {
                try tx.insert("notes", id: id, ["tags": .text(tags)])
            }
        }
        #expect(try found(db.view(), text) == expected)
    }

    @Test func `a term of nothing counts as a word and is not indexed`() throws {
        let db = try make(TagAnalyzer())
        try db.writeBlocking { tx in
            try tx.insert("notes", id: ids[0], ["tags": .text("a,,b")])
            try tx.insert("notes", id: ids[1], ["tags": .text("")])
        }
        #expect(try found(db.view(), "a,,b") == [0])
        #expect(try found(db.view(), "a,b") == [])
        #expect(try found(db.view(), ",") == [])
    }
}
