import Testing

@testable import TufaSearch

@Suite struct AnalyzerTests {
    @Test(
        "Terms and positions are those of PostgreSQL's to_tsvector",
        arguments: [
            ("", ""),
            ("the and of", ""),
            ("The quick brown foxes jumped", "quick:2 brown:3 fox:4 jump:5"),
            ("the cat sat on the mat", "cat:2 sat:3 mat:6"),
            ("don't stop", "stop:3"),
            ("the cat's whiskers", "cat:2 whisker:4"),
            ("running runs 3 2nd 1990s", "run:1 run:2 3:3 2nd:4 1990s:5"),
            ("a1b2s cats2 cats", "a1b2s:1 cats2:2 cat:3"),
            ("naïve café ΑΒΓΣ", "naïv:1 café:2 αβγσ:3"),
            ("aé caéd caéing", "aé:1 caéd:2 caée:3"),
            ("foo_bar", "foo:1 bar:2"),
            ("Yes, YOUTHFUL yachting by the sky", "yes:1 youth:2 yacht:3 sky:6"),
        ])
    func terms(_ text: String, _ expected: String) {
        #expect(analyze(text) == expected)
    }

    @Test(
        "What PostgreSQL sees as one token is one",
        arguments: [
            ("state-of-the-art", "state-of-the-art:1 state:2 art:5"),
            ("Running-shoes 3-times", "running-sho:1 run:2 shoe:3 3:4 time:5"),
            ("abc-1a shoes", "abc-1a:1 abc:2 1a:3 shoe:4"),
            ("3.14", "3.14:1"),
            ("Houses@examples.com", "houses@examples.com:1"),
            (
                "http://examples.com/houses runs",
                "examples.com/houses:1 examples.com:2 /houses:3 run:4"
            ),
        ])
    func tokens(_ text: String, _ expected: String) {
        #expect(analyze(text) == expected)
    }

    @Test("A buffer is reused, grows with its texts and keeps nothing of the last one")
    func reuse() {
        let analyzer = Analyzer()
        var tokens = TokenBuffer()
        for count in [3, 5000, 0, 20_000, 1] {
            let text = (0..<count).map { "word\($0)" }.joined(separator: " ")
            analyzer.analyze(text, into: &tokens)
            #expect(tokens.count == count)
            for index in 0..<count {
                #expect(tokens.text(tokens[index]) == "word\(index)")
                #expect(tokens[index].position == index + 1)
            }
        }
    }

    @Test("Positions stop at the greatest one")
    func positions() {
        let limit = Int(TokenBuffer.maximumPosition)
        let text = Array(repeating: UInt8(ascii: "i"), count: 1) + [UInt8(ascii: " ")]
        var bytes = [UInt8]()
        for _ in 0..<(limit - 1) { bytes += text }
        bytes += Array("cat dog bird".utf8)
        var tokens = TokenBuffer()
        bytes.withUnsafeBytes { Analyzer().analyze($0, into: &tokens) }
        let positions = (0..<tokens.count).map { tokens[$0].position }
        #expect(positions == [UInt32](repeating: TokenBuffer.maximumPosition, count: 3))
    }

    /// If this fails, the analyzer makes other terms than before: give it a new version.
    @Test("The identity of the English analyzer stands for what it does")
    func identity() {
        #expect(AnalyzerID.english.description == "english@4")
        #expect(AnalyzerID.english.fingerprint == 3_795_824_939_579_981_547)
        let terms = StemPair.sample.map(\.word).joined(separator: " ")
        let digest = analyze(terms + " Été 日本語 🙂 x1").utf8
            .reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1) }
        #expect(digest == 11_339_963_598_335_553_798)
    }

    @Test("Name, version and rules each make another fingerprint")
    func fingerprints() {
        let ids = [
            AnalyzerID(name: "a", version: 1, rules: "r"),
            AnalyzerID(name: "b", version: 1, rules: "r"),
            AnalyzerID(name: "a", version: 2, rules: "r"),
            AnalyzerID(name: "a", version: 1, rules: "s"),
        ]
        #expect(Set(ids.map(\.fingerprint)).count == 4)
    }

    private func analyze(_ text: String) -> String {
        var tokens = TokenBuffer()
        Analyzer().analyze(text, into: &tokens)
        return (0..<tokens.count)
            .map { "\(tokens.text(tokens[$0])):\(tokens[$0].position)" }
            .joined(separator: " ")
    }
}
