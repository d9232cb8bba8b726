#if Snowball
    internal import CStemmer

    /// A stemmer of the system's libstemmer; it serves one thread at a time.
    @safe
    final class SnowballStemmer {
        let language: String
        private let stemmer: OpaquePointer

        /// Makes the stemmer of a language; nil where the library does not have it.
        init?(_ language: String) {
            guard let stemmer = unsafe sb_stemmer_new(language, "UTF_8") else { return nil }
            self.language = language
            unsafe self.stemmer = stemmer
        }

        deinit { unsafe sb_stemmer_delete(stemmer) }

        /// Replaces a word by its stem, in memory with room for the longest term; returns its
        /// length. A stem that is empty or too long leaves the word as it is.
        @unsafe
        func stem(_ word: UnsafeMutablePointer<UInt8>, count: Int) -> Int {
            // Safe: the stem is copied before the stemmer is used again.
            guard let stem = unsafe sb_stemmer_stem(stemmer, word, Int32(count)) else {
                return count
            }
            let stemCount = unsafe Int(sb_stemmer_length(stemmer))
            guard (1...TokenBuffer.maximumTermByteCount).contains(stemCount) else { return count }
            unsafe word.update(from: stem, count: stemCount)
            return stemCount
        }
    }
#endif
