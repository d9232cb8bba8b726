/// The header of a short ``PostingList``, in one word that is loaded and stored as a whole.
struct ShortListHead {
    private(set) var bits: UInt64

    static let byteCount = 8
    /// The most postings of a short list.
    static let maximumCount = 63
    /// The most bytes of its tail.
    static let maximumRoom = 16 * 8 - byteCount

    private static let shortBit: UInt64 = 1 << 63
    private static let queuedBit: UInt64 = 1 << 62

    @inline(__always)
    init(bits: UInt64) { self.bits = bits }

    /// The header of an empty list of so many bytes.
    init(byteCount: Int) { bits = Self.shortBit | UInt64(byteCount / 8 - 1) << 58 }

    /// Whether it is one.
    var isShort: Bool { @inline(__always) get { bits & Self.shortBit != 0 } }

    @inline(__always)
    private func part(_ shift: UInt64, _ width: UInt64) -> Int {
        Int(truncatingIfNeeded: bits &>> shift & (1 &<< width &- 1))
    }

    /// Postings.
    var count: Int { part(32, 6) }
    /// Bytes of postings.
    var used: Int { part(38, 7) }
    /// Bytes of places.
    var placesUsed: Int { part(45, 7) }
    /// Bytes of the list.
    var byteCount: Int { (part(58, 4) &+ 1) &* 8 }

    /// Postings of documents that have ended.
    var deadCount: Int {
        get { part(52, 6) }
        set { bits = bits & ~(63 << 52) | UInt64(newValue) << 52 }
    }

    /// Whether the list is queued for compaction.
    var isQueued: Bool {
        get { bits & Self.queuedBit != 0 }
        set { bits = newValue ? bits | Self.queuedBit : bits & ~Self.queuedBit }
    }

    @inline(__always)
    mutating func set(count: Int, last: UInt32, used: Int, placesUsed: Int) {
        let kept = bits & ~((1 << 52) - 1)
        bits =
            kept | UInt64(last) | UInt64(count) << 32 | UInt64(used) << 38
            | UInt64(placesUsed) << 45
    }
}
