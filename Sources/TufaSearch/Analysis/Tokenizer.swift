/// Cuts UTF-8 into lower-case words.
///
/// A word is a run of letters, digits and the marks that follow them, in any script; whatever
/// stands between words (punctuation, apostrophes, hyphens, symbols, emoji, bytes that are not
/// UTF-8) is dropped. So "don't" gives "don" and "t", "state-of-the-art" four words and "3.14" two
/// numbers, and a run of ideographs is one word. A word longer than ``TokenBuffer/maximumTermByteCount`` is
/// cut there, between two characters. Lower-casing goes character by character, as PostgreSQL's
/// does: a final sigma in capitals becomes the medial one.
@unsafe
struct Tokenizer {
    private var cursor: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>
    private let table: UnsafePointer<UInt8>
    /// Whether the word last returned has an ASCII digit in it.
    private(set) var hasDigit = false

    /// Starts at the beginning of a text; text and table must outlive the tokenizer.
    @inline(__always)
    init(text: UnsafeBufferPointer<UInt8>, table: borrowing CharacterTable) {
        let entries = unsafe UnsafePointer(table.entries)
        unsafe self.table = entries
        unsafe cursor = text.baseAddress ?? entries
        unsafe end = cursor + text.count
    }

    /// Writes the next word to memory with room for the longest term; returns its length in bytes,
    /// or zero at the end of the text.
    @inline(__always)
    mutating func next(into output: UnsafeMutablePointer<UInt8>) -> Int {
        guard unsafe skipSeparators() else { return 0 }
        var count = 0
        var bits: UInt8 = 0xFF
        // Safe: the cursor stays below the end, and the output has room for the longest term.
        while unsafe cursor < end && count < TokenBuffer.maximumTermByteCount {
            let entry = unsafe table[Int(cursor.pointee)]
            if entry <= CharacterTable.nonASCII {
                if entry == CharacterTable.separator { break }
                return unsafe continueNonASCII(into: output, count: count, bits: bits)
            }
            bits &= entry
            unsafe output[count] = entry
            count += 1
            unsafe cursor += 1
        }
        if count == TokenBuffer.maximumTermByteCount { unsafe skipRestOfWord() }
        unsafe hasDigit = bits & 0x40 == 0
        return count
    }

    /// Moves to the first character of a word; false if there is none.
    @inline(__always)
    private mutating func skipSeparators() -> Bool {
        while unsafe cursor < end {
            let entry = unsafe table[Int(cursor.pointee)]
            if entry > CharacterTable.nonASCII { return true }
            if entry == CharacterTable.separator {
                unsafe cursor += 1
            } else if unsafe skipNonASCIISeparator() {
                return true
            }
        }
        return false
    }
}

// MARK: - Beyond ASCII

extension Tokenizer {
    /// Steps over one scalar or stray byte; true, and no step, if a word begins there.
    @inline(never)
    private mutating func skipNonASCIISeparator() -> Bool {
        let (scalar, byteCount) = unsafe decode()
        if let scalar, ScalarClass(scalar) == .letter { return true }
        unsafe cursor += byteCount
        return false
    }

    /// Goes on with a word that has a scalar outside ASCII at the cursor.
    @inline(never)
    private mutating func continueNonASCII(
        into output: UnsafeMutablePointer<UInt8>, count start: Int, bits: UInt8
    ) -> Int {
        var count = start
        var bits = bits
        var isFull = false
        while unsafe cursor < end {
            let entry = unsafe table[Int(cursor.pointee)]
            if entry > CharacterTable.nonASCII {
                unsafe cursor += 1
                bits &= entry
                isFull = isFull || count == TokenBuffer.maximumTermByteCount
                if isFull { continue }
                // Safe: the term is not full.
                unsafe output[count] = entry
                count += 1
                continue
            }
            if entry == CharacterTable.separator { break }
            let (scalar, byteCount) = unsafe decode()
            guard let scalar else { break }
            let scalarClass = ScalarClass(scalar)
            if scalarClass == .separator { break }
            unsafe cursor += byteCount
            if scalarClass == .ignorable || isFull { continue }
            let lower = scalar.properties.lowercaseMapping
            isFull = count + lower.utf8.count > TokenBuffer.maximumTermByteCount
            if isFull { continue }
            for byte in lower.utf8 {
                // Safe: there is room for all bytes of the scalar.
                unsafe output[count] = byte
                count += 1
            }
        }
        unsafe hasDigit = bits & 0x40 == 0
        return count
    }

    /// Steps over what follows a word that was cut.
    @inline(never)
    private mutating func skipRestOfWord() {
        while unsafe cursor < end {
            let entry = unsafe table[Int(cursor.pointee)]
            if entry > CharacterTable.nonASCII {
                unsafe cursor += 1
                continue
            }
            if entry == CharacterTable.separator { return }
            let (scalar, byteCount) = unsafe decode()
            guard let scalar, ScalarClass(scalar) != .separator else { return }
            unsafe cursor += byteCount
        }
    }

    /// The scalar at the cursor and its length; nil and 1 for a byte that begins none.
    private func decode() -> (scalar: Unicode.Scalar?, byteCount: Int) {
        let first = unsafe cursor.pointee
        let byteCount = unsafe min(end - cursor, first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2)
        // Safe: the bytes lie before the end of the text.
        var bytes = unsafe UnsafeBufferPointer(start: cursor, count: byteCount).makeIterator()
        var decoder = UTF8()
        guard case .scalarValue(let scalar) = unsafe decoder.decode(&bytes) else { return (nil, 1) }
        return (scalar, UTF8.width(scalar))
    }
}
