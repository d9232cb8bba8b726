/// The nodes of one tree, addressed by 32-bit references.
@safe
final class NodeSlab: @unchecked Sendable {  // One writer; readers see published nodes.
    /// Where the nodes are.
    let directory = ChunkDirectory()
    // The writer's own, for every node it copies: not checked for overlapping accesses.
    @exclusivity(unchecked) private var free: [UInt32] = []
    @exclusivity(unchecked) private var retired = RetireQueue()
    /// Those of the retired nodes that the oldest view may still reach, although younger ones do
    /// not.
    @exclusivity(unchecked) private var pinned = RetireQueue()
    @exclusivity(unchecked) private var limit: UInt32 = 1
    /// References that are never handed out: those behind the last node of a file in its chunk.
    @exclusivity(unchecked) private var unusedCount: UInt32 = 0

    static let unitsPerNode = UInt32(Node.byteCount / ChunkDirectory.unitByteCount)
    static let nodesPerChunk = UInt32(ChunkDirectory.chunkByteCount / Node.byteCount)

    /// The node of a reference; reference 0 is never a node.
    @inline(__always) @unsafe
    func node(_ reference: UInt32) -> Node {
        unsafe Node(directory.address(reference &* Self.unitsPerNode))
    }

    /// Nodes in use or retired.
    var usedCount: Int { unsafe Int(limit) - 1 - Int(unusedCount) - free.count }
    /// Nodes that only older views still use.
    var retiredCount: Int { unsafe retired.count + pinned.count }

    /// Takes a node; its contents are undefined.
    func allocate() -> UInt32 {
        if let reference = unsafe free.popLast() { return reference }
        let reference = unsafe limit
        ensureRoom(reference)
        unsafe limit += 1
        return reference
    }

    private func ensureRoom(_ reference: UInt32) {
        while UInt32(directory.chunkCount) * Self.nodesPerChunk <= reference {
            guard directory.addChunks(1) != nil else {
                preconditionFailure("A tree holds at most 2^25 nodes.")
            }
        }
    }

    /// Takes references 1 through `count`, at least 1, of an empty slab for the nodes of a file;
    /// `filling` fills them when they are needed, and new nodes lie in chunks behind.
    ///
    /// False where there are more than a slab can hold.
    func addColdNodes(_ count: UInt32, _ filling: any ChunkFilling, _ fault: LoadFault) -> Bool {
        precondition(unsafe limit == 1, "Only an empty slab is loaded.")
        guard count < UInt32.max / Self.unitsPerNode,
            directory.addColdChunks(TreeMap.chunkCount(nodeCount: count), filling, fault)
        else { return false }
        unsafe limit = UInt32(directory.chunkCount) * Self.nodesPerChunk
        unsafe unusedCount = limit - 1 - count
        return true
    }

    /// Gives a node back that no view has seen.
    func freeNow(_ reference: UInt32) { unsafe free.append(reference) }

    /// Gives a node back once no view older than `group` is left.
    func retire(_ reference: UInt32, group: UInt64) {
        unsafe retired.append(reference, group: group)
    }

    /// Frees what no view can reach.
    func reclaim(_ views: ViewBounds) {
        unsafe pinned.takeAll(oldest: views.oldest) { reference, _ in
            unsafe free.append(reference)
        }
        unsafe retired.takeAll(oldest: views.next) { reference, group in
            // A node that was made after the oldest view is not for it.
            if unsafe group <= views.oldest || node(reference).group > views.oldest {
                unsafe free.append(reference)
            } else {
                unsafe pinned.append(reference, group: group)
            }
        }
    }
}
