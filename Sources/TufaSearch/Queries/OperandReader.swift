/// Turns the operands of one search text into queries, within the limit of words.
struct OperandReader: ~Copyable {
    private let analyzer: Analyzer
    private var tokens = TokenBuffer()
    private var remainingWordCount = WebSearchParser.maximumWordCount

    init(analyzer: Analyzer) { self.analyzer = analyzer }

    /// Whether no further word is read.
    var isExhausted: Bool { remainingWordCount == 0 }

    /// The query of an operand, or nil if no word in it counts.
    mutating func read(_ operand: WebSearchScanner.Operand) -> SearchQuery? {
        if !operand.isQuoted, let start = startOfPrefix(in: operand.text) {
            let head = words(operand.text[..<start])
            guard !isExhausted, let prefix = prefix(operand.text[start...]) else { return head }
            return head.map { .and([$0, prefix]) } ?? prefix
        }
        return words(operand.text)
    }

    /// The term or phrase of a text.
    private mutating func words(_ text: Substring.UnicodeScalarView) -> SearchQuery? {
        analyzer.analyze(String(text), into: &tokens)
        var terms: [String?] = []
        var position: UInt32 = 0
        for index in 0..<tokens.count {
            let token = tokens[index]
            // In a very long text, positions stop growing.
            let gapCount = terms.isEmpty ? 0 : max(0, Int(token.position) - Int(position) - 1)
            guard gapCount < remainingWordCount else {
                remainingWordCount = 0
                break
            }
            terms += Array(repeating: nil, count: gapCount)
            terms.append(tokens.text(token))
            remainingWordCount -= gapCount + 1
            position = token.position
        }
        return terms.isEmpty ? nil : .phrase(terms)
    }

    private mutating func prefix(_ text: Substring.UnicodeScalarView) -> SearchQuery? {
        analyzer.tokenize(String(text), into: &tokens)
        guard tokens.count > 0 else { return nil }
        remainingWordCount -= 1
        return .prefix(tokens.text(tokens[0]))
    }

    /// Where the last word begins, if a star follows it.
    private func startOfPrefix(
        in text: Substring.UnicodeScalarView
    ) -> Substring.UnicodeScalarView.Index? {
        guard let last = text.lastIndex(where: \.continuesWord),
            text[last...].dropFirst().first == "*"
        else { return nil }
        guard let before = text[..<last].lastIndex(where: { !$0.continuesWord }) else {
            return text.startIndex
        }
        return text.index(after: before)
    }
}
