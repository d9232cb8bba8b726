/// Up to eight bytes of ASCII that the end of a word is compared with in one instruction.
struct Suffix {
    /// The bytes, the last one lowest.
    let value: UInt64
    /// Ones where ``value`` has bytes.
    let mask: UInt64
    /// Length, in bytes.
    let byteCount: Int

    /// Packs a literal; the compiler turns it into constants.
    @inline(__always)
    init(_ literal: StaticString) {
        var value: UInt64 = 0
        for index in 0..<literal.utf8CodeUnitCount {
            // Safe: the index is below the literal's length.
            value = unsafe value << 8 | UInt64(literal.utf8Start[index])
        }
        self.value = value
        byteCount = literal.utf8CodeUnitCount
        mask = UInt64.max >> UInt64(64 - 8 * byteCount)
    }
}
