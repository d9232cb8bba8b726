import Testing

@testable import TufaSearch

@Suite struct TokenizerTests {
    @Test(
        "Words are runs of letters and digits, in lower case",
        arguments: [
            ("", []),
            ("   \t\n", []),
            ("?!… — «»", []),
            ("Hello, World", ["hello", "world"]),
            ("don't O'Brien dog's", ["don", "t", "o", "brien", "dog", "s"]),
            ("don’t", ["don", "t"]),
            ("state-of-the-art", ["state", "of", "the", "art"]),
            ("foo_bar a/b x@y.com", ["foo", "bar", "a", "b", "x", "y", "com"]),
            ("3.14 1e5 2nd -7 1,000", ["3", "14", "1e5", "2nd", "7", "1", "000"]),
            ("a\0b", ["a", "b"]),
            ("Z[@`{/:", ["z"]),
        ] as [(String, [String])])
    func ascii(_ text: String, _ words: [String]) {
        #expect(tokenize(text) == words)
    }

    @Test(
        "Letters, marks and digits of every script make words",
        arguments: [
            ("Été ÀÉÎ", ["été", "àéî"]),
            ("e\u{301}te\u{301} x", ["e\u{301}te\u{301}", "x"]),
            ("Straße GROẞ", ["straße", "groß"]),
            ("ΣΊΣΥΦΟΣ", ["σίσυφοσ"]),
            ("İstanbul", ["i\u{307}stanbul"]),
            ("ЩИ да Каша", ["щи", "да", "каша"]),
            ("日本語、テスト。漢字abc", ["日本語", "テスト", "漢字abc"]),
            ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
            ("٣٤ Ⅷ ½ m²", ["٣٤", "ⅷ", "m"]),
            ("𝒜𐐀", ["𝒜𐐨"]),
            ("🙂 ok👍🏽ok 👩‍👩‍👧 🇪🇺", ["ok", "ok"]),
            ("❤️ 1️⃣", ["1"]),
            ("\u{301}a\u{301}", ["a\u{301}"]),
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

    @Test("Only scalars of the class for capitals have another lower case")
    func scalarClasses() {
        var changedCount = 0
        for value in UInt32(0x80)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let scalarClass = ScalarClass(scalar)
            if scalarClass != .letter && scalarClass != .mark { continue }
            if scalar.properties.changesWhenLowercased { changedCount += 1 }
        }
        #expect(changedCount == 0)
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
