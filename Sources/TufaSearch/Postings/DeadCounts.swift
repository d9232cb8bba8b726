internal import Synchronization
internal import TufaIndex

/// How many of each term's postings are of documents that have ended.
///
/// With them the number of documents that have a term is known without reading its postings, for
/// the newest view and every other that no document has ended since. The writer counts an ending
/// first and its terms then, and an ending that is taken back in the reverse order. So a reader
/// that finds the same count of endings before and after, and no ending taken back between, has
/// read what belongs to it.
@safe
final class DeadCounts: @unchecked Sendable {  // One writer; all that is shared is atomic.
    private let counts = ChunkDirectory()
    private let reached = Atomic<Int>(0)
    private let endings = Atomic<Int>(0)
    /// How many endings were taken back; a count of endings may come again, and this one never.
    private let returns = Atomic<Int>(0)

    /// Endings that cannot be told apart, since the words of one of them were not known.
    private static let unknown = -1

    /// How many documents have ended; -1 where that says nothing of the terms.
    var endingCount: Int { endings.load(ordering: .acquiring) }

    /// The dead postings of a term as of `endingCount` endings; nil where that is not known.
    func count(_ term: UInt32, asOf endingCount: Int) -> Int? {
        let returnCount = returns.load(ordering: .acquiring)
        guard endingCount >= 0, self.endingCount == endingCount else { return nil }
        let count =
            Int(term) < reached.load(ordering: .acquiring)
            ? unsafe slot(term).pointee.load(ordering: .acquiring) : 0
        let isSame =
            self.endingCount == endingCount && returns.load(ordering: .acquiring) == returnCount
        return isSame ? Int(count) : nil
    }

    @unsafe
    private func slot(_ term: UInt32) -> UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe (counts.address(term >> 1) + Int(term & 1) * 4)
            .assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// Notes that a document has ended, before its terms are counted.
    func addEnding() {
        let count = endings.load(ordering: .relaxed)
        if count != Self.unknown { endings.store(count + 1, ordering: .releasing) }
    }

    /// Notes that a document has ended whose terms are not known.
    func addUnknownEnding() { endings.store(Self.unknown, ordering: .releasing) }

    /// Counts a dead posting of a term.
    func add(_ term: UInt32) {
        guard counts.ensureWord(Int(term)) else {
            preconditionFailure("A text index holds at most 2^29 terms.")
        }
        reached.store(counts.chunkCount * ChunkDirectory.wordsPerChunk, ordering: .releasing)
        let slot = unsafe slot(term)
        let count = unsafe slot.pointee.load(ordering: .relaxed)
        unsafe slot.pointee.store(count + 1, ordering: .releasing)
    }

    /// Begins to take an ending back, before its terms are subtracted.
    func beginReturn() {
        returns.store(returns.load(ordering: .relaxed) + 1, ordering: .releasing)
    }

    /// Ends that, when they have been.
    func finishReturn() {
        let count = endings.load(ordering: .relaxed)
        if count != Self.unknown { endings.store(count - 1, ordering: .releasing) }
    }

    /// Takes back that a posting of a term died.
    func subtract(_ term: UInt32) {
        let slot = unsafe slot(term)
        let count = unsafe slot.pointee.load(ordering: .relaxed)
        unsafe slot.pointee.store(count - 1, ordering: .releasing)
    }
}
