/// Turns text into the terms that are indexed and searched for.
///
/// An analyzer has no state, so one serves any number of threads; the buffer that it fills belongs
/// to one.
package final class Analyzer: Sendable {
    /// A longer text is analyzed up to here, in bytes.
    package static let maximumTextByteCount = 1 << 31

    /// What the terms depend on.
    package let id: AnalyzerID
    let method: Method
    let folding: Folding

    /// Appends the terms of a text to a buffer, by ``TokenBuffer/append(_:position:)-swift.method``
    /// and in ascending order of their positions.
    package typealias OwnTerms = @Sendable (Span<UInt8>, inout TokenBuffer) -> Void

    /// How a text becomes terms.
    enum Method: Sendable {
        /// Words as they are.
        case words
        /// Words without the stop words, stemmed.
        case english
        /// The whole text.
        case keyword
        /// Every three characters.
        case trigrams
        #if Snowball
            /// Words, stemmed by libstemmer.
            case snowball(String)
        #endif
        /// What a function of the program makes of it.
        case own(OwnTerms)
        /// No terms: the program does not have the analyzer.
        case missing(advice: String)
    }

    init(id: AnalyzerID, _ method: Method, folding: Folding = .plain) {
        self.id = id
        self.method = method
        self.folding = folding
    }

    /// Makes an analyzer of the program's own; the version stands for what the function does.
    package convenience init(name: String, version: UInt32, _ appendTerms: @escaping OwnTerms) {
        self.init(
            id: AnalyzerID(name: name, version: version, rules: "own"), .own(appendTerms))
    }

    /// Replaces the tokens of a buffer by the terms of a text.
    ///
    /// Any bytes are accepted; those that are not UTF-8 part words. The positions of words count
    /// stop words too, so that a phrase knows how many it skips.
    /// - Complexity: O(bytes of the text); allocates nothing but what the buffer must grow.
    @unsafe
    package func analyze(_ text: UnsafeRawBufferPointer, into tokens: inout TokenBuffer) {
        tokens.removeAll()
        let text = unsafe UnsafeRawBufferPointer(
            rebasing: text.prefix(Self.maximumTextByteCount))
        // Safe: the bytes are read within the closure only.
        unsafe text.withMemoryRebound(to: UInt8.self) { bytes in
            switch method {
            case .english: unsafe appendStems(bytes, StopWords.shared, &tokens)
            case .words: unsafe appendWords(bytes, &tokens)
            case .keyword: unsafe appendWhole(bytes, &tokens)
            case .trigrams: unsafe appendTrigrams(bytes, &tokens)
            #if Snowball
                case .snowball(let language):
                    unsafe appendSnowballStems(bytes, language, &tokens)
            #endif
            case .own(let appendTerms): unsafe appendTerms(bytes.span, &tokens)
            case .missing: break
            }
        }
    }

    /// Replaces the tokens of a buffer by the words of a text in lower case, neither stemmed nor
    /// filtered; for an analyzer without words, by the terms.
    /// - Complexity: O(bytes of the text); allocates nothing but what the buffer must grow.
    @unsafe
    package func tokenize(_ text: UnsafeRawBufferPointer, into tokens: inout TokenBuffer) {
        guard hasWords else {
            unsafe analyze(text, into: &tokens)
            return
        }
        tokens.removeAll()
        let text = unsafe UnsafeRawBufferPointer(
            rebasing: text.prefix(Self.maximumTextByteCount))
        // Safe: the bytes are read within the closure only.
        unsafe text.withMemoryRebound(to: UInt8.self) { unsafe appendWords($0, &tokens) }
    }

    /// Whether the terms come from the words of a text.
    var hasWords: Bool {
        switch method {
        case .words, .english: true
        #if Snowball
            case .snowball: true
        #endif
        case .keyword, .trigrams, .own, .missing: false
        }
    }

    /// Whether the term of a word begins as the word does, as far as the term goes.
    ///
    /// The stemmers of several languages take accents away, at the beginning of a word too.
    var keepsBeginnings: Bool {
        #if Snowball
            if case .snowball = method { return false }
        #endif
        return true
    }

    /// Whether the program has the analyzer; an index of one that it lacks stays empty.
    package var isAvailable: Bool { adviceWhereMissing == nil }

    /// How to get the analyzer where the program does not have it; nil where it does.
    package var adviceWhereMissing: String? {
        if case .missing(let advice) = method { advice } else { nil }
    }

    /// Whether the terms are three characters each.
    var hasTrigrams: Bool {
        if case .trigrams = method { true } else { false }
    }
}

// MARK: - Words

extension Analyzer {
    @unsafe
    private func appendStems(
        _ text: UnsafeBufferPointer<UInt8>, _ stopWords: borrowing StopWords,
        _ tokens: inout TokenBuffer
    ) {
        var parser = unsafe WordParser(text: text, folding: folding)
        let stemmer = EnglishStemmer()
        var position: UInt32 = 0
        while true {
            let word = unsafe tokens.prepareTerm()
            var count = unsafe parser.next(into: word)
            if count == 0 { return }
            if position < TokenBuffer.maximumPosition { position += 1 }
            if unsafe parser.kind == .word {
                count = unsafe tokens.stems.stem(word, count: count) {
                    if unsafe stopWords.contains(word, count: count) { return 0 }
                    return unsafe stemmer.stem(
                        UnsafeMutableBufferPointer(start: word, count: count))
                }
                if count == 0 { continue }
            }
            tokens.append(byteCount: count, position: position)
        }
    }

    @unsafe
    private func appendWords(
        _ text: UnsafeBufferPointer<UInt8>, _ tokens: inout TokenBuffer
    ) {
        var parser = unsafe WordParser(text: text, folding: folding)
        var position: UInt32 = 0
        while true {
            let count = unsafe parser.next(into: tokens.prepareTerm())
            if count == 0 { return }
            if position < TokenBuffer.maximumPosition { position += 1 }
            tokens.append(byteCount: count, position: position)
        }
    }
}

// MARK: - Strings

extension Analyzer {
    /// At which byte the last token of a text begins that is not part of another; for an analyzer
    /// without words, at the first.
    func startOfLastToken(_ text: String) -> Int {
        guard hasWords else { return 0 }
        var text = text
        var tokens = TokenBuffer()
        // Safe: the bytes are read within the closure only.
        return text.withUTF8 { bytes in
            var parser = unsafe WordParser(text: bytes, folding: folding)
            var start = 0
            var end = 0
            while unsafe parser.next(into: tokens.prepareTerm()) > 0 {
                if unsafe parser.start < end { continue }
                start = unsafe parser.start
                end = unsafe parser.end
            }
            return start
        }
    }

    /// Replaces the tokens of a buffer by the terms of a string.
    package func analyze(_ text: String, into tokens: inout TokenBuffer) {
        var text = text
        // Safe: the bytes are read within the closure only.
        text.withUTF8 { unsafe analyze(UnsafeRawBufferPointer($0), into: &tokens) }
    }

    /// Replaces the tokens of a buffer by the lower-case words of a string.
    package func tokenize(_ text: String, into tokens: inout TokenBuffer) {
        var text = text
        // Safe: the bytes are read within the closure only.
        text.withUTF8 { unsafe tokenize(UnsafeRawBufferPointer($0), into: &tokens) }
    }
}
