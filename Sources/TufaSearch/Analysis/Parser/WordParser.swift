/// Cuts UTF-8 into the tokens that PostgreSQL's default parser sees.
///
/// A token is a word, a hyphenated word and then each of its parts, a number, a version, an e-mail
/// address, a host, a URL and then its host and path, or the path of a file. Tags, entities and
/// protocols ("https://") are stepped over, as is everything between tokens. Where PostgreSQL runs
/// a state machine, this tries the rules that a byte allows, the longest first: plain words and
/// numbers in one loop over a table, the rest beside it.
///
/// A look ahead for a host or an address ends after `maximumHostByteCount` bytes, so that no text
/// takes longer than in proportion to its length.
@unsafe
struct WordParser {
    /// The longest host, port and address: a DNS name has at most 253 bytes.
    static let maximumHostByteCount = 255

    /// What is done with a token.
    enum Kind: UInt8 {
        /// A word: it may be a stop word, and it is stemmed.
        case word
        /// Anything with digits, dots or slashes in it: it is kept as it is.
        case literal
    }

    /// What follows the token last returned.
    enum Mode: UInt8 {
        /// Blanks or a token.
        case text
        /// A token, or the end of a tag or an entity: here, unlike behind a blank, a dot or a tilde
        /// may begin a path.
        case fresh
        /// The parts of a hyphenated word.
        case parts
        /// The host and the path of a URL.
        case host, path
    }

    /// The end of a token, and what it is.
    struct Found {
        var end: Int
        var kind: Kind = .literal
    }

    let text: UnsafePointer<UInt8>
    let byteCount: Int
    let marks: UnsafePointer<UInt8>
    let folding: Folding
    /// Where the search for the next token begins.
    var offset = 0
    /// Where the token last returned begins.
    var start = 0
    /// Where the token last returned ends.
    var end = 0
    /// What the token last returned is.
    var kind = Kind.word
    var mode = Mode.fresh
    /// Where the host of the URL last returned ends.
    var hostEnd = 0
    /// Where the URL last returned ends.
    var pathEnd = 0
    /// From here on no comment ends.
    var lastCommentOffset = Int.max

    /// Starts at the beginning of a text, which must outlive the parser.
    @inline(__always)
    init(text: UnsafeBufferPointer<UInt8>, folding: Folding) {
        unsafe marks = ByteMarks.shared.entries
        unsafe self.text = text.baseAddress ?? marks
        unsafe byteCount = text.count
        unsafe self.folding = folding
    }

    /// Writes the next token in lower case to memory with room for the longest term; returns its
    /// length there, or zero at the end of the text.
    @inline(__always)
    mutating func next(into output: UnsafeMutablePointer<UInt8>) -> Int {
        while true {
            if unsafe mode != .text {
                if unsafe nextOfCompound() { return unsafe write(into: output) }
                continue
            }
            if unsafe skipBlanks() { return unsafe write(into: output) }
            if unsafe mode != .text { continue }
            if unsafe offset >= byteCount { return 0 }
            let count = unsafe plainToken(into: output)
            if count > 0 { return count }
            if unsafe parseToken() { return unsafe write(into: output) }
        }
    }

    /// Reads a word of ASCII letters, or a number of digits, that nothing can join; returns zero
    /// and stays where it is if it is anything else.
    @inline(__always)
    private mutating func plainToken(into output: UnsafeMutablePointer<UInt8>) -> Int {
        // Safe: the count stays below the end of the text and the room of the output.
        let from = unsafe offset
        let here = unsafe text + from
        let limit = unsafe min(byteCount - from, TokenBuffer.maximumTermByteCount)
        var count = 0
        var mark = unsafe marks[Int(here[0])]
        let isWord = mark >= ByteMarks.firstLetter
        if isWord {
            repeat {
                unsafe output[count] = mark
                count += 1
                if count == limit { break }
                mark = unsafe marks[Int(here[count])]
            } while mark >= ByteMarks.firstLetter
        } else {
            while mark >= ByteMarks.firstDigit && mark < ByteMarks.firstLetter {
                unsafe output[count] = mark
                count += 1
                if count == limit { break }
                mark = unsafe marks[Int(here[count])]
            }
            if count == 0 { return 0 }
        }
        let index = from + count
        if mark == ByteMarks.blank {
            unsafe offset = index + 1
        } else if unsafe endsPlainToken(at: index) {
            unsafe offset = index
            unsafe mode = .fresh
        } else {
            return 0
        }
        unsafe start = from
        unsafe end = index
        unsafe kind = isWord ? .word : .literal
        return count
    }

    /// Whether the byte at an index leaves the plain token before it as it is.
    @inline(__always)
    private func endsPlainToken(at index: Int) -> Bool {
        let mark = unsafe entry(index)
        if mark >= ByteMarks.firstDigit || mark == ByteMarks.nonASCII { return false }
        if mark == ByteMarks.blank || mark == ByteMarks.opener || mark == ByteMarks.tilde {
            return true
        }
        // What joins two tokens needs another one.
        let next = unsafe entry(index + 1)
        if next == ByteMarks.blank { return true }
        return mark == ByteMarks.dot && next < ByteMarks.firstDigit && next != ByteMarks.joiner
    }

    /// Moves to the first byte of what may be a token; true if a token was found on the way.
    @inline(__always)
    private mutating func skipBlanks() -> Bool {
        var index = unsafe offset
        // Safe: the index stays below the end of the text.
        while unsafe index < byteCount {
            let mark = unsafe marks[Int(text[index])]
            if mark >= ByteMarks.firstDigit { break }
            if mark == ByteMarks.blank || mark > ByteMarks.joiningOpener {
                index += 1
                continue
            }
            if mark == ByteMarks.nonASCII {
                let scalar = unsafe scalar(at: index)
                if scalar.role == .letter { break }
                index += scalar.byteCount
                continue
            }
            if mark == ByteMarks.joiningOpener, unsafe entry(index + 1) == ByteMarks.blank {
                index += 1
                continue
            }
            unsafe offset = index
            if unsafe parseOpened() { return true }
            if unsafe mode != .text { return false }
            index = unsafe offset
        }
        unsafe offset = index
        return false
    }
}

// MARK: - Looking at the text

extension WordParser {
    /// The byte at an index, or zero behind the end of the text.
    @inline(__always)
    func byte(_ index: Int) -> UInt8 {
        // Safe: indexes are never negative.
        unsafe index < byteCount ? text[index] : 0
    }

    @inline(__always)
    func entry(_ index: Int) -> UInt8 {
        // Safe: there is an entry for every byte.
        unsafe marks[Int(byte(index))]
    }

    @inline(__always)
    func isLetter(_ index: Int) -> Bool { unsafe entry(index) >= ByteMarks.firstLetter }

    @inline(__always)
    func isDigit(_ index: Int) -> Bool {
        let entry = unsafe entry(index)
        return entry >= ByteMarks.firstDigit && entry < ByteMarks.firstLetter
    }

    @inline(__always)
    func isLetterOrDigit(_ index: Int) -> Bool { unsafe entry(index) >= ByteMarks.firstDigit }

    func skipDigits(_ index: Int) -> Int {
        var index = index
        while unsafe isDigit(index) { index += 1 }
        return index
    }

    func skipLetters(_ index: Int) -> Int {
        var index = index
        while unsafe isLetter(index) { index += 1 }
        return index
    }

    /// The role of the scalar at an index, of any script; `other` behind the end of the text.
    func role(_ index: Int) -> (role: ScalarRole, byteCount: Int) {
        let entry = unsafe entry(index)
        if entry >= ByteMarks.firstLetter { return (.letter, 1) }
        if entry >= ByteMarks.firstDigit { return (.digit, 1) }
        if entry != ByteMarks.nonASCII { return (.other, 1) }
        let scalar = unsafe scalar(at: index)
        return (scalar.role, scalar.byteCount)
    }

    /// The scalar outside ASCII at an index; a byte that begins none is a blank of one byte.
    @inline(never)
    func scalar(at index: Int) -> (role: ScalarRole, byteCount: Int) {
        let (scalar, byteCount) = unsafe UTF8Reader.decode(text, at: index, end: byteCount)
        guard let scalar else { return (.other, 1) }
        return (ScalarRole(scalar), byteCount)
    }
}
