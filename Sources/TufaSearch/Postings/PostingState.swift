/// Where the postings of a term are, in one word that the writer stores and readers load at once.
///
/// ```
/// 0                                        the term is in no document
/// 1 << 63 | field << 56 | position << 32 | document
///                                          it occurs once, in one document
/// reference                                a PostingList in the arena of tails
/// ```
/// More than half of all terms occur once, and need no memory beside their record.
struct PostingState: Equatable {
    let bits: UInt64

    @inline(__always)
    init(bits: UInt64) { self.bits = bits }

    /// One occurrence in one document.
    @inline(__always)
    init(document: UInt32, field: Int, position: UInt32) {
        bits = 1 << 63 | UInt64(field) << 56 | UInt64(position) << 32 | UInt64(document)
    }

    /// A list of postings.
    @inline(__always)
    init(list: UInt32) { bits = UInt64(list) }

    /// No posting.
    static let none = PostingState(bits: 0)

    /// Whether there is no posting.
    var isNone: Bool { bits == 0 }
    /// Whether there is one occurrence in one document, which the state itself says.
    var isSingle: Bool { bits >> 63 == 1 }
    /// The list, where there is one.
    var list: UInt32 { UInt32(truncatingIfNeeded: bits) }

    /// The document of a single occurrence.
    var document: UInt32 { UInt32(truncatingIfNeeded: bits) }
    /// The field of a single occurrence.
    var field: Int { Int(bits >> 56 & 0x7F) }
    /// Where a single occurrence stands.
    var position: UInt32 { UInt32(truncatingIfNeeded: bits >> 32) & 0xFF_FFFF }
}
