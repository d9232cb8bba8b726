/// Turns the words of one search into queries, within a limit of words.
struct OperandReader: ~Copyable {
    private let analyzer: Analyzer
    private var tokens = TokenBuffer()
    private var remainingWordCount: Int

    init(analyzer: Analyzer, wordLimit: Int) {
        self.analyzer = analyzer
        remainingWordCount = wordLimit
    }

    /// Whether no further word is read.
    var isExhausted: Bool { remainingWordCount == 0 }

    /// The query of an operand, or nil if no word in it counts.
    mutating func read(_ operand: WebSearchScanner.Operand) -> SearchQuery? {
        guard !operand.isQuoted, let text = Self.textBeforeStar(in: operand.text) else {
            return words(operand.text)
        }
        return prefix(of: String(text))
    }

    /// The words of a text next to each other, or nil if no word in it counts.
    mutating func phrase(_ text: String) -> SearchQuery? {
        words(Substring(text).unicodeScalars)
    }

    /// The words of a text, the last of which is a prefix.
    mutating func prefix(of string: String) -> SearchQuery? {
        let text = Substring(string).unicodeScalars
        // Characters are found anywhere, so the star adds nothing.
        if analyzer.hasTrigrams { return words(text) }
        if !analyzer.hasWords { return termsAndPrefix(text) }
        let start = analyzer.startOfLastToken(String(text))
        let begin = Substring(text).utf8.index(text.startIndex, offsetBy: start)
        let head = words(text[..<begin])
        guard !isExhausted, let prefix = prefix(text[begin...]) else { return head }
        return head.map { .and([$0, prefix]) } ?? prefix
    }

    /// The terms of a text, each once.
    mutating func distinctTerms(_ text: String) -> [String] {
        analyzer.analyze(text, into: &tokens)
        var seen: Set<String> = []
        var terms: [String] = []
        for index in 0..<tokens.count where !isExhausted {
            let term = tokens.text(tokens[index])
            guard seen.insert(term).inserted else { continue }
            terms.append(term)
            remainingWordCount -= 1
        }
        return terms
    }

    /// The term or phrase of a text.
    private mutating func words(_ text: Substring.UnicodeScalarView) -> SearchQuery? {
        analyzer.analyze(String(text), into: &tokens)
        var count = tokens.count
        if analyzer.hasTrigrams && count > 0 {
            // A term of fewer than three characters stands at the end of a document only.
            guard count > 2 else { return prefix(ofToken: 0) }
            count -= 2
        }
        return phrase(ofFirst: count)
    }

    /// The term or phrase of the first tokens.
    private mutating func phrase(ofFirst count: Int) -> SearchQuery? {
        var terms: [String?] = []
        var position: UInt32 = 0
        for index in 0..<count {
            let token = tokens[index]
            // Of the words for one thing in one place, the first is looked for.
            if !terms.isEmpty && token.position == position { continue }
            // In a very long text, positions stop growing.
            let gapCount = terms.isEmpty ? 0 : max(0, Int(token.position) - Int(position) - 1)
            guard gapCount < remainingWordCount else {
                remainingWordCount = 0
                break
            }
            if gapCount > 0 { terms += Array(repeating: nil, count: gapCount) }
            terms.append(tokens.text(token))
            remainingWordCount -= gapCount + 1
            position = token.position
        }
        return terms.isEmpty ? nil : .phrase(terms)
    }

    /// The terms of a text, of which the last may go on.
    private mutating func termsAndPrefix(_ text: Substring.UnicodeScalarView) -> SearchQuery? {
        analyzer.analyze(String(text), into: &tokens)
        guard tokens.count > 0 else { return nil }
        let place = tokens[tokens.count - 1].position
        var last = tokens.count - 1
        while last > 0 && tokens[last - 1].position == place { last -= 1 }
        let head = phrase(ofFirst: last)
        guard !isExhausted else { return head }
        let prefix = prefix(ofToken: last)
        return head.map { .and([$0, prefix]) } ?? prefix
    }

    private mutating func prefix(_ text: Substring.UnicodeScalarView) -> SearchQuery? {
        analyzer.tokenize(String(text), into: &tokens)
        guard tokens.count > 0 else { return nil }
        let typed = prefix(ofToken: 0)
        guard !analyzer.keepsBeginnings, !isExhausted else { return typed }
        analyzer.analyze(String(text), into: &tokens)
        let stemmed = prefix(ofToken: 0)
        return typed == stemmed ? typed : .or([typed, stemmed])
    }

    private mutating func prefix(ofToken index: Int) -> SearchQuery {
        remainingWordCount -= 1
        return .prefix(tokens.text(tokens[index]))
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
