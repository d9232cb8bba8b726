import Testing
import Tufa
import TufaModel
import TufaTesting

/// Words between spaces, with the ranges that a function gives for each.
private struct RangeAnalyzer: TextAnalyzer {
    let name = "ranges"
    let version: UInt32 = 1
    let range: @Sendable (Range<Int>) -> Range<Int>?

    func analyze(_ text: Span<UInt8>, into terms: inout TermSink) {
        var start = 0
        for index in 0...text.count where index == text.count || text[index] == 0x20 {
            if start < index {
                terms.append(text.extracting(start..<index), at: range(start..<index))
            }
            start = index + 1
        }
    }
}

/// Words between spaces; what stands behind a slash is another word for the same thing.
private struct SynonymAnalyzer: TextAnalyzer {
    let name = "ranges"
    let version: UInt32 = 1

    func analyze(_ text: Span<UInt8>, into terms: inout TermSink) {
        var start = 0
        var step = 1
        for index in 0...text.count
        where index == text.count || text[index] == 0x20 || text[index] == UInt8(ascii: "/") {
            let term = text.extracting(start..<index)
            terms.append(term, advancing: step, at: start..<index)
            step = index < text.count && text[index] == 0x20 ? 1 : 0
            start = index + 1
        }
    }
}

/// Snippets of an index with an analyzer of the program.
struct OwnHighlightTests {
    private func snippets(
        _ text: String, _ analyzer: any TextAnalyzer, _ query: SearchExpression,
        _ shapes: [SnippetShape]
    ) throws -> [Snippet] {
        let world = InMemoryWorld()
        var options = DatabaseOptions()
        options.analyzers = [analyzer]
        let db = try Database.create(
            "db", world.environment, InMemoryWorld.logOptions, options,
            DDLParser.parse(
                """
                CREATE TABLE notes (id UUID PRIMARY KEY, text TEXT, more TEXT);
                CREATE INDEX words ON notes
                    USING gin (to_tsvector('ranges', text || ' ' || more));
                """))
        try db.writeBlocking { tx in
            _ = try tx.insert("notes", ["text": .text(text), "more": .text("always")])
        }
        var shape = SearchShape(table: "notes", .expression(query))
        shape.snippets = shapes
        return try #require(try db.view().search(shape).hits.first).snippets
    }

    private func marked(
        _ text: String, _ query: String, _ range: @escaping @Sendable (Range<Int>) -> Range<Int>?
    ) throws -> String {
        try snippets(
            text, RangeAnalyzer(range: range), .typed(query),
            [SnippetShape(field: 0, length: nil)])[0].text(opening: "[", closing: "]")
    }

    @Test func `words are marked where the program says that they stand`() throws {
        let text = "rock <b> größe rock"
        #expect(try marked(text, "rock") { $0 } == "[rock] <b> größe [rock]")
        #expect(try marked(text, "größe") { $0 } == "rock <b> [größe] rock")
        #expect(try marked(text, "\"größe rock\"") { $0 } == "rock <b> [größe] [rock]")
        #expect(try marked(text, "gr* <b>") { $0 } == "rock [<b>] [größe] rock")
        #expect(try marked(text, "always") { $0 } == text)
        // Some are told and others are not.
        #expect(
            try marked(text, "rock") { $0.lowerBound > 0 ? $0 : nil } == "rock <b> größe [rock]")
        #expect(try marked(text, "rock größe") { _ in nil } == text)
    }

    @Test func `a range that cannot be is none, and one that cuts a character is mended`() throws {
        let text = "a größe  ö b"
        for outside in [-1..<3, 0..<99, 99..<100, 15..<16, Int.min..<Int.max, 3..<3, 1..<2, 9..<11]
        {
            #expect(try marked(text, "größe") { _ in outside } == text, "\(outside)")
        }
        #expect(try marked(text, "größe") { _ in 4..<5 } == "a gr[ö]ße  ö b")
        #expect(try marked(text, "größe") { _ in 5..<7 } == "a gr[öß]e  ö b")
        #expect(try marked(text, "größe") { _ in 1..<12 } == "a [größe  ö] b")
        #expect(try marked(text, "größe") { _ in 0..<text.utf8.count } == "[a größe  ö b]")
    }

    @Test(arguments: [
        ("rock", "[rock/stone] and [stone]"), ("stone", "[rock/stone] and [stone]"),
        ("and", "rock/stone [and] stone"), ("\"stone and\"", "[rock/stone] [and] stone"),
    ])
    func `of terms in one place the bytes of all are marked`(
        query: String, expected: String
    ) throws {
        let query: SearchExpression =
            query == "rock" ? .any([.phrase("rock"), .phrase("stone")]) : .typed(query)
        let snippet = try snippets(
            "rock/stone and stone", SynonymAnalyzer(), query, [SnippetShape(field: 0, length: nil)])
        #expect(snippet[0].text(opening: "[", closing: "]") == expected)
    }

    /// Whatever a program says, a snippet is cut between characters and escaped.
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func `no range breaks a snippet`(seed: UInt64) throws {
        var chance = SplitMix(state: seed)
        let pieces = ["rock", "größe", "🌋", "<b>", "&", "\"", " ", "  ", ".", "é", "日本", "\n"]
        for _ in 0..<25 {
            let text = (0..<1 + chance.below(60)).map { _ in
                pieces[chance.below(pieces.count)] + (chance.below(3) == 0 ? " " : "")
            }.joined()
            let wild = chance.next()
            let byteCount = text.utf8.count
            let analyzer = RangeAnalyzer { range in
                var chance = SplitMix(state: wild ^ UInt64(range.lowerBound))
                switch chance.below(6) {
                case 0: return nil
                case 1: return range
                case 2:
                    let ends = [chance.below(byteCount + 9) - 4, chance.below(byteCount + 9) - 4]
                    return min(ends[0], ends[1])..<max(ends[0], ends[1])
                default:
                    let start = max(0, range.lowerBound - chance.below(4))
                    return start..<min(byteCount, start + chance.below(12))
                }
            }
            let shapes = [
                SnippetShape(field: 0, length: nil), SnippetShape(field: 0, length: 1),
                SnippetShape(field: 0, length: 20, count: 4),
                SnippetShape(field: 0, length: 60, count: 2),
            ]
            let query = SearchExpression.any(
                [.phrase("always")] + ["r", "g", "<", "🌋", "é"].map { .prefix($0) })
            let snippets = try snippets(text, analyzer, query, shapes)
            for snippet in snippets { check(snippet, of: text) }
            let html = snippets[0].html()
            let bare = html.replacing("<mark>", with: "").replacing("</mark>", with: "")
            #expect(!bare.contains("<") && !bare.contains(">"))
            #expect(snippets[0].fragments.map(\.text) == [text])
        }
    }

    private func check(_ snippet: Snippet, of text: String) {
        let bytes = Array(text.utf8)
        var at = 0
        #expect(!snippet.fragments.isEmpty)
        for fragment in snippet.fragments {
            let part = Array(fragment.text.utf8)
            #expect(!fragment.text.unicodeScalars.contains("\u{FFFD}"))
            // Fragments come in the order of the text and do not overlap.
            let start = bytes[at...].indices.first { bytes[$0...].starts(with: part) }
            #expect(start != nil, "\(snippet.fragments.map(\.text)) of \(text)")
            at = (start ?? at) + part.count
            var last = -1
            for range in fragment.highlights {
                #expect(range.lowerBound > last && !range.isEmpty && range.upperBound <= part.count)
                last = range.upperBound
                #expect(part[range.lowerBound] & 0xC0 != 0x80)
                #expect(last == part.count || part[last] & 0xC0 != 0x80)
            }
        }
    }
}
