import Testing

@testable import TufaSearch

@Suite struct EnglishStemmerTests {
    @Test("Every word of the sample has its stem", arguments: StemPair.sample)
    func sample(_ pair: StemPair) {
        #expect(stem(pair.word) == pair.stem)
    }

    @Test("The sample is large enough to reach every rule")
    func sampleSize() {
        #expect(StemPair.sample.count >= 200)
    }

    @Test(
        "Every word of Snowball's vocabulary has its stem",
        .enabled(if: SnowballData.isInstalled, SnowballData.notice))
    func vocabulary() throws {
        let pairs = try SnowballData.pairs()
        #expect(pairs.count >= 29_417)
        let wrong = pairs.filter { stem($0.word) != $0.stem }
        #expect(wrong.isEmpty, "\(wrong.count) of \(pairs.count) differ: \(wrong.prefix(20))")
    }

    @Test(
        "Words of fewer than three characters stay as they are",
        arguments: ["", "a", "s", "is", "ed", "'s", "''", "é", "ñy", "日本", "𝒂𝒃"])
    func short(_ word: String) {
        #expect(stem(word) == word)
    }

    @Test(
        "Apostrophes at either end go, inner ones stay",
        arguments: [
            ("'''", "'"), ("'ed", "ed"), ("'s'", "s"), ("''s", ""), ("dog's'", "dog"),
            ("d'artagnan's", "d'artagnan"), ("'skis", "skis"),
        ])
    func apostrophes(_ word: String, _ expected: String) {
        #expect(stem(word) == expected)
    }

    @Test(
        "Letters outside ASCII are consonants of one character",
        arguments: [
            ("naïve", "naïv"), ("cafés", "café"), ("caéing", "caée"), ("éies", "éie"),
            ("ééies", "ééi"), ("éyed", "éy"), ("aéing", "aée"), ("straßen", "straßen"),
        ])
    func nonASCII(_ word: String, _ expected: String) {
        #expect(stem(word) == expected)
    }

    @Test("A very long word loses its ending and nothing else")
    func veryLong() {
        let body = String(repeating: "banana", count: 20_000)
        #expect(stem(body + "ing") == body)
        let consonants = String(repeating: "b", count: 100_000)
        #expect(stem(consonants + "ing") == consonants + "ing")
    }

    @Test("No bytes trap, none are written beyond the word, and a stem never grows")
    func anyBytes() {
        var random = SeededGenerator(seed: 41)
        let letters = Array("aeiouydeginlsty'Y\u{E9}".utf8) + [0x00, 0x80, 0xC3, 0xFF]
        for _ in 0..<50_000 {
            let count = Int.random(in: 0...14, using: &random)
            var bytes = (0..<count).map { _ in letters.randomElement(using: &random) ?? 0 }
            bytes += [0xEE, 0xEE]
            let length = bytes.withUnsafeMutableBufferPointer {
                EnglishStemmer().stem(UnsafeMutableBufferPointer(rebasing: $0.prefix(count)))
            }
            #expect(length <= count && bytes.suffix(2) == [0xEE, 0xEE])
        }
    }

    /// The stem of a word, through a buffer of exactly its length.
    private func stem(_ word: String) -> String {
        var bytes = Array(word.utf8)
        let count = bytes.withUnsafeMutableBufferPointer { EnglishStemmer().stem($0) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
