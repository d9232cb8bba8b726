/// Takes bytes of a snapshot, piece by piece.
package typealias ByteSink = (UnsafeRawBufferPointer) throws -> Void

extension Tree {
    /// Writes the nodes of a root, breadth first and numbered from 1.
    ///
    /// They are as they stand in memory, but for what nobody reads: it is zero, so that a snapshot
    /// tells nothing of what was there before, and the same state has the same bytes.
    ///
    /// - Returns: How the nodes lie in the file, and the tails that they refer to, for
    ///   ``saveTails(_:to:)``.
    /// - Complexity: O(nodes).
    @unsafe
    package func saveNodes(
        of root: TreeRoot, to sink: ByteSink
    ) throws -> (map: TreeMap, tails: [UInt32]) {
        var map = TreeMap(entryCount: root.count)
        guard root.node != 0 else { return (map, []) }
        var queue: [UInt32] = [root.node]
        var tails: [UInt32] = []
        var tailUnits: UInt32 = 1
        var next = 0
        let page = UnsafeMutableRawBufferPointer.allocate(byteCount: Node.byteCount, alignment: 16)
        defer { unsafe page.deallocate() }
        let copy = unsafe Node(page.baseAddress.unsafelyUnwrapped)
        while next < queue.count {
            let node = unsafe slab.node(queue[next])
            next += 1
            unsafe copy.copyWhatCounts(of: node)
            unsafe map.add(level: copy.level, count: copy.count)
            if unsafe !copy.isLeaf {
                let count = unsafe copy.count
                for index in 0..<count {
                    queue.append(unsafe copy.children[index])
                    unsafe copy.children[index] = UInt32(queue.count)
                    let tail = unsafe copy.tails[index]
                    // Separator 0 is not used, and what it holds is not anybody's.
                    guard index > 0, tail != 0 else {
                        unsafe copy.tails[index] = 0
                        continue
                    }
                    unsafe copy.tails[index] = tailUnits
                    tails.append(tail)
                    tailUnits += UInt32(savedTailByteCount(tail) / 8)
                }
            }
            unsafe try sink(UnsafeRawBufferPointer(page))
        }
        map.finish()
        return (map, tails)
    }

    private func savedTailByteCount(_ reference: UInt32) -> Int {
        unsafe ByteArena.blockByteCount(Self.tailBlockByteCount(tails.address(reference)))
    }

    /// Writes the separators that do not fit their nodes.
    @unsafe
    package func saveTails(_ references: [UInt32], to sink: ByteSink) throws {
        for reference in references {
            let byteCount = savedTailByteCount(reference)
            let own = unsafe Self.tailBlockByteCount(tails.address(reference))
            var block = [UInt8](repeating: 0, count: byteCount)
            unsafe block.withUnsafeMutableBytes {
                unsafe $0.copyMemory(
                    from: UnsafeRawBufferPointer(start: tails.address(reference), count: own))
            }
            unsafe try block.withUnsafeBytes { unsafe try sink($0) }
        }
    }
}

extension Node {
    /// Takes over header, prefix and entries of another node; the rest is zero, the group too.
    fileprivate func copyWhatCounts(of node: Node) {
        let count = unsafe node.count
        unsafe initialize(level: node.level, group: 0)
        unsafe self.count = count
        unsafe prefixLength = node.prefixLength
        unsafe prefix.copyMemory(from: node.prefix, byteCount: node.prefixLength)
        let isLeaf = unsafe node.isLeaf
        // Separator 0 of an inner node is not used.
        let first = isLeaf ? 0 : 1
        unsafe (heads + first).update(from: node.heads + first, count: count - first)
        if isLeaf {
            unsafe refs.update(from: node.refs, count: count)
        } else {
            unsafe children.update(from: node.children, count: count)
            unsafe tails.update(from: node.tails, count: count)
        }
    }
}
