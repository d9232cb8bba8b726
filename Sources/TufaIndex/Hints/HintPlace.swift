internal import Synchronization

/// Where a row was: its number, and the version that was its newest.
struct LookupHint: Equatable {
    let number: UInt32
    let reference: UInt32
}

/// The line of a key among the hints, and how the key is marked there.
///
/// ```
/// 0   7   a tag for each of the seven hints, 0 for none
/// 7   u8  which one is pushed out next
/// 8   7 * u64  row number, then reference of the version
/// ```
/// Tag and hint are not changed at once, nor are those of two readers: a tag may be that of another
/// hint, and what one has noted may be gone.
@safe
package struct HintPlace {
    private let line: UnsafeMutablePointer<Atomic<UInt64>>
    private let tag: UInt64
    /// For how many rows the table was made.
    let rowCount: Int

    private static let ones: UInt64 = 0x01_0101_0101_0101
    private static let tops: UInt64 = 0x80_8080_8080_8080
    static let hintCount = 7

    /// Whether the key is one of the few whose lookups are counted: one in sixteen.
    @inline(__always)
    var isCounted: Bool { tag & 15 == 7 }

    @inline(__always) @unsafe
    init(line: UnsafeMutablePointer<Atomic<UInt64>>, tag: UInt64, rowCount: Int) {
        unsafe self.line = line
        self.tag = tag
        self.rowCount = rowCount
    }

    /// What was noted last under the key's tag; one in fifty is of another key.
    @inline(__always)
    var hint: LookupHint? {
        guard let way = unsafe Self.way(of: tag, in: line.pointee.load(ordering: .relaxed)) else {
            return nil
        }
        // What the hint leads to was made before it was noted.
        let word = unsafe line[way &+ 1].load(ordering: .acquiring)
        return LookupHint(
            number: UInt32(truncatingIfNeeded: word), reference: UInt32(word >> 32))
    }

    /// Notes a hint in place of that under the same tag, where there is room, or of one in turn.
    func note(_ hint: LookupHint) {
        let tags = unsafe line.pointee.load(ordering: .relaxed)
        var turn = tags >> 56
        let way: Int
        if let known = Self.way(of: tag, in: tags) ?? Self.way(of: 0, in: tags) {
            way = known
        } else {
            way = Int(turn) % Self.hintCount
            turn = UInt64(way) + 1
        }
        let shift = UInt64(way * 8)
        let others = tags & ~(0xFF << shift | 0xFF << 56)
        unsafe line[way + 1].store(
            UInt64(hint.reference) << 32 | UInt64(hint.number), ordering: .releasing)
        unsafe line.pointee.store(others | tag << shift | turn << 56, ordering: .relaxed)
    }

    /// The first of the seven that has a tag; seven bytes are compared at once.
    @inline(__always)
    private static func way(of tag: UInt64, in tags: UInt64) -> Int? {
        let difference = tags ^ (tag &* ones)
        // The lowest byte of zeros is told for sure, those above it are not.
        let found = (difference &- ones) & ~difference & tops
        return found == 0 ? nil : found.trailingZeroBitCount >> 3
    }
}
