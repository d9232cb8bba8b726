/// The terms of one text, in order: a list of tokens over one run of bytes.
///
/// A buffer is kept and reused, so that analyzing allocates nothing once it has grown to the
/// largest text.
@safe
package struct TokenBuffer: ~Copyable {
    /// The longest term, in bytes.
    package static let maximumTermByteCount = 255
    /// The greatest position; tokens further on in a very long text all have it.
    package static let maximumPosition: UInt32 = 1 << 24 - 1

    /// One term and where it stands.
    package struct Token {
        /// Where the term starts in the bytes of the buffer.
        package let offset: UInt32
        private let packed: UInt32

        /// The ordinal of the word in its text: 1 for the first, stop words counted.
        package var position: UInt32 { packed >> 8 }
        /// Length of the term, in bytes: 1 to 255.
        package var byteCount: Int { Int(packed & 0xFF) }

        @inline(__always)
        init(offset: Int, byteCount: Int, position: UInt32) {
            self.offset = UInt32(truncatingIfNeeded: offset)
            packed = position << 8 | UInt32(truncatingIfNeeded: byteCount)
        }
    }

    private var bytes: UnsafeMutablePointer<UInt8>
    private var byteCapacity = 4096
    private var byteCount = 0
    private var tokens: UnsafeMutablePointer<Token>
    private var tokenCapacity = 512
    /// Stems of English words that came lately.
    var stems = StemCache()
    #if Snowball
        private var stemmers: [SnowballStemmer] = []
    #endif
    /// How many tokens there are.
    package private(set) var count = 0
    /// Takes where an analyzer of the program says that terms come from; nil where nobody asks.
    package var ranges: RangeFinder?

    /// Makes an empty buffer.
    package init() {
        unsafe bytes = .allocate(capacity: byteCapacity)
        unsafe tokens = .allocate(capacity: tokenCapacity)
    }

    deinit {
        unsafe bytes.deallocate()
        unsafe tokens.deallocate()
    }

    /// The token at `index`.
    @inline(__always)
    package subscript(index: Int) -> Token {
        precondition(index >= 0 && index < count, "a token index beyond the buffer's count")
        return unsafe tokens[index]
    }

    /// The bytes of a token's term; they are valid until the buffer changes.
    @unsafe @inline(__always)
    package func term(_ token: Token) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: bytes + Int(token.offset), count: token.byteCount)
    }

    /// A copy of a token's term.
    package func text(_ token: Token) -> String {
        // Safe: the term is copied before anything changes the buffer.
        unsafe String(decoding: term(token), as: UTF8.self)
    }

    #if Snowball
        /// The buffer's own stemmer of a language that the library has.
        /// - Complexity: O(languages that the buffer has been used for).
        mutating func stemmer(for language: String) -> SnowballStemmer {
            for stemmer in stemmers where stemmer.language == language { return stemmer }
            guard let stemmer = SnowballStemmer(language) else {
                preconditionFailure("libstemmer had the stems of \(language) and now does not.")
            }
            stemmers.append(stemmer)
            return stemmer
        }
    #endif

    /// Forgets all tokens and keeps the memory.
    package mutating func removeAll() {
        byteCount = 0
        count = 0
    }
}

// MARK: - Filling

extension TokenBuffer {
    /// Makes room for one more token, and returns where its term goes: `maximumTermByteCount`
    /// bytes and no more may be written there before the token is appended.
    @unsafe @inline(__always)
    mutating func prepareTerm() -> UnsafeMutablePointer<UInt8> {
        if byteCount + Self.maximumTermByteCount > byteCapacity || count == tokenCapacity {
            grow()
        }
        return unsafe bytes + byteCount
    }

    /// Appends the token whose term was written where `prepareTerm` said.
    @inline(__always)
    mutating func append(byteCount termByteCount: Int, position: UInt32) {
        // Safe: prepareTerm made room for this token.
        unsafe (tokens + count).initialize(
            to: Token(offset: byteCount, byteCount: termByteCount, position: position))
        byteCount += termByteCount
        count += 1
    }

    @inline(never)
    private mutating func grow() {
        if byteCount + Self.maximumTermByteCount > byteCapacity {
            byteCapacity *= 2
            unsafe Self.move(&bytes, count: byteCount, toCapacity: byteCapacity)
        }
        if count == tokenCapacity {
            tokenCapacity *= 2
            unsafe Self.move(&tokens, count: count, toCapacity: tokenCapacity)
        }
    }

    private static func move<Element>(
        _ elements: inout UnsafeMutablePointer<Element>, count: Int, toCapacity capacity: Int
    ) {
        let moved = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
        unsafe moved.moveInitialize(from: elements, count: count)
        unsafe elements.deallocate()
        unsafe elements = moved
    }
}
