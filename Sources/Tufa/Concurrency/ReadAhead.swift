internal import TufaStorage

/// Commits that are read, checked and decompressed by a thread of its own, ahead of whoever applies
/// them (`Docs/Decisions/0018-a-replay-reads-ahead.md`).
///
/// What is handed over, and the error behind it, are those of the reader, in its order: an error
/// waits until everything before it was applied.
struct ReadAhead {
    /// Hands every commit of a history to a body, in order, until that answers false.
    typealias Reader = @Sendable (_ body: (CommitReader.Commit) throws -> Bool) throws -> Void

    /// How many events a history must have for the thread to be worth its start.
    static let leastEventCount: UInt64 = 4096

    /// The room of a batch, in bytes; a longer commit is not copied, and its reader waits for it.
    var batchByteCount = 1 << 20
    /// How many batches there are: one is applied, one is filled, the others wait.
    var batchCount = 4

    /// Whether commits are read ahead: where there is another processor to do it, and enough to do.
    static func isWorthwhile(_ eventCount: UInt64) -> Bool {
        eventCount >= leastEventCount && Processors.count > 1
    }

    /// Hands to `body` what `reader` hands over, until it answers false, and with each commit
    /// whether `checker` has found its rows sound.
    ///
    /// When this returns or throws, the thread has ended.
    /// - Throws: what `body` throws, and what `reader` does once `body` has had all before it.
    func run(
        _ reader: @escaping Reader, checkedBy checker: BodyChecker,
        _ body: (_ commit: CommitReader.Commit, _ isSound: Bool) throws -> Bool
    ) throws {
        let queue = CommitQueue(checker, batchCount: batchCount, batchByteCount: batchByteCount)
        let thread = startThread(named: "tufa.read") { queue.fill(reader) }
        defer {
            queue.stop()
            joinThread(thread)
        }
        while let batch = try queue.next() {
            for commit in batch.commits {
                if try !body(commit, batch.isSound) { return }
            }
            queue.giveBack(batch)
        }
    }
}
