extension WebSearchParser {
    /// The longest text that is looked at for plain words, in bytes; more words than are read at
    /// most are longer.
    private static let plainByteCount = 2 * maximumWordCount

    /// The query of a text of nothing but ASCII letters and spaces, without an OR; nil for another.
    ///
    /// Most searches are such texts. Each of their words is one term or none, so the text is
    /// analyzed as a whole, and no part of it is made a string of its own.
    /// - Complexity: O(length of the text).
    func plainWords(_ text: String) -> SearchQuery? {
        guard analyzer.takesWordsOneByOne, text.utf8.count <= Self.plainByteCount else {
            return nil
        }
        var wordByteCount = 0
        var word: UInt32 = 0
        for byte in text.utf8 {
            let letter = byte | 0x20
            if letter >= UInt8(ascii: "a"), letter <= UInt8(ascii: "z") {
                wordByteCount += 1
                word = word << 8 | UInt32(letter)
            } else if byte == UInt8(ascii: " ") {
                if wordByteCount == 2, word & 0xFFFF == Self.or { return nil }
                wordByteCount = 0
            } else {
                return nil
            }
        }
        if wordByteCount == 2, word & 0xFFFF == Self.or { return nil }
        var tokens = TokenBuffer()
        analyzer.analyze(text, into: &tokens)
        var terms: [SearchQuery] = []
        terms.reserveCapacity(tokens.count)
        for index in 0..<tokens.count {
            let term = SearchQuery.term(tokens.text(tokens[index]))
            if !terms.contains(term) { terms.append(term) }
        }
        return terms.count > 1 ? .and(terms) : terms.first ?? .nothing
    }

    /// The query of one pair of straight quotes around nothing but ASCII letters and spaces; nil
    /// for another text.
    ///
    /// - Complexity: O(length of the text).
    func plainPhrase(_ text: String) -> SearchQuery? {
        let count = text.utf8.count
        guard analyzer.takesWordsOneByOne, count > 1, count <= Self.plainByteCount else {
            return nil
        }
        let quote = UInt8(ascii: "\"")
        for (place, byte) in text.utf8.enumerated() {
            let letter = byte | 0x20
            let isInside = place > 0 && place < count - 1
            if isInside
                ? (letter < UInt8(ascii: "a") || letter > UInt8(ascii: "z"))
                    && byte != UInt8(ascii: " ")
                : byte != quote
            {
                return nil
            }
        }
        var reader = OperandReader(analyzer: analyzer, wordLimit: Self.maximumWordCount)
        return reader.phrase(String(text.dropFirst().dropLast()))?.simplified() ?? .nothing
    }

    private static let or = UInt32(UInt8(ascii: "o")) << 8 | UInt32(UInt8(ascii: "r"))
}

extension Analyzer {
    /// Whether each word of ASCII letters is one term or none, whatever stands beside it.
    fileprivate var takesWordsOneByOne: Bool {
        switch method {
        case .words, .english: true
        default: false
        }
    }
}
