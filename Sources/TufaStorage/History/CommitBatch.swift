/// Whole commits, copied out of the buffer in which they were read and checked, so that they can be
/// applied while that holds the next ones.
///
/// A batch is emptied and used again; it allocates nothing after it was made.
@safe
package final class CommitBatch: @unchecked Sendable {  // Handed over whole, never shared.
    private let memory: UnsafeMutableRawPointer
    private let capacity: Int
    private var byteCount = 0
    /// Whether whoever filled it has found nothing wrong with its commits; told with each.
    package private(set) var isSound = true
    /// The commits, in order.
    package private(set) var commits: [CommitReader.Commit] = []

    /// Makes an empty batch with room for so many bytes of commits.
    package init(capacity: Int) {
        self.capacity = capacity
        unsafe memory = .allocate(byteCount: capacity, alignment: 64)
    }

    deinit { unsafe memory.deallocate() }

    /// Copies a commit behind the others; false where there is no room for it.
    ///
    /// - Parameter isSound: Whether nothing was found wrong with it.
    /// - Complexity: O(bytes).
    package func append(_ commit: CommitReader.Commit, isSound: Bool) -> Bool {
        guard commit.byteCount <= capacity - byteCount else { return false }
        // Safe: there is room for the commit, and the batch outlives what is made of its bytes.
        let copy = unsafe commit.copied(to: memory + byteCount)
        byteCount += commit.byteCount
        commits.append(copy)
        if !isSound { self.isSound = false }
        return true
    }

    /// Holds a commit that lies elsewhere, for as long as it lies there, and nothing else.
    package func lend(_ commit: CommitReader.Commit, isSound: Bool) {
        removeAll()
        self.isSound = isSound
        commits.append(commit)
    }

    /// Empties the batch.
    package func removeAll() {
        commits.removeAll(keepingCapacity: true)
        byteCount = 0
        isSound = true
    }
}
