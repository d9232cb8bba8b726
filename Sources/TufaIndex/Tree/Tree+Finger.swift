internal import TufaBytes

// Where the writer was last. Keys come in runs: identifiers and times ascend, and what is put
// into a unique index was looked for there just before. Such a key belongs into the leaf at the
// end of the recorded path, and the way down to it is known (a finger; Brown and Tarjan, "Design
// and Analysis of a Data Structure for Representing Sorted Lists", 1980).

/// What is known of the leaf at the end of the recorded path.
struct Finger {
    /// How many nodes the path has; 0 where it leads nowhere.
    var height = 0
    /// Whether no leaf lies left of this one.
    var isFirst = false
    /// Whether no leaf lies right of this one.
    var isLast = false

    /// A path that has just left the root.
    static let root = Finger(height: 0, isFirst: true, isLast: true)

    /// Goes one node down.
    @inline(__always)
    mutating func step(to index: Int, of count: Int) {
        isFirst = isFirst && index == 0
        isLast = isLast && index == count &- 1
    }
}

extension Tree {
    /// The row number under exactly `key` in the draft; nil where there is none.
    ///
    /// The writer's own.
    ///
    /// - Complexity: As ``find(_:in:at:)``; O(log entries of a leaf) where `key` belongs into the
    ///   leaf that was found or changed last.
    @unsafe
    package func findDraft(_ key: UnsafeRawBufferPointer) -> UInt32? {
        guard draft.node != 0 else { return nil }
        unsafe moveFinger(to: key)
        let leaf = unsafe slab.node(path[finger.height &- 1].node)
        // What comes in order comes behind all others.
        if unsafe leaf.isBehindAll(key) { return nil }
        return unsafe find(key, in: leaf, at: .max) { number in
            unsafe source.isKey(key, of: number, at: .max) ? number : nil
        }
    }

    /// Whether a key belongs into the leaf at the end of the path, and nothing has changed since
    /// the path was recorded.
    ///
    /// False where it may belong there and the leaf does not tell.
    @inline(__always) @unsafe
    func isAtFinger(_ key: UnsafeRawBufferPointer) -> Bool {
        // What moves entries or leaves forgets the path; a root of another kind is noticed, too.
        guard finger.height > 0, unsafe path[0].node == draft.node else { return false }
        let leaf = unsafe slab.node(path[finger.height &- 1].node)
        let count = unsafe leaf.count
        if count == 0 { return false }
        let side = unsafe leaf.side(of: key)
        if side != 0 { return side < 0 ? finger.isFirst : finger.isLast }
        let head = unsafe Node.head(key, leaf.prefixLength)
        // Keys of the leaves beside may have the head of this one's first or last entry.
        return unsafe (head > leaf.heads[0] || finger.isFirst)
            && (head < leaf.heads[count &- 1] || finger.isLast)
    }

    /// Goes to the leaf that a key belongs into, and leaves all nodes as they are.
    @inline(__always) @unsafe
    func moveFinger(to key: UnsafeRawBufferPointer) {
        if unsafe !isAtFinger(key) { unsafe descend(key) }
    }

    /// Records the path from the root to the leaf of a key.
    @unsafe
    private func descend(_ key: UnsafeRawBufferPointer) {
        var reached = Finger.root
        var reference = draft.node
        while true {
            let node = unsafe slab.node(reference)
            precondition(
                reached.height < Self.maximumHeight, "A tree is higher than any tree can be.")
            if unsafe node.isLeaf {
                unsafe path[reached.height] = PathStep(node: reference, index: 0)
                reached.height += 1
                finger = reached
                return
            }
            let index = unsafe childIndex(of: key, in: node)
            unsafe path[reached.height] = PathStep(node: reference, index: index)
            reached.step(to: index, of: unsafe node.count)
            reached.height += 1
            unsafe reference = node.children[index]
            unsafe slab.node(reference).prefetch()
        }
    }

    /// Makes every node of the recorded path editable.
    func editPath() {
        let height = finger.height
        // Nodes above one of this group are of this group.
        if unsafe slab.node(path[height &- 1].node).group == group { return }
        draft.node = editable(draft.node)
        unsafe path[0].node = draft.node
        for level in 1..<max(1, height) {
            let child = unsafe editable(path[level].node)
            let above = unsafe path[level &- 1]
            unsafe slab.node(above.node).children[above.index] = child
            unsafe path[level].node = child
        }
    }
}
