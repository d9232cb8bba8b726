/// Who waits for a generation to be on disk.
@safe
struct CommitWaiter: Sendable {
    let generation: UInt64
    private let continuation: UnsafeContinuation<Void, any Error>

    /// A waiter that is to be resumed once, neither more nor less often.
    @unsafe
    init(generation: UInt64, continuation: UnsafeContinuation<Void, any Error>) {
        self.generation = generation
        unsafe self.continuation = continuation
    }

    /// Goes on where the generation is on disk, and fails where it never will be.
    func resume(_ flushedGeneration: UInt64, _ failure: DatabaseError?) {
        if generation > flushedGeneration, let failure {
            unsafe continuation.resume(throwing: failure)
        } else {
            unsafe continuation.resume()
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

    /// Whether so few wait that they may come back in time for the next group.
    var isShort: Bool { waiters.count <= 4 }

    /// Tells them, with no lock held, for they go on at once and want all locks.
    ///
    /// - Complexity: O(waiters); the first wakes a thread.
    func tell() {
        for waiter in waiters { waiter.resume(flushedGeneration, failure) }
    }
}
