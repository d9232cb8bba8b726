internal import TufaBytes

/// Writes zeros over the whole length of a new segment, in portions, each synced before the next:
/// the sync of a commit may have to wait for what is on its way to the same disk.
struct SegmentFiller {
    private let file: any File
    private let byteCount: UInt64
    private let zeros: [UInt8]
    /// How much is written and synced, in bytes.
    private(set) var offset: UInt64 = 0

    /// What is written at once where somebody waits for the segment, in bytes.
    private static let largePortion: UInt64 = 8 << 20
    /// What is written at once where nobody does, in bytes: a disk that keeps up with a log is done
    /// with it within a millisecond.
    private static let smallPortion: UInt64 = 512 << 10
    /// How many times as long as a small portion took the disk is left to others.
    private static let rest = 3
    private static let longestRest = Duration.milliseconds(10)

    /// Nothing of the file is written yet.
    init(_ file: any File, byteCount: UInt64) {
        self.file = file
        self.byteCount = byteCount
        zeros = [UInt8](repeating: 0, count: Int(min(byteCount, 1 << 20)))
    }

    var isDone: Bool { offset == byteCount }

    /// Writes a large portion.
    mutating func fill() throws { try fill(Self.largePortion) }

    /// Writes a small portion, and rests where it was not the last one.
    mutating func fillSlowly() throws {
        let start = ContinuousClock.now
        try fill(Self.smallPortion)
        if isDone { return }
        Platform.rest(for: min((ContinuousClock.now - start) * Self.rest, Self.longestRest))
    }

    private mutating func fill(_ portion: UInt64) throws {
        let end = min(offset + portion, byteCount)
        var written = offset
        while written < end {
            let count = Int(min(UInt64(zeros.count), end - written))
            try file.write(count == zeros.count ? zeros : Array(zeros[..<count]), at: written)
            written += UInt64(count)
        }
        try file.syncData()
        offset = end
    }
}
