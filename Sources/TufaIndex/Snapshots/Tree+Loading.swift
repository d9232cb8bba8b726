internal import TufaBytes

extension Tree {
    /// Takes over nodes and tails that ``saveNodes(of:to:)`` and ``saveTails(_:to:)`` wrote, into
    /// an empty tree: each chunk of nodes is read when it is needed.
    ///
    /// Every count and reference of it is checked then, so no snapshot can make a search leave its
    /// memory. - Throws: `damaged` where the map cannot be that of a tree.
    /// - Complexity: O(chunks); no I/O.
    func beginLoad(
        _ map: TreeMap, tailByteCount: Int, rowLimit: UInt32,
        nodes: any SectionSource, tails tailSource: any SectionSource, _ fault: LoadFault
    ) throws {
        try map.check()
        guard map.nodeCount > 0 || map.entryCount == 0 && tailByteCount == 0 else {
            throw DatabaseError.damagedSnapshot("an empty tree counts")
        }
        if map.nodeCount == 0 { return }
        let filling = NodeFilling(
            map, nodes, rowLimit: rowLimit, tailByteCount: tailByteCount, self)
        guard tailByteCount >= 0, slab.addColdNodes(map.nodeCount, filling, fault),
            tails.addColdBlocks(
                tailByteCount, TailFilling(byteCount: tailByteCount, tailSource), fault)
        else {
            throw DatabaseError.damagedSnapshot("a tree of \(map.nodeCount) nodes is too large")
        }
        finger.height = 0
        draft = TreeRoot(node: 1, count: map.entryCount)
    }
}
