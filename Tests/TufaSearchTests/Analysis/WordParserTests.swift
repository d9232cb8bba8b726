import Testing

@testable import TufaSearch

@Suite struct WordParserTests {
    @Test(
        "Words, numbers and what they are joined to",
        arguments: [
            ("", []),
            ("   \t\n", []),
            ("?!… — «»", []),
            ("Hello, World", ["hello", "world"]),
            ("don't O'Brien dog's", ["don", "t", "o", "brien", "dog", "s"]),
            ("don’t", ["don", "t"]),
            ("State-of-the-art", ["state-of-the-art", "state", "of", "the", "art"]),
            ("x-1 x-1a -x--y", ["x", "-1", "x-1a", "x", "1a", "x", "y"]),
            ("a-b-12 c", ["a-b", "a", "b", "12", "c"]),
            ("foo_bar a/b", ["foo", "bar", "a/b"]),
            (
                "3.14 1e5 2nd -7 +1.5 -2e-3 1,000",
                ["3.14", "1e5", "2nd", "-7", "+1.5", "-2e-3", "1", "000"]
            ),
            ("1.2.3 -1.2.3 1..2", ["1.2.3", "1.2.3", "1", "2"]),
            ("A@B.com a.b-c@x1.y.org a@b", ["a@b.com", "a.b-c@x1.y.org", "a", "b"]),
            ("www.xs4all.nl b.a xs4.a1b", ["www.xs4all.nl", "b.a", "xs4.a1b"]),
            ("a.com:80 a.com:x", ["a.com:80", "a.com", "x"]),
            (
                "https://Sub.example.com:8/p?q=1#f.",
                ["sub.example.com:8/p?q=1#f.", "sub.example.com:8", "/p?q=1#f."]
            ),
            ("a@b.com:80/x a@b.com:x", ["a@b.com:80", "/x", "a@b.com", "x"]),
            ("a.com/ b", ["a.com", "b"]),
            ("/usr/local/../x.h ../y ~z/w", ["/usr/local/../x.h", "/y", "z/w"]),
            ("../y", ["../y"]),
            ("~z/w", ["~z/w"]),
            ("lib.so.6 end. Next", ["lib.so", "6", "end", "next"]),
            ("<b class='x'>Bold</b> &amp; &#x20; &x a<b", ["bold", "x", "a", "b"]),
            ("<!-- no --> yes <!-- no", ["yes", "no"]),
            ("<script>no</script>yes<style a=b>no</style>", ["yes"]),
            ("<b\u{3000}no> <b no='x'\u{2003}>yes<b\u{A0}c>", ["yes", "b", "c"]),
            ("<script>no", []),
            ("<scripts>yes", ["yes"]),
            ("a\0b", ["a", "b"]),
            ("Z[@`{/:", ["z"]),
        ] as [(String, [String])])
    func ascii(_ text: String, _ words: [String]) {
        #expect(tokenize(text) == words)
    }

    @Test("A host is looked for within its longest length, however long the text is")
    func longLookAhead() {
        let tail = String(repeating: "1-a-", count: 100_000)
        let words = tokenize("a-" + tail + ".com")
        #expect(words.count > 100_000)
        #expect(tokenize(String(repeating: "<!--", count: 200_000)).isEmpty)
        let label = String(repeating: "x", count: 200)
        #expect(tokenize("\(label)_b.com") == ["\(label)_b.com"])
        #expect(
            tokenize("\(label)\(label)_b.com") == [String(repeating: "x", count: 255), "b.com"])
    }

    @Test(
        "Letters, marks and digits of every script make words",
        arguments: [
            ("Été ÀÉÎ", ["été", "àéî"]),
            ("e\u{301}te\u{301} x\u{301}", ["été", "x\u{301}"]),
            ("Straße GROẞ", ["straße", "groß"]),
            ("ΣΊΣΥΦΟΣ Σίσυφος", ["σίσυφοσ", "σίσυφοσ"]),
            ("İstanbul", ["istanbul"]),
            ("ЩИ да Каша", ["щи", "да", "каша"]),
            ("日本語、テスト。漢字abc", ["日本語", "テスト", "漢字abc"]),
            ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
            ("٣٤ Ⅷ ½ m²", ["٣٤", "ⅷ", "m"]),
            ("𝒜𐐀", ["𝒜𐐨"]),
            ("🙂 ok👍🏽ok 👩‍👩‍👧 🇪🇺", ["ok", "ok"]),
            ("❤️ 1️⃣", ["1"]),
            ("\u{301}a\u{301}", ["á"]),
            (
                "soft\u{AD}hyphen zero\u{200B}width jo\u{200D}in",
                [
                    "softhyphen", "zero", "width", "join",
                ]
            ),
            ("a\u{A0}b\u{3000}c\u{2014}d", ["a", "b", "c", "d"]),
        ] as [(String, [String])])
    func unicode(_ text: String, _ words: [String]) {
        #expect(tokenize(text) == words)
    }

    @Test(
        "Bytes that are not UTF-8 part words",
        arguments: [
            ([0x61, 0xFF, 0x62], ["a", "b"]),
            ([0x61, 0x80, 0x80, 0x62], ["a", "b"]),
            ([0x61, 0xC3], ["a"]),
            ([0xC3, 0xA9, 0xC3, 0x28, 0x61], ["é", "a"]),
            ([0xE6, 0x97, 0x61, 0xE6], ["a"]),
            ([0xF0, 0x9F, 0x99], []),
            ([0xED, 0xA0, 0x80, 0x61], ["a"]),
            ([0xC0, 0xAF, 0x61], ["a"]),
            ([0xF5, 0x80, 0x80, 0x80, 0x61], ["a"]),
            ([0xEF, 0xBB, 0xBF, 0x61], ["a"]),
        ] as [([UInt8], [String])])
    func invalid(_ bytes: [UInt8], _ words: [String]) {
        #expect(tokenize(bytes) == words)
    }

    @Test("A long word is cut between two characters, and its rest is dropped")
    func longWords() {
        let limit = TokenBuffer.maximumTermByteCount
        let ascii = String(repeating: "x", count: limit)
        #expect(tokenize(ascii + " y") == [ascii, "y"])
        #expect(tokenize(ascii + "zzz y") == [ascii, "y"])
        #expect(tokenize(ascii + "éz日 y") == [ascii, "y"])
        #expect(tokenize(ascii + "\u{FF} y".replacing("\u{FF}", with: "…") + "z") == [ascii, "yz"])
        let almost = String(repeating: "x", count: limit - 1)
        #expect(tokenize(almost + "éz y") == [almost, "y"])
        #expect(tokenize(almost + "ééz y") == [almost, "y"])
        #expect(tokenize(almost + "zé y") == [almost + "z", "y"])
        let ideographs = String(repeating: "語", count: 1000)
        #expect(tokenize(ideographs + ",y") == [String(repeating: "語", count: 85), "y"])
        let growing = String(repeating: "Ⱥ", count: 200)
        #expect(tokenize(growing) == [String(repeating: "ⱥ", count: 85)])
    }

    @Test("Random bytes never trap and give words of bounded length")
    func randomBytes() throws {
        var random = SeededGenerator(seed: 5)
        let analyzer = Analyzer()
        var tokens = TokenBuffer()
        let seeds: [UInt8] = [
            0x20, 0x41, 0x61, 0x65, 0x73, 0x30, 0xC3, 0xA9, 0xE6, 0x97, 0xF0, 0x9F,
        ]
        for round in 0..<20_000 {
            let count = Int.random(in: 0...(round % 100 == 0 ? 3000 : 40), using: &random)
            let bytes = (0..<count).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random)
                    : seeds.randomElement(using: &random) ?? 0
            }
            bytes.withUnsafeBytes { analyzer.tokenize($0, into: &tokens) }
            for index in 0..<tokens.count {
                let token = tokens[index]
                let term = Array(tokens.term(token))
                try #require(!term.isEmpty && term.count <= TokenBuffer.maximumTermByteCount)
                try #require(String(validating: term, as: UTF8.self) != nil)
                try #require(token.position == index + 1)
            }
        }
    }

    private func tokenize(_ text: String) -> [String] { tokenize(Array(text.utf8)) }

    private func tokenize(_ bytes: [UInt8]) -> [String] {
        var tokens = TokenBuffer()
        bytes.withUnsafeBytes { Analyzer().tokenize($0, into: &tokens) }
        return (0..<tokens.count).map { tokens.text(tokens[$0]) }
    }
}
