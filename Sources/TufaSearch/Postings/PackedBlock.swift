/// A run of a term's postings that never changes: numbers of one kind take the same few bits each.
///
/// ```
/// 0   u8   bits of a document's step, less 1
/// 1   u8   bits of a count, less 1
/// 2   u8   bits of a place's step
/// 3   u8   zero
/// 4   u32  offset of the counts
/// 8   u32  offset of the places
/// 12  u32  bytes of the block
/// 16       steps of the documents; the masks of their fields, where there are several fields;
///          counts, one for each document and field of it; places, in the same order
/// ```
/// The first document's step is from the last of the block before. A mask has a bit for each field.
/// The last eight bytes are free, so that any number is read with one load (frame of reference
/// coding with 128 numbers a block; Lemire and Boytsov, "Decoding Billions of Integers per Second",
/// 2015).
@unsafe
struct PackedBlock {
    @safe static let headerByteCount = 16
    @safe static let paddingByteCount = 8

    #if DEBUG
        /// Small blocks make small tests reach every border.
        @safe static let postingCount = 8
    #else
        /// How many postings a block has.
        @safe static let postingCount = 128
    #endif

    let base: UnsafeRawPointer

    @inline(__always)
    init(_ base: UnsafeRawPointer) { unsafe self.base = base }

    @inline(__always)
    private func byte(_ offset: Int) -> Int {
        unsafe Int(base.load(fromByteOffset: offset, as: UInt8.self))
    }

    @inline(__always)
    private func word(_ offset: Int) -> Int {
        unsafe Int(base.load(fromByteOffset: offset, as: UInt32.self))
    }

    /// Bytes of the block.
    var byteCount: Int { unsafe word(12) }

    /// Number `index` of those that begin at `start` and take `width` bits each.
    @inline(__always)
    private func number(_ start: Int, _ index: Int, _ width: Int) -> UInt32 {
        let bit = index &* width
        let word = unsafe UInt64(
            littleEndian: base.loadUnaligned(
                fromByteOffset: start &+ bit &>> 3, as: UInt64.self))
        return UInt32(truncatingIfNeeded: word &>> UInt64(bit & 7) & (1 &<< UInt64(width) &- 1))
    }

    /// Where the masks of fields begin, which follow the steps.
    private var masks: Int { unsafe Self.headerByteCount &+ Self.byteCount(byte(0)) }

    /// Bytes of one number of `width` bits for each posting.
    @safe @inline(__always)
    static func byteCount(_ width: Int) -> Int { (postingCount &* width &+ 7) &>> 3 }

    /// Writes the documents to `documents`, which go on from `last`.
    ///
    /// - Complexity: O(postings of a block).
    @inline(__always)
    func decode(after last: UInt32, into documents: UnsafeMutablePointer<UInt32>) {
        let width = unsafe byte(0)
        var document = last
        for index in 0..<Self.postingCount {
            document &+= unsafe number(Self.headerByteCount, index, width) &+ 1
            unsafe documents[index] = document
        }
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
        let masks = unsafe masks
        var left = index &* fieldCount
        var at = masks
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

    /// How often a term occurs in one field of one document.
    @inline(__always)
    func count(_ index: Int) -> UInt32 { unsafe number(word(4), index, byte(1)) &+ 1 }

    /// How many places belong to the counts from `start` to `end`.
    @inline(__always)
    func placeCount(_ start: Int, _ end: Int) -> Int {
        var total = end &- start
        let width = unsafe byte(1)
        if width == 0 { return total }
        let counts = unsafe word(4)
        for index in start..<end { total &+= unsafe Int(number(counts, index, width)) }
        return total
    }

    /// The step from the place before, in the same field.
    @inline(__always)
    func placeStep(_ index: Int) -> UInt32 { unsafe number(word(8), index, byte(2)) }
}
