internal import TufaBytes

extension Tree {
    /// The row number under exactly `key`; nil where there is none.
    ///
    /// - Complexity: O(log entries), one key made from a row; no lock, no allocation.
    @unsafe
    package func find(
        _ key: UnsafeRawBufferPointer, in root: TreeRoot, at position: UInt64
    ) -> UInt32? {
        unsafe find(key, in: root, at: position) { number in
            unsafe source.isKey(key, of: number, at: position) ? number : nil
        }
    }

    /// What `check` makes of the one entry that may have the key `key`, nil where it has another;
    /// nil where there is none.
    ///
    /// - Parameter isAnywhere: As in ``Node/lowerBound(_:_:_:isAnywhere:)``.
    @inline(__always) @unsafe
    func find<Found>(
        _ key: UnsafeRawBufferPointer, in root: TreeRoot, at position: UInt64,
        isAnywhere: Bool = false, _ check: (UInt32) -> Found?
    ) -> Found? {
        guard let leaf = unsafe leaf(of: key, in: root, isAnywhere: isAnywhere) else { return nil }
        return unsafe find(key, in: leaf, at: position, isAnywhere: isAnywhere, check)
    }

    /// The leaf that a key belongs into, asked for; nil where there is none.
    @inline(__always) @unsafe
    func leaf(
        of key: UnsafeRawBufferPointer, in root: TreeRoot, isAnywhere: Bool = false
    ) -> Node? {
        guard root.node != 0 else { return nil }
        var node = unsafe slab.node(root.node)
        while unsafe !node.isLeaf {
            unsafe node = child(of: node, for: key, isAnywhere: isAnywhere)
            unsafe node.prefetch()
        }
        return unsafe node
    }

    /// The same in the leaf that the key belongs into.
    @inline(__always) @unsafe
    func find<Found>(
        _ key: UnsafeRawBufferPointer, in node: Node, at position: UInt64,
        isAnywhere: Bool = false, _ check: (UInt32) -> Found?
    ) -> Found? {
        guard unsafe node.side(of: key) == 0 else { return nil }
        let head = unsafe Node.head(key, node.prefixLength)
        let count = unsafe node.count
        let index = unsafe Node.lowerBound(node.heads, count, head, isAnywhere: isAnywhere)
        guard index < count, unsafe node.heads[index] == head else { return nil }
        if index + 1 < count, unsafe node.heads[index + 1] == head {
            return unsafe findTied(key, head, in: node, from: index, position).flatMap(check)
        }
        return unsafe check(node.refs[index])
    }

    /// The node below an inner node that `key` belongs under.
    @inline(__always) @unsafe
    func child(
        of node: Node, for key: UnsafeRawBufferPointer, isAnywhere: Bool = false
    ) -> Node {
        unsafe slab.node(node.children[childIndex(of: key, in: node, isAnywhere: isAnywhere)])
    }

    /// Finds a key among several entries of its head.
    @unsafe
    private func findTied(
        _ key: UnsafeRawBufferPointer, _ head: UInt64, in node: Node, from start: Int,
        _ position: UInt64
    ) -> UInt32? {
        unsafe withUnsafeTemporaryAllocation(
            byteCount: source.maximumByteCount, alignment: 16
        ) { (scratch: UnsafeMutableRawBufferPointer) -> UInt32? in
            let base = unsafe scratch.baseAddress.unsafelyUnwrapped
            let index = unsafe tiedLowerBound(key, head, in: node, from: start, position, base)
            guard unsafe index < node.count && node.heads[index] == head else { return nil }
            let number = unsafe node.refs[index]
            var own = unsafe KeyBuffer(base: base, capacity: source.maximumByteCount)
            unsafe source.loadKey(number, at: position, into: &own)
            return unsafe compareKeys(own.bytes, key) == 0 ? number : nil
        }
    }

    /// The child of an inner node that `key` belongs under.
    @inline(__always) @unsafe
    func childIndex(
        of key: UnsafeRawBufferPointer, in node: Node, isAnywhere: Bool = false
    ) -> Int {
        let count = unsafe node.count
        if count == 1 { return 0 }
        let side = unsafe node.side(of: key)
        if side != 0 { return side < 0 ? 0 : count &- 1 }
        let head = unsafe Node.head(key, node.prefixLength)
        var index =
            unsafe 1
            &+ Node.lowerBound(node.heads + 1, count &- 1, head, isAnywhere: isAnywhere)
        while index < count, unsafe node.heads[index] == head {
            let tail = unsafe node.tails[index]
            if tail != 0, unsafe compareKeys(self.tail(tail), key) > 0 { break }
            index &+= 1
        }
        return index &- 1
    }

    /// The first entry of a leaf whose key is at least `key`.
    @inline(__always) @unsafe
    func leafLowerBound(
        _ key: UnsafeRawBufferPointer, in node: Node, _ position: UInt64,
        _ scratch: UnsafeMutableRawPointer
    ) -> Int {
        let side = unsafe node.side(of: key)
        if side != 0 { return side < 0 ? 0 : unsafe node.count }
        // What comes in order comes behind all others.
        if unsafe node.isBehindAll(key) { return unsafe node.count }
        let head = unsafe Node.head(key, node.prefixLength)
        let index = unsafe Node.lowerBound(node.heads, node.count, head)
        if unsafe index < node.count, unsafe node.heads[index] == head {
            return unsafe tiedLowerBound(key, head, in: node, from: index, position, scratch)
        }
        return index
    }

    /// Among the entries from `start` that share `head`, the first whose whole key is at least
    /// `key`.
    @unsafe
    func tiedLowerBound(
        _ key: UnsafeRawBufferPointer, _ head: UInt64, in node: Node, from start: Int,
        _ position: UInt64, _ scratch: UnsafeMutableRawPointer
    ) -> Int {
        var low = start
        var high = start + 1
        let count = unsafe node.count
        while high < count, unsafe node.heads[high] == head { high += 1 }
        // Keys that tie often arrive in order (one user's posts by time), so both ends are tried
        // before the middle: a key made from a row is a cache miss or two.
        if unsafe !isBelow(node.refs[low], key, position, scratch) { return low }
        low += 1
        if low < high, unsafe isBelow(node.refs[high - 1], key, position, scratch) { return high }
        while low < high {
            let middle = (low + high) / 2
            if unsafe isBelow(node.refs[middle], key, position, scratch) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    /// Whether the whole key of an entry is below `key`.
    @inline(__always) @unsafe
    private func isBelow(
        _ number: UInt32, _ key: UnsafeRawBufferPointer, _ position: UInt64,
        _ scratch: UnsafeMutableRawPointer
    ) -> Bool {
        var own = unsafe KeyBuffer(base: scratch, capacity: source.maximumByteCount)
        unsafe source.loadKey(number, at: position, into: &own)
        return unsafe compareKeys(own.bytes, key) < 0
    }
}
