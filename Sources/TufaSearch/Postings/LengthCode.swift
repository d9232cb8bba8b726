/// Lengths of documents in one byte: exact below 32, then floating point numbers with four bits
/// behind the first, rounded down.
///
/// A length is at least what its code stands for and at most a sixteenth more, up to half a
/// million; what is longer has the code of that.
enum LengthCode {
    /// Codes below this one are the lengths themselves.
    static let exactLimit: UInt8 = 32

    /// The code of a length.
    @inline(__always)
    static func code(_ length: UInt32) -> UInt8 {
        if length < UInt32(exactLimit) { return UInt8(length) }
        let exponent = UInt32(UInt32.bitWidth - 1 - length.leadingZeroBitCount)
        let code = 32 + (exponent - 5) * 16 + (length >> (exponent - 4)) & 15
        return UInt8(min(code, 255))
    }

    /// The least length that has a code.
    static func least(_ code: UInt8) -> UInt32 {
        if code < exactLimit { return UInt32(code) }
        let rest = UInt32(code) - 32
        return (16 + rest & 15) << (1 + rest >> 4)
    }
}
