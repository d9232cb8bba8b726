#if Snowball
    internal import CStemmer

    /// A stemmer of the system's libstemmer; it serves one thread at a time.
    @safe
    final class SnowballStemmer {
        let language: String
        private var stemmer: OpaquePointer

        /// Makes the stemmer of a language; nil where the library does not have it.
        init?(_ language: String) {
            guard let stemmer = unsafe sb_stemmer_new(language, "UTF_8") else { return nil }
            self.language = language
            unsafe self.stemmer = stemmer
        }

        deinit { unsafe sb_stemmer_delete(stemmer) }

        /// Replaces a word of UTF-8 by its stem, in memory with room for the longest term, and
        /// returns its length.
        ///
        /// A stem that is empty or too long for a term leaves the word as it is.
        @unsafe
        func stem(_ word: UnsafeMutablePointer<UInt8>, count: Int) -> Int {
            // Safe: a term is short, and the stem is copied before the stemmer is used again.
            guard
                let stem = unsafe sb_stemmer_stem(stemmer, word, Int32(count))
                    ?? stemOnceMore(word, count: count)
            else { return count }
            let stemCount = unsafe Int(sb_stemmer_length(stemmer))
            guard (1...TokenBuffer.maximumTermByteCount).contains(stemCount) else { return count }
            unsafe word.update(from: stem, count: stemCount)
            return stemCount
        }

        /// The stem of a word for which there was none: memory was short, or the language's rules
        /// fail on the word, which they then do each time.
        ///
        /// A word must always have the same stem, so a lack of memory ends the process, as it does
        /// everywhere in Swift.
        @unsafe @inline(never)
        private func stemOnceMore(
            _ word: UnsafeMutablePointer<UInt8>, count: Int
        ) -> UnsafePointer<UInt8>? {
            guard let fresh = unsafe sb_stemmer_new(language, "UTF_8") else {
                preconditionFailure("There is no memory for a stemmer of libstemmer.")
            }
            unsafe sb_stemmer_delete(stemmer)
            unsafe stemmer = fresh
            return unsafe sb_stemmer_stem(stemmer, word, Int32(count))
        }
    }
#endif
