internal import TufaBytes

extension Tree {
    /// Takes the entry under exactly `key` out of the draft; false where there is none.
    ///
    /// - Complexity: O(log entries); copies at most two nodes a level, once a group.
    @unsafe
    package func remove(_ key: UnsafeRawBufferPointer) -> Bool {
        guard draft.node != 0 else { return false }
        unsafe moveFinger(to: key)
        editPath()
        let height = finger.height
        // What follows may move entries and leaves.
        finger.height = 0
        let leaf = unsafe slab.node(path[height - 1].node)
        let index = unsafe leafLowerBound(key, in: leaf, .max, firstScratch)
        guard unsafe index < leaf.count, unsafe compareKeys(firstKey(leaf.refs[index]), key) == 0
        else { return false }
        draft.count -= 1
        let count = unsafe leaf.count
        unsafe (leaf.heads + index).update(from: leaf.heads + index + 1, count: count - index - 1)
        unsafe (leaf.refs + index).update(from: leaf.refs + index + 1, count: count - index - 1)
        unsafe leaf.count = count - 1
        if count - 1 < max(2, Self.leafCapacity / 4) { unsafe mendUnderflow(height: height) }
        checkInvariants()
        return true
    }

    /// Merges the thin node at the end of the path with a neighbour where both fit into one node,
    /// and drops it when it is empty.
    @unsafe
    private func mendUnderflow(height: Int) {
        var height = height
        while height > 1 {
            let reference = unsafe path[height - 1].node
            let node = unsafe slab.node(reference)
            let step = unsafe path[height - 2]
            let parent = unsafe slab.node(step.node)
            if unsafe node.count == 0 {
                unsafe removeChild(step.index, of: parent)
                discard(reference)
            } else if unsafe !mergeWithNeighbour(step.index, of: parent) {
                return
            }
            guard unsafe parent.count < max(2, Self.innerCapacity / 4) else { return }
            height -= 1
        }
        collapseRoot()
    }

    private func collapseRoot() {
        while draft.node != 0 {
            let root = unsafe slab.node(draft.node)
            if unsafe root.isLeaf {
                if unsafe root.count == 0 {
                    discard(draft.node)
                    draft.node = 0
                }
                return
            }
            guard unsafe root.count <= 1 else { return }
            let old = draft.node
            draft.node = unsafe root.count == 1 ? root.children[0] : 0
            discard(old)
        }
    }

    /// Takes child `index` and its separator out of an inner node.
    @unsafe
    func removeChild(_ index: Int, of parent: Node) {
        let count = unsafe parent.count
        // Without child 0, separator 1 has nothing left of it and goes.
        let separator = max(index, 1)
        if count > 1 {
            retireTail(unsafe parent.tails[separator])
            let rest = count - separator - 1
            unsafe (parent.heads + separator).update(
                from: parent.heads + separator + 1, count: rest)
            unsafe (parent.tails + separator).update(
                from: parent.tails + separator + 1, count: rest)
        }
        unsafe (parent.children + index).update(
            from: parent.children + index + 1, count: count - index - 1)
        unsafe parent.count = count - 1
    }

    /// Merges child `index` with the child beside it; false where they do not fit.
    @unsafe
    private func mergeWithNeighbour(_ index: Int, of parent: Node) -> Bool {
        guard unsafe parent.count > 1 else { return false }
        let leftIndex = unsafe index + 1 < parent.count ? index : index - 1
        let left = unsafe slab.node(parent.children[leftIndex])
        let right = unsafe slab.node(parent.children[leftIndex + 1])
        let room = unsafe left.isLeaf ? Self.leafCapacity : Self.innerCapacity
        guard unsafe left.count + right.count <= room - room / 10 else { return false }
        let leftReference = unsafe editable(parent.children[leftIndex])
        unsafe parent.children[leftIndex] = leftReference
        let rightReference = unsafe parent.children[leftIndex + 1]
        let target = unsafe slab.node(leftReference)
        if unsafe target.isLeaf {
            unsafe insert(0..<right.count, of: right, into: target, at: target.count)
        } else {
            unsafe mergeInner(right, into: target, separator: leftIndex + 1, of: parent)
        }
        unsafe removeChild(leftIndex + 1, of: parent)
        discard(rightReference)
        return true
    }

    /// Moves a right inner node's children over, with the parent's separator between the two.
    @unsafe
    private func mergeInner(_ right: Node, into left: Node, separator: Int, of parent: Node) {
        unsafe withUnsafeTemporaryAllocation(
            byteCount: Self.scratchByteCount, alignment: 16
        ) { scratch in
            let base = unsafe scratch.baseAddress.unsafelyUnwrapped
            let moved = unsafe right.count
            for index in 0..<moved {
                let length =
                    unsafe index == 0
                    ? copySeparator(separator, of: parent, to: base)
                    : copySeparator(index, of: right, to: base)
                unsafe placeSeparator(
                    UnsafeRawBufferPointer(start: base, count: length), right.children[index],
                    in: left, at: left.count)
                if index > 0 { retireTail(unsafe right.tails[index]) }
            }
        }
    }

    /// Makes heads after a prefix into heads after its first `shorter` bytes.
    @unsafe
    func widenHeads(
        _ heads: UnsafeMutablePointer<UInt64>, _ count: Int, prefix: UnsafeRawBufferPointer,
        to shorter: Int
    ) {
        let moved = prefix.count - shorter
        if moved == 0 { return }
        var lead: UInt64 = 0
        for index in 0..<min(moved, 8) {
            lead |= unsafe UInt64(prefix[shorter + index]) << UInt64(56 - 8 * index)
        }
        for index in 0..<count {
            unsafe heads[index] = lead | (moved < 8 ? heads[index] >> UInt64(8 * moved) : 0)
        }
    }
}
