internal import TufaStorage

/// A few batches of commits that go round between a thread that fills them and one that empties
/// them.
final class CommitQueue: @unchecked Sendable {  // What both threads use is under the monitor.
    private let monitor = Monitor()
    private let batchCount: Int
    private let batchByteCount: Int
    // Under the monitor.
    private var filled: [CommitBatch] = []
    private var empty: [CommitBatch] = []
    private var madeCount = 0
    private var isStopped = false
    private var end: Result<Void, any Error>?
    // The filling thread's own.
    private var open: CommitBatch?
    private var checker: BodyChecker

    init(_ checker: BodyChecker, batchCount: Int, batchByteCount: Int) {
        precondition(batchCount >= 2, "One batch is filled while another is emptied.")
        self.checker = checker
        self.batchCount = batchCount
        self.batchByteCount = batchByteCount
    }

    // MARK: Filling

    /// Runs a reader to its end, or until nobody wants more, and keeps what it ended with.
    func fill(_ reader: ReadAhead.Reader) {
        let result = Result { try reader { commit in self.put(commit) } }
        send()
        monitor.withLock {
            end = result
            monitor.broadcast()
        }
    }

    /// Takes a commit over; false where nobody wants more.
    private func put(_ commit: CommitReader.Commit) -> Bool {
        // While the reader's buffer is in the nearest cache.
        let isSound = checker.isSound(commit)
        if let open, open.append(commit, isSound: isSound) { return true }
        send()
        guard let batch = takeEmpty() else { return false }
        open = batch
        if batch.append(commit, isSound: isSound) { return true }
        batch.lend(commit, isSound: isSound)
        send()
        return waitUntilEmptied()
    }

    /// Hands the batch that is being filled to the other thread.
    private func send() {
        guard let batch = open else { return }
        open = nil
        monitor.withLock {
            filled.append(batch)
            monitor.broadcast()
        }
    }

    /// Waits for a batch to fill; nil where nobody wants more.
    private func takeEmpty() -> CommitBatch? {
        monitor.withLock {
            while !isStopped {
                if let batch = empty.popLast() { return batch }
                if madeCount < batchCount {
                    madeCount += 1
                    return CommitBatch(capacity: batchByteCount)
                }
                monitor.wait()
            }
            return nil
        }
    }

    /// Waits until every batch was emptied; false where nobody wants more.
    private func waitUntilEmptied() -> Bool {
        monitor.withLock {
            while !isStopped, empty.count < madeCount { monitor.wait() }
            return !isStopped
        }
    }

    // MARK: Emptying

    /// The next batch; nil behind the last one.
    ///
    /// - Throws: what the reader ended with, behind the last batch.
    func next() throws -> CommitBatch? {
        try monitor.withLock {
            while filled.isEmpty {
                if let end {
                    try end.get()
                    return nil
                }
                monitor.wait()
            }
            return filled.removeFirst()
        }
    }

    /// Gives a batch back whose commits nobody uses any more.
    func giveBack(_ batch: CommitBatch) {
        batch.removeAll()
        monitor.withLock {
            empty.append(batch)
            monitor.broadcast()
        }
    }

    /// Lets the filling thread end: nobody wants more.
    func stop() {
        monitor.withLock {
            isStopped = true
            monitor.broadcast()
        }
    }
}
