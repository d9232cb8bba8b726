import Testing
import Tufa
import TufaModel
import TufaTesting

struct SnippetTests {
    private func snippet(
        _ text: String, _ query: SearchExpression, analyzer: String = "english",
        length: Int? = 60, count: Int = 1
    ) throws -> Snippet {
        let db = try InMemoryWorld().create(
            "db",
            DDLParser.parse(
                """
                CREATE TABLE texts (id UUID PRIMARY KEY, text TEXT, other TEXT);
                CREATE INDEX words ON texts
                    USING gin (to_tsvector('\(analyzer)', text || ' ' || other));
                """))
        try db.writeBlocking { tx in
            _ = try tx.insert("texts", ["text": .text(text), "other": .text("always there")])
        }
        var shape = SearchShape(table: "texts", .expression(query))
        shape.snippets = [SnippetShape(field: 0, length: length, count: count)]
        return try #require(try db.view().search(shape).hits.first?.snippets.first)
    }

    /// Brackets stand around what is highlighted.
    @Test(
        arguments: [
            (SearchExpression.typed("running dog"), "The [dogs] were [running]; a dogma ran."),
            (.typed("\"running a\""), "The dogs were [running]; [a] dogma ran."),
            (.prefix("dog"), "The [dogs] were running; a [dogma] ran."),
            (.fuzzy("dogmas", edits: 1), "The dogs were running; a [dogma] ran."),
            (.near("dog run", within: 1), "The [dogs] were [running]; a dogma ran."),
            (.typed("dog -cat"), "The [dogs] were running; a dogma ran."),
            (.any([.phrase("ran"), .phrase("cat")]), "The dogs were running; a dogma [ran]."),
            (.typed("always"), "The dogs were running; a dogma ran."),
        ] as [(SearchExpression, String)])
    func `the words asked for are marked`(query: SearchExpression, expected: String) throws {
        let analyzer = "\(query)".contains("running a") ? "simple" : "english"
        let snippet = try snippet(
            "The dogs were running; a dogma ran.", query, analyzer: analyzer, length: nil)
        #expect(snippet.text(opening: "[", closing: "]") == expected)
        #expect(snippet.isMatch == expected.contains("["))
    }

    @Test(arguments: [
        ("trigram", "Die Donaudampfschiffe fahren", "dampf", "Die Donau[dampf]schiffe fahren"),
        ("trigram", "a  b\u{301}ig   Ünit", "big", "a  b\u{301}ig   Ünit"),
        ("trigram", "zu  viel  Raum", "viel raum", "zu  [viel]  [Raum]"),
        ("keyword", "ISBN 0-19", "\"isbn 0-19\"", "[ISBN 0-19]"),
        ("simple", "Größe der GRÖSSE", "größe", "[Größe] der GRÖSSE"),
        ("english", "state-of-the-art e-mail", "e-mail", "state-of-the-art [e-mail]"),
    ])
    func `every analyzer finds its words again`(
        analyzer: String, text: String, query: String, expected: String
    ) throws {
        let query: SearchExpression =
            expected.contains("[") ? .typed(query) : .typed("always")
        let snippet = try snippet(text, query, analyzer: analyzer, length: nil)
        #expect(snippet.text(opening: "[", closing: "]") == expected)
    }

    @Test func `the best fragments are shown, cut between words`() throws {
        let filler = String(repeating: "nothing of note happens here. ", count: 20)
        let text =
            filler + "A spring of hot water. " + filler
            + "Tufa grows where the hot spring meets cold water. " + filler + "Water again."
        let one = try snippet(text, .typed("hot spring water OR tufa"), length: 60)
        #expect(one.fragments.count == 1)
        let shown = one.text(opening: "[", closing: "]")
        #expect(shown.contains("[Tufa] grows where the [hot] [spring]"), "\(shown)")
        #expect(shown.hasPrefix("…") && shown.hasSuffix("…"))
        let three = try snippet(text, .typed("water"), length: 40, count: 3)
        #expect(three.fragments.count == 3)
        #expect(three.fragments.allSatisfy { $0.highlights.count == 1 && $0.text.count <= 60 })
        #expect(three.fragments.last?.isCutBehind == false)
        let words = Set(text.split(separator: " ").map(String.init))
        for fragment in three.fragments {
            #expect(text.contains(fragment.text))
            #expect(fragment.text.split(separator: " ").allSatisfy { words.contains(String($0)) })
        }
    }

    @Test func `markup in a text is no markup in a snippet`() throws {
        let text = "<b>alert('tufa & \"lime\"')</b>"
        let snippet = try snippet(text, .typed("lime"), length: nil)
        #expect(
            snippet.html()
                == "&lt;b&gt;alert(&#39;tufa &amp; &quot;<mark>lime</mark>&quot;&#39;)&lt;/b&gt;"
        )
    }

    @Test(arguments: [
        "", "é", "日本語の文章は空白なしで書かれる日本語の文章は空白なしで書かれる", "\u{0}\u{1}",
        "tufa", "tufa×500", "tufa ×5000",
        "🌋🌋🌋 tufa 🌋🌋🌋🌋🌋🌋🌋🌋🌋🌋🌋🌋🌋🌋🌋🌋🌋🌋🌋🌋🌋🌋🌋🌋🌋🌋🌋🌋🌋🌋🌋🌋",
    ])
    func `any text has a snippet`(text: String) throws {
        let parts = text.split(separator: "×").map(String.init)
        let text =
            parts.count == 2 ? String(repeating: parts[0], count: Int(parts[1]) ?? 0) : text
        for length in [1, 16, 20, 100] {
            for count in [1, 3] {
                let snippet = try snippet(
                    text, .any([.phrase("tufa"), .phrase("always")]), length: length,
                    count: count)
                #expect(!snippet.fragments.isEmpty && snippet.fragments.count <= count)
                for fragment in snippet.fragments {
                    #expect(text.utf8.count == 0 || text.contains(fragment.text))
                    #expect(!fragment.text.unicodeScalars.contains("\u{FFFD}"))
                    var last = 0
                    for range in fragment.highlights {
                        #expect(range.lowerBound >= last && !range.isEmpty)
                        #expect(range.upperBound <= fragment.text.utf8.count)
                        last = range.upperBound
                    }
                }
            }
        }
    }
}
