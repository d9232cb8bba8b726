import Testing

@testable import TufaSearch

@Suite struct WebSearchParserTests {
    @Test(
        "Words, phrases, OR, exclusion and prefixes",
        arguments: [
            ("", .nothing),
            ("cats", .term("cat")),
            ("fat cats", .and([.term("fat"), .term("cat")])),
            ("fat or cats", .or([.term("fat"), .term("cat")])),
            (
                "fat OR rats cats",
                .or([.term("fat"), .and([.term("rat"), .term("cat")])])
            ),
            ("\"fat cats\"", .phrase(["fat", "cat"])),
            ("\"the cat sat on the mat\"", .phrase(["cat", "sat", nil, nil, "mat"])),
            ("“fat cats” „rat”", .and([.phrase(["fat", "cat"]), .term("rat")])),
            ("-cats", .not(.term("cat"))),
            ("fat -\"big rats\"", .and([.term("fat"), .not(.phrase(["big", "rat"]))])),
            ("Runn*", .prefix("runn")),
            ("running*", .prefix("running")),
            ("the*", .prefix("the")),
            ("-run* fat", .and([.not(.prefix("run")), .term("fat")])),
            ("É*", .prefix("é")),
            ("foo-bars*", .prefix("foo-bars")),
            ("-a-b-c*", .not(.prefix("a-b-c"))),
            ("state-of-the-art*", .prefix("state-of-the-art")),
            ("big,fat_cat*", .and([.phrase(["big", "fat"]), .prefix("cat")])),
            ("www.exa* x@y.c*", .and([.prefix("www.exa"), .term("x"), .prefix("y.c")])),
            ("(runs*)", .prefix("runs")),
            ("runs**,", .prefix("runs")),
            ("run*ning", .phrase(["run", "ning"])),
            ("*", .nothing),
            ("* run", .term("run")),
            ("\"run*\"", .term("run")),
            ("\u{301}*", .nothing),
        ] as [(String, SearchQuery)])
    func trees(_ text: String, _ expected: SearchQuery) {
        #expect(parse(text) == expected)
    }

    @Test("A text of plain words means what its words mean, one by one", arguments: [1, 2, 3])
    func plainWordsAreAsOthers(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let words = [
            "the", "a", "or", "OR", "oR", "for", "o", "r", "cats", "Cat", "running", "ran", "www",
            "http", "x", "generalization", "it", "not", "and", "ors", "nor", "to",
        ]
        var plainCount = 0
        for analyzer in [Analyzer(), try #require(Analyzer.named("simple"))] {
            let parser = WebSearchParser(analyzer: analyzer)
            for _ in 0..<2000 {
                let count = Int.random(in: 0...9, using: &generator)
                var text = ""
                for _ in 0..<count {
                    text += words.randomElement(using: &generator) ?? ""
                    text += String(repeating: " ", count: Int.random(in: 0...2, using: &generator))
                }
                guard let plain = parser.plainWords(text) else { continue }
                plainCount += 1
                #expect(plain == parser.parseWhole(text), "\(text)")
            }
            for text in ["cat's", "cat-fish", "caf\u{E9}", "3d", "cat*", "-cat", "a.b", "x\ty"] {
                #expect(parser.plainWords(text) == nil, "\(text)")
            }
            #expect(parser.plainWords(String(repeating: "ab ", count: 50)) == nil)
        }
        #expect(plainCount > 1000)
    }

    @Test("A phrase of plain words means what it means to the whole parser", arguments: [1, 2, 3])
    func plainPhrasesAreAsOthers(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let words = ["the", "a", "OR", "cats", "Cat", "running", "www", "http", "x", "not", "to"]
        var phraseCount = 0
        for analyzer in [Analyzer(), try #require(Analyzer.named("simple"))] {
            let parser = WebSearchParser(analyzer: analyzer)
            for _ in 0..<2000 {
                // Single letters reach the limit of words.
                let isLong = Int.random(in: 0..<20, using: &generator) == 0
                let count = isLong ? 63 : Int.random(in: 0...7, using: &generator)
                var text = "\""
                for _ in 0..<count {
                    text += isLong ? "q" : words.randomElement(using: &generator) ?? ""
                    let spaceCount = isLong ? 1 : Int.random(in: 0...2, using: &generator)
                    text += String(repeating: " ", count: spaceCount)
                }
                text += "\""
                guard let plain = parser.plainPhrase(text) else { continue }
                phraseCount += 1
                #expect(plain == parser.parseWhole(text), "\(text)")
            }
            for text in [
                "", "\"", "cat", "\"cat", "cat\"", "\"a\" b\"", "-\"cat\"", "\"cat*\"", "\"3d\"",
                "\"caf\u{E9}\"", "\u{201C}cat\u{201D}", "\"a\tb\"",
            ] {
                #expect(parser.plainPhrase(text) == nil, "\(text)")
            }
            #expect(parser.plainPhrase("\"" + String(repeating: "ab ", count: 50) + "\"") == nil)
        }
        #expect(phraseCount > 1000)
    }

    @Test(
        "What PostgreSQL 15's websearch_to_tsquery says, word for word",
        arguments: [
            ("foo bar", "'foo' & 'bar'"),
            ("foo OR bar baz", "'foo' | 'bar' & 'baz'"),
            ("foo oR bar", "'foo' | 'bar'"),
            ("or foo", "'foo'"),
            ("foo or", "'foo'"),
            ("foo or or bar", "'foo' | 'bar'"),
            ("foo or -bar", "'foo' | !'bar'"),
            ("foo orbar", "'foo' & 'orbar'"),
            ("foo or_bar", "'foo' & 'bar'"),
            ("foo or.bar", "'foo' | 'bar'"),
            ("foo or(bar)", "'foo' | 'bar'"),
            ("foo or\"bar\"", "'foo' | 'bar'"),
            ("foo or \"", "'foo'"),
            ("foo\tor\nbar", "'foo' | 'bar'"),
            ("foo or the or bar", "'foo' | 'bar'"),
            ("foo the or bar", "'foo' | 'bar'"),
            ("the or foo", "'foo'"),
            ("foo,or,bar", "'foo' <2> 'bar'"),
            ("foo -", "'foo'"),
            ("-\"foo bar\"", "!( 'foo' <-> 'bar' )"),
            ("\"foo bar", "'foo' <-> 'bar'"),
            ("foo\"bar baz\"", "'foo' & 'bar' <-> 'baz'"),
            ("\"foo\"-bar", "'foo' & !'bar'"),
            ("\"foo\"or bar", "'foo' | 'bar'"),
            ("\"foo\" \"bar\"", "'foo' & 'bar'"),
            ("\"\" foo", "'foo'"),
            ("foo_bar", "'foo' <-> 'bar'"),
            ("don't", "nothing"),
            ("dog's", "'dog'"),
            ("o'brien", "'o' <-> 'brien'"),
            ("\"the cat sat on the mat\"", "'cat' <-> 'sat' <3> 'mat'"),
            ("\"cat in the\"", "'cat'"),
            ("-the", "nothing"),
            ("foo -the", "'foo'"),
            ("(foo or bar) baz", "'foo' | 'bar' & 'baz'"),
            ("-(foo bar)", "!'foo' & 'bar'"),
            ("(-foo)", "!'foo'"),
            ("or", "nothing"),
            ("and", "nothing"),
            ("the", "nothing"),
            ("-", "nothing"),
            ("\"", "nothing"),
            ("foo and bar", "'foo' & 'bar'"),
            ("foo-bar", "'foo-bar' <-> 'foo' <-> 'bar'"),
            ("\"foo-bar baz\"", "'foo-bar' <-> 'foo' <-> 'bar' <-> 'baz'"),
            ("foo.bar a/b 3.14 x@yy.com", "'foo.bar' & 'a/b' & '3.14' & 'x@yy.com'"),
            ("a.com/b", "'a.com/b' <-> 'a.com' <-> '/b'"),
            ("foo & bar | baz", "'foo' & 'bar' & 'baz'"),
            ("foo ! bar", "'foo' & 'bar'"),
            ("!foo", "'foo'"),
        ])
    func postgreSQL(_ text: String, _ expected: String) {
        #expect(parse(text).description == expected)
    }

    @Test(
        "Where a person means something else than PostgreSQL",
        arguments: [
            ("foo - bar", "'foo' & 'bar'"),
            ("- foo", "'foo'"),
            ("--foo", "'foo'"),
            ("---foo", "!'foo'"),
            ("foo foo", "'foo'"),
            ("foo:*", "'foo'"),
            ("foo\u{3000}or\u{A0}bar", "'foo' | 'bar'"),
            ("日本、東京 🙂", "'日本' <-> '東京'"),
        ])
    func people(_ text: String, _ expected: String) {
        #expect(parse(text).description == expected)
    }

    @Test("Words beyond the limit are ignored")
    func limit() {
        let words = (1...100).map { "w\($0)" }
        let terms = words.prefix(64).map { SearchQuery.term($0) }
        #expect(parse(words.joined(separator: " ")) == .and(terms))
        #expect(parse(words.joined(separator: " or ")) == .or(terms))
        #expect(parse("\"" + words.joined(separator: " ")) == .phrase(words.prefix(64).map { $0 }))
        let many = String(repeating: "the ", count: 5000)
        #expect(parse("\"x \(many) y\" z") == .term("x"))
        #expect(parse("\"\(many) y\" z") == .and([.term("y"), .term("z")]))
        #expect(parse("\(many) y z*") == .and([.term("y"), .prefix("z")]))
        let almost = words.prefix(63).joined(separator: " ")
        #expect(parse("\(almost) a1-b1* c1") == .and(terms.prefix(63) + [.prefix("a1-b1")]))
    }

    @Test("Any text gives a small, simple query", arguments: 0..<10)
    func garbage(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let parser = WebSearchParser(analyzer: Analyzer())
        for _ in 0..<1000 {
            let text = Self.garbage(using: &random)
            let query = parser.parse(text)
            try #require(query.wordCount <= WebSearchParser.maximumWordCount, "\(text)")
            try #require(query.depth <= 5, "\(text)")
            try #require(query == query.simplified(), "\(text)")
        }
    }

    private static func garbage(using random: inout SeededGenerator) -> String {
        let pieces = [
            " ", " ", "\"", "-", "(", ")", "*", "or", " OR ", "the", "cats", "run", "é", "日本", "🙂",
            "'", "’", "\u{301}", "\u{0}", "\u{200B}", "\u{FEFF}", "“", "x_y", "3.14", "|", "&", "!",
            "a-b", "\r\n", "\u{2028}",
        ]
        var text = ""
        for _
            in 0..<Int.random(
                in: 0...(Int.random(in: 0...9, using: &random) == 0 ? 400 : 25), using: &random)
        {
            if Int.random(in: 0...9, using: &random) == 0 {
                let value = UInt32.random(in: 0...0x10FFFF, using: &random)
                text.unicodeScalars.append(Unicode.Scalar(value) ?? "?")
            } else {
                text += pieces.randomElement(using: &random) ?? ""
            }
        }
        return text
    }

    private func parse(_ text: String) -> SearchQuery {
        WebSearchParser(analyzer: Analyzer()).parse(text)
    }
}
