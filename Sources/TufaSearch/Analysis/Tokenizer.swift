/// Cuts UTF-8 into lower-case words.
///
/// A word is a run of letters, digits and the marks that follow them, in any script; whatever
/// stands between words (punctuation, apostrophes, hyphens, symbols, emoji, bytes that are not
/// UTF-8) is dropped. So "don't" gives "don" and "t", "state-of-the-art" four words and "3.14" two
/// numbers, and a run of ideographs is one word. A word that is longer than a term may be is cut
/// between two characters. Lower-casing goes character by character, as PostgreSQL's does: a final
/// sigma in capitals becomes the medial one.
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
        if let scalar, ScalarClass(scalar).beginsWord { return true }
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
            let written =
                scalarClass == .ignorable || isFull
                ? 0 : unsafe write(scalar, scalarClass, byteCount, to: output, at: count)
            isFull = isFull || written > TokenBuffer.maximumTermByteCount - count
            if !isFull { count += written }
            unsafe cursor += byteCount
        }
        unsafe hasDigit = bits & 0x40 == 0
        return count
    }

    /// Writes the lower case of the scalar at the cursor, if it fits, and returns its length.
    @inline(__always)
    private func write(
        _ scalar: Unicode.Scalar, _ scalarClass: ScalarClass, _ byteCount: Int,
        to output: UnsafeMutablePointer<UInt8>, at start: Int
    ) -> Int {
        // Safe: all bytes of the scalar are there, and nothing is written beyond the longest term.
        if scalarClass != .capital {
            if start + byteCount > TokenBuffer.maximumTermByteCount { return byteCount }
            for index in 0..<byteCount { unsafe output[start + index] = cursor[index] }
            return byteCount
        }
        let lower = scalar.properties.lowercaseMapping.utf8
        if start + lower.count > TokenBuffer.maximumTermByteCount { return lower.count }
        for (index, byte) in lower.enumerated() { unsafe output[start + index] = byte }
        return lower.count
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
    @inline(__always)
    private func decode() -> (scalar: Unicode.Scalar?, byteCount: Int) {
        let first = unsafe UInt32(cursor.pointee)
        if first < 0xE0 {
            guard first >= 0xC2, let second = unsafe continuation(1) else { return (nil, 1) }
            return checked((first & 0x1F) << 6 | second, atLeast: 0x80, byteCount: 2)
        }
        guard let second = unsafe continuation(1), let third = unsafe continuation(2) else {
            return (nil, 1)
        }
        if first < 0xF0 {
            let value = (first & 0x0F) << 12 | second << 6 | third
            return checked(value, atLeast: 0x800, byteCount: 3)
        }
        guard first < 0xF8, let fourth = unsafe continuation(3) else { return (nil, 1) }
        let value = (first & 0x07) << 18 | second << 12 | third << 6 | fourth
        return checked(value, atLeast: 0x10000, byteCount: 4)
    }

    /// The six bits of a continuation byte, or nil if there is none at this distance.
    @inline(__always)
    private func continuation(_ distance: Int) -> UInt32? {
        // Safe: the byte lies before the end of the text.
        guard unsafe end - cursor > distance else { return nil }
        let byte = unsafe cursor[distance]
        return byte & 0xC0 == 0x80 ? UInt32(byte & 0x3F) : nil
    }
}

/// A scalar that was not written longer than need be, is no surrogate and no greater than any.
@inline(__always)
private func checked(
    _ value: UInt32, atLeast minimum: UInt32, byteCount: Int
) -> (scalar: Unicode.Scalar?, byteCount: Int) {
    guard value >= minimum, let scalar = Unicode.Scalar(value) else { return (nil, 1) }
    return (scalar, byteCount)
}
