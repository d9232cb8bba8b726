/// Reads scalars from bytes that may be anything.
enum UTF8Reader {
    /// The scalar outside ASCII at an index and its length; nil and 1 for a byte that begins none.
    @unsafe @inline(__always)
    static func decode(
        _ text: UnsafePointer<UInt8>, at index: Int, end: Int
    ) -> (scalar: Unicode.Scalar?, byteCount: Int) {
        // Safe: every byte that is read lies before the end.
        let room = end - index
        let first = unsafe UInt32(text[index])
        guard first >= 0xC2 && first < 0xF8 && room > 1,
            let second = unsafe continuation(text[index + 1])
        else { return (nil, 1) }
        if first < 0xE0 {
            return checked((first & 0x1F) << 6 | second, atLeast: 0x80, byteCount: 2)
        }
        guard room > 2, let third = unsafe continuation(text[index + 2]) else { return (nil, 1) }
        if first < 0xF0 {
            let value = (first & 0x0F) << 12 | second << 6 | third
            return checked(value, atLeast: 0x800, byteCount: 3)
        }
        guard room > 3, let fourth = unsafe continuation(text[index + 3]) else { return (nil, 1) }
        let value = (first & 0x07) << 18 | second << 12 | third << 6 | fourth
        return checked(value, atLeast: 0x10000, byteCount: 4)
    }

    /// The six bits of a continuation byte, or nil for another one.
    @inline(__always)
    private static func continuation(_ byte: UInt8) -> UInt32? {
        byte & 0xC0 == 0x80 ? UInt32(byte & 0x3F) : nil
    }

    /// A scalar that was not written longer than need be, is no surrogate and no greater than any.
    @inline(__always)
    private static func checked(
        _ value: UInt32, atLeast minimum: UInt32, byteCount: Int
    ) -> (scalar: Unicode.Scalar?, byteCount: Int) {
        guard value >= minimum, let scalar = Unicode.Scalar(value) else { return (nil, 1) }
        return (scalar, byteCount)
    }
}
