import TufaSearch

/// Compares what search texts mean.
struct QueryComparison {
    private let parser = WebSearchParser(analyzer: .english)
    private let stems = Stems()
    private var totalCount = 0
    private var deviating: [Rewording.Deviation: Int] = [:]
    private(set) var unexplainedCount = 0
    private var refusedCount = 0
    private var listed: [String] = []

    /// Compares one search text: `theirs` is what PostgreSQL makes of the reworded text, `original`
    /// what it makes of the text itself.
    mutating func compare(_ query: QueryMaker.Query, theirs: String, original: String) throws {
        totalCount += 1
        if theirs.hasPrefix("refused: ") || original.hasPrefix("refused: ") {
            refusedCount += 1
            return
        }
        let ours = parser.parse(query.text)
        let asTerms = query.rewording.deviations.contains(.star) ? stemmed(ours) : ours
        let expected = try TsqueryReader.read(theirs).simplified()
        if asTerms.simplified() != expected {
            unexplainedCount += 1
            listed.append(
                "\(query.text.debugDescription)\n    PostgreSQL \(expected)\n          here \(ours)"
            )
        } else if try TsqueryReader.read(original).simplified() != ours {
            for deviation in query.rewording.deviations { deviating[deviation, default: 0] += 1 }
            if query.rewording.deviations.isEmpty { unexplainedCount += 1 }
        }
    }

    /// A query with the words that its prefixes were made of.
    private func stemmed(_ query: SearchQuery) -> SearchQuery {
        switch query {
        case .prefix(let word): .term(stems.stem(word))
        case .and(let parts): .and(parts.map(stemmed))
        default: query
        }
    }

    /// Prints the differences and how many there are.
    func report() {
        for line in listed.prefix(Comparison.listedCount) { print("  \(line)") }
        print("queries: \(unexplainedCount) of \(totalCount) differ unexplained; intended:")
        print("  \(refusedCount): PostgreSQL's stack is too small for it")
        for deviation in Rewording.Deviation.allCases {
            print("  \(deviating[deviation, default: 0]): \(deviation.rawValue)")
        }
    }
}
