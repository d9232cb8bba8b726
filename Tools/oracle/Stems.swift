import TufaSearch

/// The dictionary `english_stem` of PostgreSQL as it is here: stop words, then stems.
struct Stems {
    private let stemmer = EnglishStemmer()

    /// The stem of a folded word; empty for a stop word.
    func stem(_ word: String) -> String {
        var bytes = Array(word.utf8)
        // Safe: the buffer is used within the closure only, and both stay within its bounds.
        let count = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress,
                unsafe !StopWords.shared.contains(base, count: buffer.count)
            else { return 0 }
            return unsafe stemmer.stem(buffer)
        }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
