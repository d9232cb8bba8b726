// Terms that come from outside of this module.

extension TokenBuffer {
    /// Appends a term of any bytes, as an index can hold it; false where nothing is left of it.
    ///
    /// What lies beyond the longest term is cut off where a character begins, zero bytes are left
    /// out, and each byte that is not UTF-8 becomes U+FFFD.
    /// - Complexity: O(bytes of the term).
    @discardableResult
    package mutating func append(_ term: Span<UInt8>, position: UInt32) -> Bool {
        // Safe: the bytes are read within the closure only.
        unsafe term.withUnsafeBufferPointer { unsafe append($0, position: position) }
    }

    /// Appends the term of a string, as an index can hold it; false where nothing is left of it.
    @discardableResult
    package mutating func append(_ term: String, position: UInt32) -> Bool {
        var term = term
        // Safe: the bytes are read within the closure only.
        return term.withUTF8 { unsafe append($0, position: position) }
    }

    @unsafe
    private mutating func append(_ term: UnsafeBufferPointer<UInt8>, position: UInt32) -> Bool {
        guard let bytes = term.baseAddress else { return false }
        let output = unsafe prepareTerm()
        var count = 0
        var index = 0
        while index < term.count {
            let byte = unsafe bytes[index]
            if byte < 0x80 {
                if count == Self.maximumTermByteCount { break }
                // Safe: the count stays below the room that was prepared, here and below.
                unsafe output[count] = byte
                count += byte == 0 ? 0 : 1
                index += 1
                continue
            }
            let (scalar, byteCount) = unsafe UTF8Reader.decode(bytes, at: index, end: term.count)
            let encoded = UTF8.encode(scalar ?? "\u{FFFD}")
            guard let encoded, count + encoded.count <= Self.maximumTermByteCount else { break }
            for unit in encoded {
                unsafe output[count] = unit
                count += 1
            }
            index += byteCount
        }
        if count > 0 { append(byteCount: count, position: position) }
        return count > 0
    }
}
