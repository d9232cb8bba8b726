/// Reads what a person types into a search box; there is nothing it refuses.
///
/// The rules are those of PostgreSQL's `websearch_to_tsquery`, but for what Docs/Decisions/0009
/// lists:
/// - words must all be found; stop words are dropped;
/// - `"words in quotes"`, straight or curly, make a phrase; an open quote reaches to the end;
/// - `OR` between words, in any case, matches either side and binds looser than the implied AND;
/// - `-word` and `-"a phrase"` exclude; two hyphens cancel out; a hyphen before a space is a dash;
/// - a word with punctuation inside it ("state-of-the-art", "o'brien", "3.14") is the phrase of its
///   parts;
/// - other punctuation, parentheses among it, parts words and means nothing else.
///
/// One thing is added: `word*` finds the terms that begin with "word", which is folded but not
/// stemmed. What the analyzer sees as one word is one prefix: "foo-bar*" finds "foo-barking".
///
/// A query without a word that counts matches nothing. Everything after
/// ``maximumWordCount`` words is ignored.
package struct WebSearchParser {
    /// How many words a query may have; the stop words inside a phrase count too.
    package static let maximumWordCount = 64

    let analyzer: Analyzer

    /// Makes a parser for the index that this analyzer fills.
    package init(analyzer: Analyzer) { self.analyzer = analyzer }

    /// The query that a text means, simplified: at most five levels deep.
    /// - Complexity: O(length of the text).
    package func parse(_ text: String) -> SearchQuery {
        plainWords(text) ?? plainPhrase(text) ?? parseWhole(text)
    }

    /// The same of any text, operand by operand.
    func parseWhole(_ text: String) -> SearchQuery {
        var scanner = WebSearchScanner(text)
        var reader = OperandReader(
            analyzer: analyzer, wordLimit: Self.maximumWordCount)
        var alternatives: [[SearchQuery]] = []
        var conjunction: [SearchQuery] = []
        var startsAlternative = false
        while !reader.isExhausted, let element = scanner.next() {
            guard case .operand(let operand) = element else {
                startsAlternative = true
                continue
            }
            guard let query = reader.read(operand) else { continue }
            if startsAlternative && !conjunction.isEmpty {
                alternatives.append(conjunction)
                conjunction = []
            }
            startsAlternative = false
            conjunction.append(operand.isExcluded ? .not(query) : query)
        }
        if !conjunction.isEmpty { alternatives.append(conjunction) }
        return SearchQuery.or(alternatives.map(SearchQuery.and)).simplified()
    }
}
