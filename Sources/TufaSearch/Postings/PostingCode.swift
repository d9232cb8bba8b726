/// How a posting's first number is put together.
struct PostingCode {
    let fieldCount: Int
    /// Bits below the document's distance: the flag and the field.
    let shift: UInt64

    init(fieldCount: Int) {
        self.fieldCount = fieldCount
        shift = UInt64(1 + Int.bitWidth - (fieldCount - 1).leadingZeroBitCount)
    }
}
