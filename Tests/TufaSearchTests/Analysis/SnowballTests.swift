#if Snowball
    import Testing

    @testable import TufaSearch

    @Suite struct SnowballTests {
        private func terms(_ text: String, _ language: String) throws -> [String] {
            let analyzer = try #require(Analyzer.named(language))
            var tokens = TokenBuffer()
            analyzer.analyze(text, into: &tokens)
            return (0..<tokens.count).map { tokens.text(tokens[$0]) }
        }

        /// The stem of a word as the library gives it, where it fits into a term.
        private func stem(_ word: String, _ stemmer: SnowballStemmer) -> String {
            var memory = [UInt8](repeating: 0xEE, count: TokenBuffer.maximumTermByteCount + 1)
            memory.replaceSubrange(0..<word.utf8.count, with: word.utf8)
            let count = memory.withUnsafeMutableBufferPointer { buffer in
                buffer.baseAddress.map { stemmer.stem($0, count: word.utf8.count) } ?? 0
            }
            #expect(memory[TokenBuffer.maximumTermByteCount] == 0xEE)
            return String(decoding: memory[..<count], as: UTF8.self)
        }

        @Test("Each language has an analyzer with an identity of its own")
        func identities() throws {
            let prints = try Analyzer.snowballLanguages.map {
                try #require(Analyzer.named($0), "\($0)").id.fingerprint
            }
            #expect(Set(prints).count == Analyzer.snowballLanguages.count)
            #expect(Set(Analyzer.names).isSuperset(of: Analyzer.snowballLanguages))
            #expect(Analyzer.named("porter") == nil && Analyzer.named("german2") == nil)
            // One of the language that is Tufa's own is not replaced.
            #expect(Analyzer.named("english")?.id == .english)
        }

        @Test("The stems of another library have another identity")
        func otherLibrary() throws {
            let ours = try #require(Analyzer.named("german")).id
            #expect(Analyzer.snowball("german", stems: SnowballLibrary.identity).id == ours)
            let theirs = Analyzer.snowball("german", stems: "build 00").id
            #expect(theirs.fingerprint != ours.fingerprint)
            #if os(Linux)
                let build = try #require(SnowballLibrary.buildID)
                #expect(SnowballLibrary.identity == "build \(build)" && build.count >= 16)
            #endif
        }

        @Test("The build is found among the notes of a file, and nowhere else")
        func notes() {
            let name = Array("GNU\0".utf8)
            let other: [UInt8] = [5, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0] + Array("Other\0\0\0".utf8)
            let notes =
                other + [9, 0, 0, 0] + [4, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0] + name + [7, 0, 0xAB]
            #expect(SnowballLibrary.buildID(inNotes: notes) == "0700ab")
            for count in 0..<notes.count {
                #expect(SnowballLibrary.buildID(inNotes: Array(notes[..<count])) == nil)
            }
            for index in notes.indices {
                var damaged = notes
                damaged[index] = 0xFF
                _ = SnowballLibrary.buildID(inNotes: damaged)
            }
        }

        @Test(
            "Words become stems, and keep their places",
            arguments: [
                ("german", "Die Häuser der Bücher", "die haus der buch"),
                ("french", "continuellement continuer", "continuel continu"),
                ("spanish", "las canciones 3.14", "las cancion 3.14"),
                ("russian", "красивая КРАСИВЫЕ", "красив красив"),
                ("swedish", "flickornas", "flick"),
                ("italian", "abbandonata", "abbandon"),
                ("finnish", "taloissa", "talo"),
                ("hungarian", "házakban", "ház"),
                ("portuguese", "quilométricas", "quilométr"),
                ("german", "Häuser haus@example.com", "haus haus@example.com"),
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

        @Test("One analyzer serves several threads, each with a buffer")
        func threads() async throws {
            let text = "Die Häuser der Bücher, die gelesen werden, stehen in den Städten"
            let expected = try terms(text, "german")
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        (0..<200).allSatisfy { _ in (try? terms(text, "german")) == expected }
                    }
                }
                for await isSame in group { #expect(isSame) }
            }
        }

        @Test(
            "Words of any length and letters have stems that fit",
            arguments: Analyzer.snowballLanguages)
        func anyWords(language: String) throws {
            let stemmer = try #require(SnowballStemmer(language))
            var random = SeededGenerator(seed: 43)
            let scalars = Array("aeiounrstlmcdgz'ßäéșğı".unicodeScalars) + language.alphabet
            for _ in 0..<2_000 {
                let isLong = Int.random(in: 0..<10, using: &random) == 0
                let limit = isLong ? TokenBuffer.maximumTermByteCount : 24
                var word = String.UnicodeScalarView()
                while let next = scalars.randomElement(using: &random),
                    String(word).utf8.count + String(next).utf8.count <= limit
                {
                    word.append(next)
                }
                let once = stem(String(word), stemmer)
                #expect(!once.isEmpty && !once.unicodeScalars.contains("\u{FFFD}"))
                #expect(stem(String(word), stemmer) == once)
            }
        }

        @Test(
            "Every word of Snowball's vocabularies has its stem",
            .enabled(if: SnowballData.hasLanguages, SnowballData.notice),
            arguments: Analyzer.snowballLanguages)
        func vocabulary(language: String) throws {
            // Debian has that of Arabic compressed, and that of Tamil is ten times as long.
            guard let pairs = try SnowballData.pairs(of: language, atMost: 50_000) else { return }
            let stemmer = try #require(SnowballStemmer(language))
            // An empty stem is no term. The list may be of another release than the library.
            let different = pairs.filter { stem($0.word, stemmer) != $0.stem && !$0.stem.isEmpty }
            let report = "\(language): \(different.count) of \(pairs.count) stems differ"
            #expect(different.count * 2 < pairs.count, "\(report)")
            if !different.isEmpty {
                Issue.record("\(report): \(different.prefix(5))", severity: .warning)
            }
            // Apostrophes and dashes part words, and some letters are folded before.
            let same = try pairs.filter { try terms($0.word, language) == [stem($0.word, stemmer)] }
            #expect(same.count * 100 >= pairs.count * 90)
        }
    }

    extension String {
        /// Letters of the script of a language that is not Latin.
        fileprivate var alphabet: [Unicode.Scalar] {
            let scripts: [String: ClosedRange<UInt32>] = [
                "arabic": 0x621...0x652, "armenian": 0x561...0x586, "greek": 0x3AC...0x3CE,
                "hindi": 0x905...0x94D, "nepali": 0x905...0x94D, "russian": 0x430...0x451,
                "serbian": 0x430...0x45F, "tamil": 0xB85...0xBCD, "yiddish": 0x5B0...0x5EA,
            ]
            return (scripts[self] ?? 0x61...0x7A).compactMap(Unicode.Scalar.init)
        }
    }
#endif
