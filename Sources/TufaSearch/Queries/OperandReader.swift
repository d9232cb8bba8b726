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
        guard !operand.isQuoted, let text = Self.textBeforeStar(in: operand.text) else {
            return words(operand.text)
        }
        // Characters are found anywhere, so the star adds nothing.
        if analyzer.hasTrigrams { return words(text) }
        let start = analyzer.startOfLastToken(String(text))
        let begin = Substring(text).utf8.index(text.startIndex, offsetBy: start)
        let head = words(text[..<begin])
        guard !isExhausted, let prefix = prefix(text[begin...]) else { return head }
        return head.map { .and([$0, prefix]) } ?? prefix
    }

    /// The term or phrase of a text.
    private mutating func words(_ text: Substring.UnicodeScalarView) -> SearchQuery? {
        analyzer.analyze(String(text), into: &tokens)
        var count = tokens.count
        if analyzer.hasTrigrams && count > 0 {
            // A term of fewer than three characters stands at the end of a document only.
            guard count > 2 else { return prefixOfFirstToken() }
            count -= 2
        }
        var terms: [String?] = []
        var position: UInt32 = 0
        for index in 0..<count {
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
        return tokens.count > 0 ? prefixOfFirstToken() : nil
    }

    private mutating func prefixOfFirstToken() -> SearchQuery {
        remainingWordCount -= 1
        return .prefix(tokens.text(tokens[0]))
    }

    /// The text up to its last word, if a star follows it.
    private static func textBeforeStar(
        in text: Substring.UnicodeScalarView
    ) -> Substring.UnicodeScalarView? {
        guard let last = text.lastIndex(where: \.continuesWord),
            text[last...].dropFirst().first == "*"
        else { return nil }
        return text[...last]
    }
}
