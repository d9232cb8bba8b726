// The analyzers that every program has.

extension Analyzer {
    /// English as PostgreSQL 15 has it.
    package static let english = english("english", .plain)

    /// The names of the analyzers that this build of Tufa has, as schemas give them.
    package static var names: [String] {
        #if Snowball
            Array(all.keys) + Array(snowball.keys)
        #else
            Array(all.keys)
        #endif
    }

    /// The English analyzer.
    package convenience init() { self.init(copyOf: .english) }

    private convenience init(copyOf other: Analyzer) {
        self.init(id: other.id, other.method, folding: other.folding)
    }

    /// The analyzer of a name that every program has; nil for another name.
    package static func named(_ name: String) -> Analyzer? {
        #if Snowball
            all[name] ?? snowball[name]
        #else
            all[name]
        #endif
    }

    /// Stands in for an analyzer that the program does not have.
    static func missing(_ name: String, advice: String) -> Analyzer {
        Analyzer(id: .missing(name), .missing(advice: advice))
    }

    private static let all: [String: Analyzer] = [
        "english": english,
        "english_unaccent": english("english_unaccent", Folding(dropsAccents: true)),
        "simple": words("simple", .plain),
        "simple_unaccent": words("simple_unaccent", Folding(dropsAccents: true)),
        "keyword": Analyzer(
            id: AnalyzerID(name: "keyword", version: 1, rules: wholeRules(.plain)), .keyword),
        "trigram": Analyzer(
            id: AnalyzerID(name: "trigram", version: 1, rules: wholeRules(.plain)), .trigrams),
    ]

    private static func english(_ name: String, _ folding: Folding) -> Analyzer {
        Analyzer(
            id: AnalyzerID(
                name: name, version: 4,
                rules: """
                    \(AnalyzerID.wordRules);accents=\(!folding.dropsAccents);\
                    stop=\(StopWords.words);stem=snowball2
                    """),
            .english, folding: folding)
    }

    private static func words(_ name: String, _ folding: Folding) -> Analyzer {
        Analyzer(
            id: AnalyzerID(
                name: name, version: 2,
                rules: "\(AnalyzerID.wordRules);accents=\(!folding.dropsAccents)"),
            .words, folding: folding)
    }

    private static func wholeRules(_ folding: Folding) -> String {
        "case=folded;form=nfc;bytes<=\(TokenBuffer.maximumTermByteCount);blanks=one"
    }
}
