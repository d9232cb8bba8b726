/// A read reached past the end of its bytes, or found what cannot stand there.
package struct ByteOverrun: Error, Sendable, CustomStringConvertible {
    /// Where the read began, in bytes from the start.
    package let offset: Int
    /// What was expected there.
    package let expected: StaticString

    /// Makes the error.
    @inlinable
    package init(offset: Int, expected: StaticString) {
        self.offset = offset
        self.expected = expected
    }

    /// One sentence.
    package var description: String { "\(expected) expected at byte \(offset)" }
}

/// Reads little-endian values one after the other, each checked against the end.
///
/// The bytes belong to somebody else and must outlive the reader: that is the one thing its maker
/// answers for.
@safe package struct ByteReader {
    @usableFromInline let base: UnsafeRawPointer?
    /// Length of the bytes.
    package let count: Int
    /// Where the next read begins.
    package private(set) var offset = 0

    /// Reads from the first of `bytes`.
    @unsafe
    package init(_ bytes: UnsafeRawBufferPointer) {
        unsafe base = bytes.baseAddress
        count = bytes.count
    }

    /// How many bytes are left.
    package var remaining: Int { count - offset }

    /// Whether every byte was read.
    package var isAtEnd: Bool { offset == count }

    @inline(__always)
    private mutating func load<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type, _ name: StaticString
    ) throws(ByteOverrun) -> T {
        guard let base = unsafe base, remaining >= MemoryLayout<T>.size else {
            throw ByteOverrun(offset: offset, expected: name)
        }
        // Safe: the bytes of the value lie before the end.
        let value = unsafe base.loadUnaligned(fromByteOffset: offset, as: T.self)
        offset += MemoryLayout<T>.size
        return T(littleEndian: value)
    }

    /// One byte.
    package mutating func u8() throws(ByteOverrun) -> UInt8 { try load(UInt8.self, "a byte") }

    /// Two bytes.
    package mutating func u16() throws(ByteOverrun) -> UInt16 { try load(UInt16.self, "a u16") }

    /// Four bytes.
    package mutating func u32() throws(ByteOverrun) -> UInt32 { try load(UInt32.self, "a u32") }

    /// Eight bytes.
    package mutating func u64() throws(ByteOverrun) -> UInt64 { try load(UInt64.self, "a u64") }

    /// Eight bytes, signed.
    package mutating func i64() throws(ByteOverrun) -> Int64 { try load(Int64.self, "an i64") }

    /// An unsigned number in LEB128: seven bits a byte, the lowest first, in its shortest form.
    package mutating func varint() throws(ByteOverrun) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try load(UInt8.self, "a varint")
            guard shift < 63 || (shift == 63 && byte <= 1) else {
                throw ByteOverrun(offset: start, expected: "a varint of at most 64 bits")
            }
            value |= UInt64(byte & 127) << shift
            if byte < 128 {
                guard byte != 0 || shift == 0 else {
                    throw ByteOverrun(offset: start, expected: "a varint in its shortest form")
                }
                return value
            }
            shift += 7
        }
    }

    /// The next `byteCount` bytes, in place.
    @unsafe
    package mutating func bytes(_ byteCount: Int) throws(ByteOverrun) -> UnsafeRawBufferPointer {
        guard byteCount >= 0, byteCount <= remaining else {
            throw ByteOverrun(offset: offset, expected: "a longer run of bytes")
        }
        let start = offset
        offset += byteCount
        return unsafe UnsafeRawBufferPointer(
            start: base.map { unsafe $0 + start }, count: byteCount)
    }

    /// Passes over `byteCount` bytes.
    package mutating func skip(_ byteCount: Int) throws(ByteOverrun) {
        _ = unsafe try bytes(byteCount)
    }

    /// UTF-8 text of `byteCount` bytes.
    package mutating func text(_ byteCount: Int) throws(ByteOverrun) -> String {
        let start = offset
        let slice = unsafe try bytes(byteCount)
        guard unsafe UTF8Check.isValid(slice) else {
            throw ByteOverrun(offset: start, expected: "UTF-8 text")
        }
        return unsafe String(decoding: slice, as: UTF8.self)
    }

    /// UTF-8 text after its length in bytes as a varint.
    package mutating func string() throws(ByteOverrun) -> String {
        let length = try varint()
        guard length <= UInt64(remaining) else {
            throw ByteOverrun(offset: offset, expected: "a text of the stated length")
        }
        return try text(Int(length))
    }

    /// Bytes after their length as a varint, copied.
    package mutating func blob() throws(ByteOverrun) -> [UInt8] {
        let length = try varint()
        guard length <= UInt64(remaining) else {
            throw ByteOverrun(offset: offset, expected: "bytes of the stated length")
        }
        return unsafe Array(try bytes(Int(length)))
    }

    /// An identifier, as its two halves.
    package mutating func rowID() throws(ByteOverrun) -> RowID {
        RowID(high: try u64(), low: try u64())
    }
}
