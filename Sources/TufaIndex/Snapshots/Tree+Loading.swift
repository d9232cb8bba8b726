internal import TufaBytes

/// Fills memory with bytes of a snapshot, from an offset on.
package typealias ByteSource = (UnsafeMutableRawBufferPointer) throws -> Void

extension Tree {
    /// Reads nodes and tails that ``saveNodes(of:to:)`` and ``saveTails(_:to:)`` wrote, into an
    /// empty tree.
    ///
    /// Every count and reference is checked, so no snapshot can make a later search leave its
    /// memory. - Throws: `damaged` with what does not add up.
    /// - Complexity: O(bytes); nothing is inserted.
    @unsafe
    package func load(
        entryCount: Int, nodeCount: Int, tailByteCount: Int, rowLimit: UInt32,
        nodes: ByteSource, tails readTails: ByteSource
    ) throws {
        guard nodeCount > 0 else {
            guard entryCount == 0, tailByteCount == 0 else { throw damaged("an empty tree counts") }
            return
        }
        guard nodeCount <= 1 << 24, tailByteCount >= 0, tailByteCount % 8 == 0,
            let memory = unsafe slab.reserveForLoad(UInt32(nodeCount))
        else { throw damaged("a tree of \(nodeCount) nodes is too large") }
        unsafe try nodes(
            UnsafeMutableRawBufferPointer(start: memory, count: nodeCount * Node.byteCount))
        if tailByteCount > 0 {
            guard let memory = unsafe tails.reserveForLoad(tailByteCount) else {
                throw damaged("the separators of a tree are too large")
            }
            unsafe try readTails(UnsafeMutableRawBufferPointer(start: memory, count: tailByteCount))
        }
        var entries = 0
        var nextChild: UInt32 = 2
        for reference in 1...UInt32(nodeCount) {
            entries += unsafe try check(
                slab.node(reference), &nextChild, UInt32(nodeCount), tailByteCount, rowLimit)
        }
        guard nextChild == UInt32(nodeCount) + 1, entries == entryCount else {
            throw damaged("a tree of \(entryCount) entries holds \(entries)")
        }
        draft = TreeRoot(node: 1, count: entryCount)
    }

    private func damaged(_ what: String) -> DatabaseError {
        DatabaseError(.damaged, "In a snapshot, \(what).")
    }

    /// Checks one node and gives the entries in it; children are numbered in the order of nodes.
    @unsafe
    private func check(
        _ node: Node, _ nextChild: inout UInt32, _ nodeCount: UInt32, _ tailByteCount: Int,
        _ rowLimit: UInt32
    ) throws -> Int {
        let count = unsafe node.count
        guard unsafe node.prefixLength <= Node.maximumPrefixLength,
            unsafe node.level < Self.maximumHeight - 1
        else { throw damaged("a node has an impossible header") }
        if unsafe node.isLeaf {
            guard count >= 1, count <= Node.leafRoom else {
                throw damaged("a leaf has \(count) entries")
            }
            for index in 0..<count {
                let number = unsafe node.refs[index]
                guard number > 0, number < rowLimit else {
                    throw damaged("a leaf names row \(number)")
                }
            }
            return count
        }
        guard count >= 1, count <= Node.innerRoom else {
            throw damaged("a node has \(count) children")
        }
        for index in 0..<count {
            let child = unsafe node.children[index]
            guard child == nextChild, child <= nodeCount,
                unsafe slab.node(child).level == node.level - 1
            else { throw damaged("a node names child \(child)") }
            nextChild += 1
            let tail = unsafe Int(node.tails[index])
            guard tail == 0 || index > 0 && isTail(tail, tailByteCount) else {
                throw damaged("a node names separator \(tail)")
            }
        }
        return 0
    }

    private func isTail(_ reference: Int, _ byteCount: Int) -> Bool {
        let offset = (reference - 1) * 8
        guard offset >= 0, offset + 8 <= byteCount else { return false }
        let length = unsafe Self.tailBlockByteCount(tails.address(UInt32(reference)))
        return length - 2 <= KeyBuffer.maximumByteCount
            && offset + ByteArena.blockByteCount(length) <= byteCount
    }
}
