internal import TufaBytes

extension Tree {
    /// Puts an entry into the draft; the key must not be there.
    ///
    /// - Complexity: O(log entries); copies at most one node a level and a leaf beside, once a
    ///   group.
    @unsafe
    package func insert(_ key: UnsafeRawBufferPointer, _ number: UInt32) {
        draft.count += 1
        guard draft.node != 0 else {
            draft.node = makeNode(level: 0)
            let leaf = unsafe slab.node(draft.node)
            unsafe insert(key, number, into: leaf, at: 0)
            return
        }
        unsafe place(key, number)
        checkInvariants()
    }

    @unsafe
    private func place(_ key: UnsafeRawBufferPointer, _ number: UInt32) {
        unsafe moveFinger(to: key)
        editPath()
        let height = finger.height
        let leaf = unsafe slab.node(path[height - 1].node)
        let index = unsafe leafLowerBound(key, in: leaf, .max, firstScratch)
        if unsafe leaf.count < Self.leafCapacity {
            unsafe insert(key, number, into: leaf, at: index)
            return
        }
        // What follows moves entries and leaves.
        finger.height = 0
        let edge = unsafe edge(leaf, index, height)
        if edge == nil, unsafe shareWithNeighbour(height: height) {
            // Both leaves have room now; the key is of one of them.
            unsafe place(key, number)
        } else {
            unsafe splitLeaf(leaf, inserting: key, number, at: index, edge, height: height)
        }
    }

    /// The node itself if it is of this group, else a copy of it that is.
    func editable(_ reference: UInt32) -> UInt32 {
        let node = unsafe slab.node(reference)
        if unsafe node.group == group { return reference }
        let copy = slab.allocate()
        let copied = unsafe slab.node(copy)
        unsafe copied.base.copyMemory(from: node.base, byteCount: Node.byteCount)
        unsafe copied.group = group
        slab.retire(reference, group: group)
        return copy
    }

    func makeNode(level: Int) -> UInt32 {
        let reference = slab.allocate()
        unsafe slab.node(reference).initialize(level: level, group: group)
        return reference
    }

    /// Frees a node that leaves the draft.
    func discard(_ reference: UInt32) {
        if unsafe slab.node(reference).group == group {
            slab.freeNow(reference)
        } else {
            slab.retire(reference, group: group)
        }
    }

    /// Puts an entry into a leaf that has room.
    @unsafe
    func insert(_ key: UnsafeRawBufferPointer, _ number: UInt32, into leaf: Node, at index: Int) {
        let count = unsafe leaf.count
        if count == 0 {
            // A first key is no evidence of a common prefix; the leaf's split will find one.
            unsafe leaf.prefixLength = 0
        } else if unsafe leaf.side(of: key) != 0 {
            unsafe shortenPrefix(of: leaf, toShareWith: key)
        }
        let head = unsafe Node.head(key, leaf.prefixLength)
        let heads = unsafe leaf.heads
        let refs = unsafe leaf.refs
        unsafe (heads + index + 1).update(from: heads + index, count: count - index)
        unsafe (refs + index + 1).update(from: refs + index, count: count - index)
        unsafe heads[index] = head
        unsafe refs[index] = number
        unsafe leaf.count = count + 1
    }

    /// Cuts a leaf's prefix to what it shares with `key`; heads take over the bytes that go.
    @unsafe
    func shortenPrefix(of leaf: Node, toShareWith key: UnsafeRawBufferPointer) {
        let length = unsafe leaf.prefixLength
        let prefix = unsafe UnsafeRawBufferPointer(start: leaf.prefix, count: length)
        unsafe setPrefixLength(of: leaf, to: sharedPrefixLength(prefix, key))
    }

    /// Cuts a leaf's prefix to its first `shorter` bytes.
    @unsafe
    func setPrefixLength(of leaf: Node, to shorter: Int) {
        let length = unsafe leaf.prefixLength
        precondition(shorter <= length, "A prefix is only cut here.")
        if shorter == length { return }
        let prefix = unsafe UnsafeRawBufferPointer(start: leaf.prefix, count: length)
        unsafe widenHeads(leaf.heads, leaf.count, prefix: prefix, to: shorter)
        unsafe leaf.prefixLength = shorter
    }
}
