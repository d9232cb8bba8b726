/// Turns text into the terms that are indexed and searched for.
///
/// The English analyzer lower-cases words, drops the stop words and stems the rest; words with
/// digits in them are kept as they are. Positions count every word, so a phrase knows how many
/// stop words it skips. One analyzer serves one thread.
package final class Analyzer {
    /// A longer text is analyzed up to here, in bytes.
    package static let maximumTextByteCount = 1 << 31

    /// What the terms depend on.
    package let id: AnalyzerID
    private let table = CharacterTable()
    private let stopWords = StopWords()
    private let stemmer = EnglishStemmer()

    /// Makes the English analyzer.
    package init() { id = .english }

    /// Replaces the tokens of a buffer by the terms of a text.
    ///
    /// Any bytes are accepted; those that are not UTF-8 part words.
    /// - Complexity: O(bytes of the text); allocates nothing but what the buffer must grow.
    @unsafe
    package func analyze(_ text: UnsafeRawBufferPointer, into tokens: inout TokenBuffer) {
        tokens.removeAll()
        var position: UInt32 = 0
        unsafe withTokenizer(text) { tokenizer in
            while true {
                let word = unsafe tokens.prepareTerm()
                var count = unsafe tokenizer.next(into: word)
                if count == 0 { return }
                if position < TokenBuffer.maximumPosition { position += 1 }
                if unsafe !tokenizer.hasDigit {
                    if unsafe stopWords.contains(word, count: count) { continue }
                    count = unsafe stemmer.stem(
                        UnsafeMutableBufferPointer(start: word, count: count))
                }
                tokens.append(byteCount: count, position: position)
            }
        }
    }

    /// Replaces the tokens of a buffer by the words of a text in lower case, neither stemmed nor
    /// filtered.
    /// - Complexity: O(bytes of the text); allocates nothing but what the buffer must grow.
    @unsafe
    package func tokenize(_ text: UnsafeRawBufferPointer, into tokens: inout TokenBuffer) {
        tokens.removeAll()
        var position: UInt32 = 0
        unsafe withTokenizer(text) { tokenizer in
            while true {
                let count = unsafe tokenizer.next(into: tokens.prepareTerm())
                if count == 0 { return }
                if position < TokenBuffer.maximumPosition { position += 1 }
                tokens.append(byteCount: count, position: position)
            }
        }
    }

    /// Runs a body with a tokenizer that lives as long as it.
    @inline(__always)
    private func withTokenizer(
        _ text: UnsafeRawBufferPointer, _ body: (inout Tokenizer) -> Void
    ) {
        unsafe UnsafeRawBufferPointer(rebasing: text.prefix(Self.maximumTextByteCount))
            .withMemoryRebound(to: UInt8.self) { bytes in
                var tokenizer = unsafe Tokenizer(text: bytes, table: table)
                unsafe body(&tokenizer)
            }
    }
}

// MARK: - Strings

extension Analyzer {
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
