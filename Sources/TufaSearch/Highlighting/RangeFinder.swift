/// Collects which bytes of a text the words at some positions come from, as an analyzer of the
/// program tells.
///
/// What a program tells may be wrong: a range that is not within the text is as none, and the
/// others are made to hold whole characters and to begin and end with what is no blank.
package struct RangeFinder {
    private let positions: [UInt32]
    private let byteCount: Int
    private var ranges: [Range<Int>?]
    private var next = 0

    /// Asks for positions, which ascend, of a text.
    init(_ positions: [UInt32], byteCount: Int) {
        self.positions = positions
        self.byteCount = byteCount
        ranges = Array(repeating: nil, count: positions.count)
    }

    /// Takes the bytes of a term; terms come in the order of their positions.
    ///
    /// Of terms that stand in one place, the bytes of all are one range.
    /// - Complexity: O(1), over all terms O(positions).
    package mutating func add(_ range: Range<Int>, position: UInt32) {
        while next < positions.count, positions[next] < position { next += 1 }
        guard range.lowerBound >= 0, range.upperBound <= byteCount, !range.isEmpty else { return }
        var at = next
        while at < positions.count, positions[at] == position {
            if let other = ranges[at] {
                // What lies beyond the last position is not one place.
                if position == TokenBuffer.maximumPosition { return }
                let start = min(other.lowerBound, range.lowerBound)
                ranges[at] = start..<max(other.upperBound, range.upperBound)
            } else {
                ranges[at] = range
            }
            at += 1
        }
    }

    /// The ranges of the positions; nil where nothing was told.
    @unsafe
    func found(in text: UnsafeBufferPointer<UInt8>) -> [Range<Int>?] {
        ranges.map { range in range.flatMap { unsafe Self.settled($0, in: text) } }
    }

    /// A range of whole characters that neither begins nor ends with a blank; nil for blanks alone.
    @unsafe
    private static func settled(
        _ range: Range<Int>, in text: UnsafeBufferPointer<UInt8>
    ) -> Range<Int>? {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start > 0, unsafe text[start] & 0xC0 == 0x80 { start -= 1 }
        while end < text.count, unsafe text[end] & 0xC0 == 0x80 { end += 1 }
        while start < end, unsafe text[start] <= 0x20 { start += 1 }
        while start < end, unsafe text[end - 1] <= 0x20 { end -= 1 }
        return start < end ? start..<end : nil
    }
}
