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
        if isLeft {
            unsafe moveFirst(count, of: from, behind: target)
        } else {
            unsafe moveLast(count, of: from, before: target)
        }
        unsafe lengthenPrefix(of: from)
        unsafe lengthenPrefix(of: target)
        return true
    }

    @unsafe
    private func moveFirst(_ count: Int, of from: Node, behind target: Node) {
        let length = unsafe target.count
        unsafe copy(0..<count, of: from, into: target, at: length)
        let left = unsafe from.count - count
        unsafe from.heads.update(from: from.heads + count, count: left)
        unsafe from.refs.update(from: from.refs + count, count: left)
        unsafe from.count = left
        unsafe target.count = length + count
    }

    @unsafe
    private func moveLast(_ count: Int, of from: Node, before target: Node) {
        let length = unsafe target.count
        unsafe (target.heads + count).update(from: target.heads, count: length)
        unsafe (target.refs + count).update(from: target.refs, count: length)
        let left = unsafe from.count - count
        unsafe copy(left..<left + count, of: from, into: target, at: 0)
        unsafe from.count = left
        unsafe target.count = length + count
    }

    /// Copies entries of a leaf to a place in another, whose prefix becomes what both share.
    @unsafe
    private func copy(_ entries: Range<Int>, of from: Node, into target: Node, at place: Int) {
        let prefix = unsafe UnsafeRawBufferPointer(start: from.prefix, count: from.prefixLength)
        let own = unsafe UnsafeRawBufferPointer(
            start: target.prefix, count: target.prefixLength)
        let shared = unsafe sharedPrefixLength(prefix, own)
        // Its own entries lie behind the place, or before.
        let first = place == 0 ? entries.count : 0
        unsafe widenHeads(target.heads + first, target.count, prefix: own, to: shared)
        unsafe target.prefixLength = shared
        let count = entries.count
        unsafe (target.heads + place).update(from: from.heads + entries.lowerBound, count: count)
        unsafe (target.refs + place).update(from: from.refs + entries.lowerBound, count: count)
        unsafe widenHeads(target.heads + place, count, prefix: prefix, to: shared)
    }
}
