#if Snowball
    internal import Synchronization

    extension Analyzer {
        /// The analyzer of a language of libstemmer; nil where it has none of that name.
        static func snowball(_ language: String) -> Analyzer? {
            guard snowballLanguages.contains(language) else { return nil }
            return made.withLock { made in
                if let analyzer = made[language] { return analyzer }
                guard let stemmer = SnowballStemmer(language) else { return nil }
                let analyzer = Analyzer(
                    id: AnalyzerID(
                        name: language, version: 1,
                        rules: "\(AnalyzerID.wordRules);stem=\(SnowballProbe.digest(stemmer))"),
                    .snowball(language))
                made[language] = analyzer
                return analyzer
            }
        }

        private static let made = Mutex<[String: Analyzer]>([:])

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

    /// Tells one release of libstemmer from another, which it does not do itself: its stems of the
    /// words that end in any two or three letters.
    enum SnowballProbe {
        static func digest(_ stemmer: SnowballStemmer) -> UInt64 {
            let letters = alphabet(of: stemmer.language).map { Array(String($0).utf8) }
            // A few ten thousand words at most, in some ten milliseconds.
            let isShort = letters.count > 40
            let start = [3, 1, 4, 2].flatMap { letters[$0 % letters.count] + letters[0] }
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            var memory = [UInt8](repeating: 0, count: TokenBuffer.maximumTermByteCount)
            for first in letters {
                for second in letters {
                    for third in isShort ? [[]] : letters {
                        let word = start + first + second + third
                        memory.replaceSubrange(0..<word.count, with: word)
                        // Safe: the memory has room for the longest term.
                        let count = unsafe memory.withUnsafeMutableBufferPointer { buffer in
                            unsafe stemmer.stem(
                                buffer.baseAddress.unsafelyUnwrapped, count: word.count)
                        }
                        for byte in memory[..<count] {
                            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
                        }
                        hash = hash &* 0x100_0000_01B3
                    }
                }
            }
            return hash
        }

        private static func alphabet(of language: String) -> [Unicode.Scalar] {
            let range: ClosedRange<UInt32>
            switch language {
            case "arabic": range = 0x621...0x64A
            case "armenian": range = 0x561...0x586
            case "greek": range = 0x3B1...0x3C9
            case "hindi", "nepali": range = 0x905...0x94D
            case "russian": range = 0x430...0x44F
            case "tamil": range = 0xB85...0xBCD
            case "yiddish": range = 0x5D0...0x5EA
            default: return Array("abcdefghijklmnopqrstuvwxyzäöüåøæéàçñóí".unicodeScalars)
            }
            return range.compactMap(Unicode.Scalar.init)
        }
    }
#endif
