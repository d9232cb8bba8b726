/// A run of a term's postings that never changes, coded so that single large numbers cost little.
///
/// ```
/// 0   u32  offset of the quotients
/// 4   u16  offset of the counts
/// 6   u16  how many counts are exceptions, below 5 bits: the bits of each, less 1
/// 8   u8   bits of a document's step
/// 9   u8   how many steps are exceptions
/// 10  u8   bits of each
/// 11  u8   bits of a place's remainder, below 3 bits: the width of counts, see `countWidths`
/// 12  u32  bytes of the block
/// 16       steps of the documents, in rows of four lanes
///          exceptions of the steps: an index of a byte each; then the bits above the width
///          masks of the documents' fields, where there are several fields
///          exceptions of the counts: an index each, of one byte, of two where there are several
///          fields; then the numbers
///          counts less 1, one for each document and field of it, in rows of eight lanes
///          remainders of the steps of places, in the order of the counts
///          quotients of the steps of places
/// ```
/// Steps are less 1; the first is from the last document of the block before. Most numbers of a
/// kind take the same few bits, and the others are exceptions behind them (patched frame of
/// reference; Zukowski et al., "Super-Scalar RAM-CPU Cache Compression", 2006). Lanes stand side by
/// side, so one instruction decodes a row (Lemire and Boytsov, "Decoding Billions of Integers per
/// Second", 2015). A step of a place is its quotient by a power of two, as so many zero bits and a
/// one, and the remainder (Rice 1971): that any place is found by counting ones. A mask has a bit
/// for each field.
///
/// The last eight bytes of quotients are whole words, and at least two rows follow the first steps,
/// so that loads which begin at the last number of any kind end within the block.
@unsafe
struct PackedBlock {
    @safe static let headerByteCount = 16

    #if DEBUG
        /// Small blocks make small tests reach every border.
        @safe static let postingCount = 8
    #else
        /// How many postings a block has.
        @safe static let postingCount = 128
    #endif

    /// The widths that counts can have: what divides a byte, so that lanes of a byte hold them.
    @safe static let countWidths = [0, 1, 2, 4, 8]
    /// A count of more than this is looked up among the exceptions.
    @safe static let greatestByteCount = 255

    let base: UnsafeRawPointer

    @inline(__always)
    init(_ base: UnsafeRawPointer) { unsafe self.base = base }

    // MARK: The header

    @inline(__always)
    private func byte(_ offset: Int) -> Int {
        unsafe Int(base.load(fromByteOffset: offset, as: UInt8.self))
    }

    @inline(__always)
    private func half(_ offset: Int) -> Int {
        unsafe Int(base.load(fromByteOffset: offset, as: UInt16.self))
    }

    /// Bytes of the block.
    var byteCount: Int { unsafe Int(base.load(fromByteOffset: 12, as: UInt32.self)) }

    /// Where the quotients begin.
    var quotients: Int {
        @inline(__always) get { unsafe Int(base.load(as: UInt32.self)) }
    }

    /// Where the counts begin.
    var counts: Int { @inline(__always) get { unsafe half(4) } }
    /// How many counts are exceptions.
    var countExceptionCount: Int { @inline(__always) get { unsafe half(6) &>> 5 } }
    /// Bits of a count that is an exception.
    var countExceptionWidth: Int { @inline(__always) get { unsafe half(6) & 31 &+ 1 } }
    /// Bits of a document's step.
    var stepWidth: Int { @inline(__always) get { unsafe byte(8) } }
    /// How many steps are exceptions.
    var stepExceptionCount: Int { @inline(__always) get { unsafe byte(9) } }
    /// Bits of a step's exception.
    var stepExceptionWidth: Int { @inline(__always) get { unsafe byte(10) } }
    /// Bits of a place's remainder.
    var remainderWidth: Int { @inline(__always) get { unsafe byte(11) &>> 3 } }
    /// The binary logarithm of a count's bits, plus 1; 0 where a count takes none.
    var countWidthCode: Int { @inline(__always) get { unsafe byte(11) & 7 } }

    /// Whether the term occurs once in each field of each document.
    var isOfSingles: Bool { @inline(__always) get { unsafe half(6) &>> 5 | byte(11) & 7 == 0 } }

    /// Whether a count may be too large for a byte.
    var hasLargeCounts: Bool {
        @inline(__always) get { unsafe half(6) &>> 5 > 0 && half(6) & 31 >= 7 }
    }

    // MARK: Sizes

    /// Bytes of the rows of so many bits for each document's step.
    @safe @inline(__always)
    static func stepByteCount(_ width: Int) -> Int {
        (postingCount / 4 &* width &+ 31) &>> 5 &* 16
    }

    /// Bytes of the rows of `count` counts of so many bits.
    @safe @inline(__always)
    static func countByteCount(_ count: Int, _ width: Int) -> Int {
        (count &* width &+ 63) &>> 6 &* 8
    }

    /// Bytes of `count` numbers of so many bits, one behind the other.
    @safe @inline(__always)
    static func byteCount(_ count: Int, _ width: Int) -> Int { (count &* width &+ 7) &>> 3 }

    /// Bytes of the index of a count's exception.
    @safe @inline(__always)
    static func indexByteCount(_ fieldCount: Int) -> Int { fieldCount == 1 ? 1 : 2 }

    /// Where the masks of fields begin.
    var masks: Int {
        let count = unsafe stepExceptionCount
        return unsafe Self.headerByteCount &+ Self.stepByteCount(stepWidth) &+ count
            &+ Self.byteCount(count, stepExceptionWidth)
    }

    // MARK: Numbers

    /// Number `index` of those that begin at `start` and take `width` bits each, at most 32.
    @inline(__always)
    func number(_ start: Int, _ index: Int, _ width: Int) -> UInt32 {
        let bit = index &* width
        // Safe: the block goes on for a word behind the first byte of its last number.
        let word = unsafe UInt64(
            littleEndian: base.loadUnaligned(
                fromByteOffset: start &+ bit &>> 3, as: UInt64.self))
        return UInt32(truncatingIfNeeded: word &>> UInt64(bit & 7) & (1 &<< UInt64(width) &- 1))
    }

    /// The fields of a posting, a bit for each.
    @inline(__always)
    func mask(_ index: Int, fieldCount: Int) -> UInt32 {
        fieldCount == 1 ? 1 : unsafe number(masks, index, fieldCount)
    }

    /// How many counts there are before those of a posting.
    @inline(__always)
    func countsBefore(_ index: Int, fieldCount: Int) -> Int {
        if fieldCount == 1 { return index }
        var left = index &* fieldCount
        var at = unsafe masks
        var total = 0
        while left >= 64 {
            total &+= unsafe base.loadUnaligned(fromByteOffset: at, as: UInt64.self).nonzeroBitCount
            at &+= 8
            left &-= 64
        }
        let rest = unsafe UInt64(
            littleEndian: base.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        return total &+ (rest & (1 &<< UInt64(left) &- 1)).nonzeroBitCount
    }
}
