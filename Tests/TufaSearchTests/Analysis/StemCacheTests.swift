import Testing

@testable import TufaSearch

/// Stems that a buffer remembers are those that the stemmer makes.
@Suite struct StemCacheTests {
    private let analyzer = Analyzer.english

    /// More words than the cache has places, of all lengths around what fits in one.
    private static let words: [String] = {
        var generator = SeededGenerator(seed: 11)
        let endings = ["", "s", "ing", "edly", "ies", "ational", "y", "eed", "é", "'s"]
        let made = (0..<6000).map { _ in
            let letters = (0..<Int.random(in: 1...14, using: &generator)).map { _ in
                "aeioubcdlmnrst".randomElement(using: &generator) ?? "a"
            }
            return String(letters) + (endings.randomElement(using: &generator) ?? "")
        }
        return made + StopWords.words.split(separator: " ").map(String.init)
            + StemPair.sample.map(\.word)
    }()

    private func terms(_ text: String, _ tokens: inout TokenBuffer) -> [String] {
        analyzer.analyze(text, into: &tokens)
        return (0..<tokens.count).map { "\(tokens.text(tokens[$0])):\(tokens[$0].position)" }
    }

    @Test func `a buffer that has met a word gives the terms of one that has not`() {
        var warm = TokenBuffer()
        _ = terms(String(repeating: "warming ", count: StemCache.wordsWithout + 1), &warm)
        let warmHasCache = warm.stems.isThere
        #expect(warmHasCache)
        // A word is met once, is there, has been driven out by another one, and is there again.
        var generator = SeededGenerator(seed: 12)
        for word in Self.words + Self.words.shuffled(using: &generator) {
            for _ in 0..<2 {
                var fresh = TokenBuffer()
                let expected = terms(word, &fresh)
                #expect(terms(word, &warm) == expected)
                let freshHasCache = fresh.stems.isThere
                #expect(!freshHasCache)
            }
        }
    }

    @Test func `positions count the stop words that a buffer remembers`() {
        var tokens = TokenBuffer()
        let text = "the running of the bulls"
        for _ in 0..<StemCache.wordsWithout {
            #expect(terms(text, &tokens) == ["run:2", "bull:5"])
        }
        let tokensHasCache = tokens.stems.isThere
        #expect(tokensHasCache)
    }

    @Test func `a buffer for a few words has no cache`() {
        var tokens = TokenBuffer()
        _ = terms(String(repeating: "word ", count: StemCache.wordsWithout), &tokens)
        let early = tokens.stems.isThere
        #expect(!early)
        _ = terms("another", &tokens)
        let late = tokens.stems.isThere
        #expect(late)
    }
}
