/// How a posting's first number is put together.
struct PostingCode {
    let fieldCount: Int
    /// Bits below the document's distance: the flag and the field.
    let shift: UInt64

    init(fieldCount: Int) {
        self.fieldCount = fieldCount
        shift = UInt64(1 + Int.bitWidth - (fieldCount - 1).leadingZeroBitCount)
    }

    /// The longest encoding of a posting: its number, the mask, a count for each field.
    static let maximumByteCount = 6 + 1 + 8 * 5
}
