import Testing

@testable import TufaModel

struct LikePatternTests {
    /// The definition of LIKE, by trying everything.
    func naive(_ text: Substring.UnicodeScalarView, _ pattern: Substring.UnicodeScalarView) -> Bool
    {
        guard let first = pattern.first else { return text.isEmpty }
        let rest = pattern.dropFirst()
        switch first {
        case "%":
            return naive(text, rest) || (!text.isEmpty && naive(text.dropFirst(), pattern))
        case "_": return !text.isEmpty && naive(text.dropFirst(), rest)
        case "\\" where !rest.isEmpty:
            return text.first == rest.first && naive(text.dropFirst(), rest.dropFirst())
        default: return text.first == first && naive(text.dropFirst(), rest)
        }
    }

    @Test(arguments: 0..<10)
    func agreesWithTheDefinition(_ seed: UInt64) {
        var random = SeededGenerator(seed)
        for _ in 0..<2_000 {
            let text = (0..<random.below(7)).map { _ in random.pick(["a", "b", "%", "é"]) }.joined()
            let pattern = (0..<random.below(7)).map { _ in
                random.pick(["a", "b", "%", "_", "\\", "é"])
            }.joined()
            #expect(
                LikePattern.matches(text, pattern)
                    == naive(text[...].unicodeScalars, pattern[...].unicodeScalars),
                "\(text) LIKE \(pattern)")
        }
    }

    @Test func manyRunsAreNotExponential() {
        let text = String(repeating: "a", count: 5_000)
        #expect(!LikePattern.matches(text, String(repeating: "%a", count: 40) + "%b"))
    }
}
