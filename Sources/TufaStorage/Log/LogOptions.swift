/// The sizes of the log and who prepares its segments.
package struct LogOptions: Sendable {
    /// Length of a segment, in bytes.
    package var segmentByteCount: UInt64 = 64 << 20
    /// Length of the first segment, in bytes; each later one is four times as long, up to the full
    /// length, so that a small database stays small.
    package var firstSegmentByteCount: UInt64 = 1 << 20
    /// Whether the next segment is made by a thread of its own; else where it is needed.
    package var preparesInBackground = true

    /// The usual sizes.
    package init() {}

    /// Sizes for tests.
    package init(segmentByteCount: UInt64, preparesInBackground: Bool) {
        self.segmentByteCount = segmentByteCount
        firstSegmentByteCount = segmentByteCount
        self.preparesInBackground = preparesInBackground
    }

    func following(_ byteCount: UInt64) -> UInt64 {
        min(segmentByteCount, max(firstSegmentByteCount, byteCount &* 4))
    }
}
