internal import TufaBytes

extension Tree {
    /// Moves entries of the full leaf at the end of the path to a leaf beside it that has room;
    /// false where there is none under the same parent.
    ///
    /// So leaves are split less often and stay fuller: about 82 % where keys come in no order, 70
    /// without (the B*-tree's overflow, Knuth, TAOCP 3, 6.2.4).
    ///
    /// - Complexity: O(entries of a node); copies at most one node.
    @unsafe
    func shareWithNeighbour(height: Int) -> Bool {
        guard height > 1 else { return false }
        let step = unsafe path[height - 2]
        let parent = unsafe slab.node(step.node)
        if step.index > 0, unsafe share(step.index, with: step.index - 1, of: parent) {
            return true
        }
        return unsafe step.index + 1 < parent.count
            && share(step.index, with: step.index + 1, of: parent)
    }

    /// How many entries are worth a move.
    private static let leastShare = max(1, leafCapacity / 16)

    @unsafe
    private func share(_ index: Int, with neighbour: Int, of parent: Node) -> Bool {
        let from = unsafe slab.node(parent.children[index])
        let count =
            unsafe (from.count - slab.node(parent.children[neighbour]).count) / 2
        guard count >= Self.leastShare else { return false }
        let reference = unsafe editable(parent.children[neighbour])
        unsafe parent.children[neighbour] = reference
        let target = unsafe slab.node(reference)
        let isLeft = neighbour < index
        // The separator is made before anything moves, while both of its neighbours are in one
        // leaf; it is in a scratch buffer that nothing uses before it is placed.
        let border = unsafe isLeft ? count : from.count - count
        let separator = unsafe separator(from, border - 1, from, border)
        let right = unsafe parent.children[max(index, neighbour)]
        unsafe removeChild(max(index, neighbour), of: parent)
        unsafe placeSeparator(separator, right, in: parent, at: max(index, neighbour))
        let moved = isLeft ? 0..<count : unsafe border..<from.count
        unsafe insert(moved, of: from, into: target, at: isLeft ? target.count : 0)
        let left = unsafe from.count - count
        if isLeft {
            unsafe from.heads.update(from: from.heads + count, count: left)
            unsafe from.refs.update(from: from.refs + count, count: left)
        }
        unsafe from.count = left
        unsafe lengthenPrefix(of: from)
        unsafe lengthenPrefix(of: target)
        return true
    }

    /// Puts entries of a leaf, which may be published, into another one that has room for them,
    /// whose prefix becomes what both share.
    @unsafe
    func insert(_ entries: Range<Int>, of from: Node, into target: Node, at place: Int) {
        let prefix = unsafe UnsafeRawBufferPointer(start: from.prefix, count: from.prefixLength)
        let own = unsafe UnsafeRawBufferPointer(
            start: target.prefix, count: target.prefixLength)
        let shared = unsafe sharedPrefixLength(prefix, own)
        unsafe setPrefixLength(of: target, to: shared)
        let (heads, refs) = unsafe (target.heads + place, target.refs + place)
        let (first, count) = (entries.lowerBound, entries.count)
        let behind = unsafe target.count - place
        unsafe (heads + count).update(from: heads, count: behind)
        unsafe (refs + count).update(from: refs, count: behind)
        unsafe heads.update(from: from.heads + first, count: count)
        unsafe refs.update(from: from.refs + first, count: count)
        unsafe widenHeads(heads, count, prefix: prefix, to: shared)
        unsafe target.count += count
    }
}
