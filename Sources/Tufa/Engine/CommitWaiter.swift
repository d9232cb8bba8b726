/// Who waits for a generation to be on disk.
struct CommitWaiter: Sendable {
    let generation: UInt64
    let continuation: CheckedContinuation<Void, any Error>

    /// Goes on where the generation is on disk, and fails where it never will be.
    func resume(_ flushedGeneration: UInt64, _ failure: DatabaseError?) {
        if generation > flushedGeneration, let failure {
            continuation.resume(throwing: failure)
        } else {
            continuation.resume()
        }
    }
}

/// What becomes of some commits that are waited for.
struct CommitAnswer: Sendable {
    /// They whose generation is on disk, or all of them where there is a failure.
    let waiters: [CommitWaiter]
    /// The last generation that is on disk.
    let flushedGeneration: UInt64
    let failure: DatabaseError?

    /// Whether so few wait that they are told before a task would have begun to.
    var isShort: Bool { waiters.count <= 4 }

    /// Tells them, with no lock held, for they go on at once and want all locks.
    ///
    /// Where they are many a task does it, so that this thread can go on with the next group.
    func tell() {
        if isShort {
            tellNow()
        } else {
            Task.detached { tellNow() }
        }
    }

    private func tellNow() {
        for waiter in waiters { waiter.resume(flushedGeneration, failure) }
    }
}
