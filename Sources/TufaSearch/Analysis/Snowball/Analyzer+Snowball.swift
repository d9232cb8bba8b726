#if Snowball
    extension Analyzer {
        /// The analyzers of the languages that the library has.
        static let snowball: [String: Analyzer] = {
            var analyzers: [String: Analyzer] = [:]
            for language in snowballLanguages where SnowballStemmer(language) != nil {
                analyzers[language] = snowball(language, stems: SnowballLibrary.identity)
            }
            return analyzers
        }()

        /// The analyzer of a language; `stems` says whose they are.
        static func snowball(_ language: String, stems: String) -> Analyzer {
            Analyzer(
                id: AnalyzerID(
                    name: language, version: 1, rules: "\(AnalyzerID.wordRules);stem=\(stems)"),
                .snowball(language))
        }

        /// Appends the stems of the words of a text; there are no stop words.
        @unsafe
        func appendSnowballStems(
            _ text: UnsafeBufferPointer<UInt8>, _ language: String, _ tokens: inout TokenBuffer
        ) {
            let stemmer = tokens.stemmer(for: language)
            var parser = unsafe WordParser(text: text, folding: folding)
            var position: UInt32 = 0
            while true {
                let word = unsafe tokens.prepareTerm()
                var count = unsafe parser.next(into: word)
                if count == 0 { return }
                if position < TokenBuffer.maximumPosition { position += 1 }
                if unsafe parser.kind == .word { count = unsafe stemmer.stem(word, count: count) }
                tokens.append(byteCount: count, position: position)
            }
        }
    }
#endif
