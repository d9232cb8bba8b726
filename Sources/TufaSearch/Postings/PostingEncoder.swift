/// Encodes postings and their places as the tail of a term and the stream of a snapshot have them:
/// see `Docs/Format/Text.md`.
@safe
struct PostingEncoder: ~Copyable {
    private(set) var postings = GrowingBytes()
    private(set) var places = GrowingBytes()
    private var lastField = -1
    private var lastPosition: UInt32 = 0

    mutating func removeAll() {
        postings.removeAll()
        places.removeAll()
    }

    /// Adds a posting, `step` documents behind the one before, with how often the term occurs in
    /// each field of `mask`; its places follow.
    @inline(__always)
    mutating func add(
        step: UInt32, counts: SIMD8<UInt32>, mask: UInt32, _ code: PostingCode
    ) {
        lastField = -1
        let number = UInt64(step) << code.shift
        let field = mask.trailingZeroBitCount
        if mask & (mask &- 1) == 0, counts[field] == 1 {
            postings.append(varint: number | UInt64(field) << 1)
            return
        }
        postings.append(varint: number | 1)
        if code.fieldCount > 1 { postings.append(UInt8(truncatingIfNeeded: mask)) }
        var rest = mask
        while rest != 0 {
            postings.append(varint: UInt64(counts[rest.trailingZeroBitCount]))
            rest &= rest &- 1
        }
    }

    /// Adds a place of the last posting; fields and then positions ascend.
    @inline(__always)
    mutating func add(field: Int, position: UInt32) {
        if field != lastField {
            lastField = field
            lastPosition = 0
        }
        places.append(varint: UInt64(position &- lastPosition))
        lastPosition = position
    }
}
