internal import Synchronization
internal import TufaIndex

/// The average lengths that the bounds of packed blocks were computed with.
///
/// Averages move with every document, and a bound is of use only where it is known what they were.
/// So there is an entry for each time that they moved by more than a fiftieth, and a block has the
/// number of its entry.
@safe
final class AverageTable: @unchecked Sendable {  // One writer; readers know published numbers.
    private let entries = ChunkDirectory()
    private let published = Atomic<Int>(0)
    private var newest = SIMD8<Double>(repeating: 0)

    /// An average that moved by less than this share of itself is the same.
    private static let tolerance = 0.02
    private static let unitsPerEntry = 8

    /// How many entries there are.
    var count: Int { published.load(ordering: .acquiring) }

    /// The slopes of an entry: the share of the length in a score over the average, by field.
    subscript(number: UInt32) -> SIMD8<Double> {
        // Safe: a number is handed out after its entry was written.
        unsafe entries.address(number * UInt32(Self.unitsPerEntry))
            .load(as: SIMD8<Double>.self)
    }

    /// The entry for the averages of now.
    func current(_ liveCount: Int, _ totalTokens: SIMD8<UInt64>, _ fieldCount: Int) -> UInt32 {
        let slopes = Ranking.slopes(liveCount, totalTokens, fieldCount)
        let count = count
        if count > 0, isNear(slopes) { return UInt32(count - 1) }
        let unitsPerChunk = ChunkDirectory.chunkByteCount / ChunkDirectory.unitByteCount
        while entries.chunkCount * unitsPerChunk < (count + 1) * Self.unitsPerEntry {
            guard entries.addChunks(1) != nil else {
                preconditionFailure("A text index has had too many average lengths.")
            }
        }
        unsafe entries.address(UInt32(count * Self.unitsPerEntry))
            .storeBytes(of: slopes, as: SIMD8<Double>.self)
        newest = slopes
        published.store(count + 1, ordering: .releasing)
        return UInt32(count)
    }

    private func isNear(_ slopes: SIMD8<Double>) -> Bool {
        for field in 0..<8
        where abs(slopes[field] - newest[field]) > Self.tolerance * newest[field] { return false }
        return true
    }
}
