internal import TufaBytes

extension Tree {
    /// Splits a full leaf and puts an entry into the half it belongs to.
    ///
    /// At the right and left edge of the tree the new entry gets a leaf of its own, so keys that
    /// arrive in order fill their leaves.
    @unsafe
    func splitLeaf(
        _ left: Node, inserting key: UnsafeRawBufferPointer, _ number: UInt32, at index: Int,
        _ edge: Edge?, height: Int
    ) {
        let count = unsafe left.count
        let isRightEdge = edge == .right
        let isLeftEdge = edge == .left
        let middle = isRightEdge ? count : isLeftEdge ? 0 : count / 2
        let rightReference = makeNode(level: 0)
        let right = unsafe slab.node(rightReference)
        let moved = count - middle
        let prefixLength = unsafe left.prefixLength
        unsafe right.prefix.copyMemory(from: left.prefix, byteCount: prefixLength)
        unsafe right.prefixLength = prefixLength
        unsafe right.heads.update(from: left.heads + middle, count: moved)
        unsafe right.refs.update(from: left.refs + middle, count: moved)
        unsafe right.count = moved
        unsafe left.count = middle
        if index <= middle, !isRightEdge {
            unsafe insertKeepingPrefix(key, number, into: left, at: index)
        } else {
            unsafe insertKeepingPrefix(key, number, into: right, at: index - middle)
        }
        let separator = unsafe separator(left, left.count - 1, right, 0)
        unsafe insertSeparator(separator, rightReference, height: height - 1)
        unsafe lengthenPrefix(of: left)
        unsafe lengthenPrefix(of: right)
        if isRightEdge { unsafe adoptPrefix(of: left, for: right) }
        if isLeftEdge { unsafe adoptPrefix(of: right, for: left) }
    }

    /// Gives a leaf of one entry as much of its neighbour's prefix as the entry shares: what comes
    /// next at the edge will most likely share it too.
    @unsafe
    private func adoptPrefix(of neighbour: Node, for leaf: Node) {
        let key = unsafe firstKey(leaf.refs[0])
        let prefix = unsafe UnsafeRawBufferPointer(
            start: neighbour.prefix, count: neighbour.prefixLength)
        let length = unsafe sharedPrefixLength(prefix, key)
        unsafe leaf.prefix.copyMemory(from: neighbour.prefix, byteCount: length)
        unsafe leaf.prefixLength = length
        unsafe leaf.heads[0] = Node.head(key, length)
    }

    /// Like `insert`, but an empty leaf keeps as much of its neighbour's prefix as the key shares.
    @unsafe
    private func insertKeepingPrefix(
        _ key: UnsafeRawBufferPointer, _ number: UInt32, into leaf: Node, at index: Int
    ) {
        if unsafe leaf.count == 0, unsafe leaf.side(of: key) != 0 {
            unsafe shortenPrefix(of: leaf, toShareWith: key)
        }
        let prefixLength = unsafe leaf.prefixLength
        if unsafe leaf.count == 0 {
            unsafe leaf.heads[0] = Node.head(key, prefixLength)
            unsafe leaf.refs[0] = number
            unsafe leaf.count = 1
        } else {
            unsafe insert(key, number, into: leaf, at: index)
        }
    }

    /// The shortest key above one entry and not above the next one, in the second scratch buffer.
    ///
    /// Where their heads differ they tell it, and no row is looked at.
    @unsafe
    func separator(
        _ left: Node, _ leftIndex: Int, _ right: Node, _ rightIndex: Int
    ) -> UnsafeRawBufferPointer {
        let prefixLength = unsafe right.prefixLength
        let head = unsafe right.heads[rightIndex]
        // Both prefixes are of one leaf: of the same length, they are the same.
        let difference = unsafe left.heads[leftIndex] ^ head
        if unsafe left.prefixLength == prefixLength, difference != 0 {
            unsafe secondScratch.copyMemory(from: right.prefix, byteCount: prefixLength)
            unsafe secondScratch.storeBytes(
                of: head.bigEndian, toByteOffset: prefixLength, as: UInt64.self)
            let length = prefixLength + difference.leadingZeroBitCount / 8 + 1
            return unsafe UnsafeRawBufferPointer(start: secondScratch, count: length)
        }
        let last = unsafe firstKey(left.refs[leftIndex])
        let first = unsafe secondKey(right.refs[rightIndex])
        // Two keys are never the same, but where what stands for a row that could not be loaded is
        // one of them.
        let length = unsafe min(sharedPrefixLength(last, first) + 1, first.count)
        return unsafe UnsafeRawBufferPointer(rebasing: first[0..<length])
    }

    /// An end of the tree.
    enum Edge { case left, right }

    /// The end of the tree to which a place in the leaf at the end of the path belongs.
    @unsafe
    func edge(_ leaf: Node, _ index: Int, _ height: Int) -> Edge? {
        if unsafe index == leaf.count, isEdge(height, last: true) { return .right }
        return index == 0 && isEdge(height, last: false) ? .left : nil
    }

    /// Whether the recorded path runs along the last (or first) children only.
    private func isEdge(_ height: Int, last: Bool) -> Bool {
        for level in 0..<height - 1 {
            let step = unsafe path[level]
            let end = last ? unsafe slab.node(step.node).count - 1 : 0
            if step.index != end { return false }
        }
        return true
    }

    /// Finds a longer prefix for a leaf when its heads waste at least three bytes on one.
    @unsafe
    func lengthenPrefix(of leaf: Node) {
        let count = unsafe leaf.count
        // A prefix that is nearly as long as it can be is not made longer by three.
        guard count > 1, unsafe leaf.prefixLength <= Node.maximumPrefixLength - 3 else { return }
        // Heads that differ in their first three bytes need no look at whole keys.
        let spread = unsafe leaf.heads[0] ^ leaf.heads[count - 1]
        guard spread.leadingZeroBitCount >= 24 else { return }
        let low = unsafe firstKey(leaf.refs[0])
        let high = unsafe secondKey(leaf.refs[count - 1])
        let shared = unsafe min(sharedPrefixLength(low, high), Node.maximumPrefixLength)
        guard unsafe shared >= leaf.prefixLength + 3 else { return }
        unsafe leaf.prefix.copyMemory(from: low.baseAddress.unsafelyUnwrapped, byteCount: shared)
        unsafe leaf.prefixLength = shared
        for index in 0..<count {
            unsafe leaf.heads[index] = Node.head(firstKey(leaf.refs[index]), shared)
        }
    }

    /// Puts a separator and the node right of it into the inner node at `path[height - 1]`.
    @unsafe
    func insertSeparator(
        _ separator: UnsafeRawBufferPointer, _ right: UInt32, height: Int
    ) {
        guard height > 0 else {
            let below = unsafe slab.node(draft.node).level
            let root = makeNode(level: below + 1)
            let node = unsafe slab.node(root)
            unsafe node.children[0] = draft.node
            unsafe node.count = 1
            unsafe placeSeparator(separator, right, in: node, at: 1)
            draft.node = root
            return
        }
        let step = unsafe path[height - 1]
        let node = unsafe slab.node(step.node)
        if unsafe node.count < Self.innerCapacity {
            unsafe placeSeparator(separator, right, in: node, at: step.index + 1)
        } else {
            unsafe splitInner(node, inserting: separator, right, at: step.index + 1, height: height)
        }
    }

    /// Puts a separator and its child into an inner node that has room.
    @unsafe
    func placeSeparator(
        _ separator: UnsafeRawBufferPointer, _ child: UInt32, in node: Node, at index: Int
    ) {
        let count = unsafe node.count
        if count == 1 {
            let length = min(separator.count, Node.maximumPrefixLength)
            if let base = separator.baseAddress {
                unsafe node.prefix.copyMemory(from: base, byteCount: length)
            }
            // One separator has no neighbour to share with; a prefix of all but its head keeps
            // the head telling.
            unsafe node.prefixLength = max(0, length - 8)
        } else if unsafe node.side(of: separator) != 0 {
            let prefix = unsafe UnsafeRawBufferPointer(
                start: node.prefix, count: node.prefixLength)
            unsafe rebuildSeparators(
                of: node, prefixLength: sharedPrefixLength(prefix, separator))
        }
        let length = unsafe node.prefixLength
        unsafe (node.heads + index + 1).update(from: node.heads + index, count: count - index)
        unsafe (node.children + index + 1).update(
            from: node.children + index, count: count - index)
        unsafe (node.tails + index + 1).update(from: node.tails + index, count: count - index)
        unsafe node.heads[index] = Node.head(separator, length)
        unsafe node.children[index] = child
        unsafe node.tails[index] = separator.count > length + 8 ? makeTail(separator) : 0
        unsafe node.count = count + 1
    }

    /// Copies separator `index` of an inner node to `target`; gives its length.
    @unsafe
    func copySeparator(_ index: Int, of node: Node, to target: UnsafeMutableRawPointer) -> Int {
        let tail = unsafe node.tails[index]
        if tail != 0 {
            let whole = unsafe self.tail(tail)
            unsafe target.copyMemory(
                from: whole.baseAddress.unsafelyUnwrapped, byteCount: whole.count)
            return whole.count
        }
        let length = unsafe node.prefixLength
        unsafe target.copyMemory(from: node.prefix, byteCount: length)
        unsafe target.storeBytes(
            of: node.heads[index].bigEndian, toByteOffset: length, as: UInt64.self)
        var count = length + 8
        // Zeros at the end say nothing: separators compare as if padded with them.
        while count > 1, unsafe target.load(fromByteOffset: count - 1, as: UInt8.self) == 0 {
            count -= 1
        }
        return count
    }

    /// Makes heads and tails of an inner node anew for a prefix of `prefixLength` bytes, which the
    /// separators are known to share.
    @unsafe
    func rebuildSeparators(of node: Node, prefixLength: Int) {
        let count = unsafe node.count
        var length = 0
        for index in 1..<max(1, count) {
            length = unsafe copySeparator(index, of: node, to: firstScratch)
            let whole = unsafe UnsafeRawBufferPointer(start: firstScratch, count: length)
            unsafe node.heads[index] = Node.head(whole, prefixLength)
            let tail = unsafe node.tails[index]
            if length > prefixLength + 8 {
                if tail == 0 { unsafe node.tails[index] = makeTail(whole) }
            } else if tail != 0 {
                retireTail(tail)
                unsafe node.tails[index] = 0
            }
        }
        // The last separator is still in the scratch buffer; a longer prefix is taken from it.
        if unsafe prefixLength > node.prefixLength {
            unsafe node.prefix.copyMemory(from: firstScratch, byteCount: prefixLength)
        }
        unsafe node.prefixLength = prefixLength
    }

    /// Finds the longest prefix that the separators of an inner node share.
    @unsafe
    func lengthenSeparatorPrefix(of node: Node) {
        let count = unsafe node.count
        guard count > 2 else { return }
        let low = unsafe copySeparator(1, of: node, to: firstScratch)
        let high = unsafe copySeparator(count - 1, of: node, to: secondScratch)
        let shared = unsafe sharedPrefixLength(
            UnsafeRawBufferPointer(start: firstScratch, count: low),
            UnsafeRawBufferPointer(start: secondScratch, count: high))
        let length = min(shared, Node.maximumPrefixLength)
        if unsafe length > node.prefixLength {
            unsafe rebuildSeparators(of: node, prefixLength: length)
        }
    }

    /// Splits a full inner node; the separator between the halves moves up.
    @unsafe
    func splitInner(
        _ left: Node, inserting separator: UnsafeRawBufferPointer, _ child: UInt32, at index: Int,
        height: Int
    ) {
        // The separator lies in a scratch buffer that placing it may use again.
        unsafe withUnsafeTemporaryAllocation(byteCount: separator.count + 8, alignment: 8) { own in
            unsafe own.copyMemory(from: separator)
            let kept = unsafe UnsafeRawBufferPointer(rebasing: own[0..<separator.count])
            let count = unsafe left.count
            let isRightEdge = index == count && isEdge(height, last: true)
            let middle = isRightEdge ? count - 1 : count / 2
            let rightReference = unsafe makeNode(level: left.level)
            let right = unsafe slab.node(rightReference)
            unsafe right.prefix.copyMemory(from: left.prefix, byteCount: Node.maximumPrefixLength)
            unsafe right.prefixLength = left.prefixLength
            let moved = count - middle
            unsafe right.heads.update(from: left.heads + middle, count: moved)
            unsafe right.children.update(from: left.children + middle, count: moved)
            unsafe right.tails.update(from: left.tails + middle, count: moved)
            unsafe right.count = moved
            let upLength = unsafe copySeparator(middle, of: left, to: secondScratch)
            retireTail(unsafe right.tails[0])
            unsafe right.tails[0] = 0
            unsafe left.count = middle
            let up = unsafe UnsafeRawBufferPointer(start: secondScratch, count: upLength)
            unsafe withUnsafeTemporaryAllocation(byteCount: upLength + 8, alignment: 8) { parent in
                unsafe parent.copyMemory(from: up)
                if index <= middle {
                    unsafe placeSeparator(kept, child, in: left, at: index)
                } else {
                    unsafe placeSeparator(kept, child, in: right, at: index - middle)
                }
                unsafe lengthenSeparatorPrefix(of: left)
                unsafe lengthenSeparatorPrefix(of: right)
                unsafe insertSeparator(
                    UnsafeRawBufferPointer(rebasing: parent[0..<upLength]), rightReference,
                    height: height - 1)
            }
        }
    }
}
