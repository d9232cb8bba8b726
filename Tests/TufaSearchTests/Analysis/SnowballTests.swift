#if Snowball
    import Foundation
    import Testing

    @testable import TufaSearch

    @Suite struct SnowballTests {
        @Test("Each language has an analyzer with an identity of its own")
        func identities() throws {
            let prints = try Analyzer.snowballLanguages.map {
                try #require(Analyzer.named($0), "\($0)").id.fingerprint
            }
            #expect(Set(prints).count == Analyzer.snowballLanguages.count)
            #expect(Analyzer.named("porter") == nil)
        }

        @Test(
            "Words become stems, and keep their places",
            arguments: [
                ("german", "Die Häuser der Bücher", "die haus der buch"),
                ("french", "continuellement continuer", "continuel continu"),
                ("spanish", "las canciones 3.14", "las cancion 3.14"),
                ("russian", "красивая", "красив"),
                ("swedish", "flickornas", "flick"),
            ])
        func stems(language: String, text: String, expected: String) throws {
            let analyzer = try #require(Analyzer.named(language))
            var tokens = TokenBuffer()
            analyzer.analyze(text, into: &tokens)
            let terms = (0..<tokens.count).map { tokens.text(tokens[$0]) }
            #expect(terms.joined(separator: " ") == expected)
            #expect((0..<tokens.count).map { Int(tokens[$0].position) } == Array(1...tokens.count))
        }

        @Test("One buffer serves several languages in turn")
        func turns() throws {
            let german = try #require(Analyzer.named("german"))
            let french = try #require(Analyzer.named("french"))
            var tokens = TokenBuffer()
            for _ in 0..<3 {
                german.analyze("häuser", into: &tokens)
                #expect(tokens.text(tokens[0]) == "haus")
                french.analyze("continuer", into: &tokens)
                #expect(tokens.text(tokens[0]) == "continu")
            }
        }
    }
#endif
