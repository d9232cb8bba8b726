/// The sizes of the log and who prepares its segments.
package struct LogOptions: Sendable {
    /// Length of a segment, in bytes.
    package var segmentByteCount: UInt64 = 64 << 20
    /// Length of the first segment, in bytes; each later one is four times as long, up to the full
    /// length, so that a small database stays small.
    package var firstSegmentByteCount: UInt64 = 1 << 20
    /// Whether threads prepare segments, flush what is buffered and note where the log ends.
    ///
    /// Else segments are made where they are needed, and what is buffered is written
    /// with the next commit that waits, by a flush or at the close: nothing happens by itself.
    package var worksInBackground = true

    /// Whether a processor may be kept awake while a sync is waited for (``SyncPace``).
    package var staysAwake = true

    /// The usual sizes.
    package init() {}

    /// Sizes for tests.
    package init(segmentByteCount: UInt64, worksInBackground: Bool) {
        self.segmentByteCount = segmentByteCount
        firstSegmentByteCount = segmentByteCount
        self.worksInBackground = worksInBackground
    }

    func following(_ byteCount: UInt64) -> UInt64 {
        min(segmentByteCount, max(firstSegmentByteCount, byteCount &* 4))
    }
}
