/// The nodes of one tree, addressed by 32-bit references.
@safe
final class NodeSlab: @unchecked Sendable {  // One writer; readers see published nodes.
    /// Where the nodes are.
    let directory = ChunkDirectory()
    // The writer's own, for every node it copies: not checked for overlapping accesses.
    /// The first free node, which holds the reference of the next one; 0 for none.
    @exclusivity(unchecked) private var free: UInt32 = 0
    @exclusivity(unchecked) private var freeCount = 0
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
    var usedCount: Int { unsafe Int(limit) - 1 - Int(unusedCount) - freeCount }
    /// Nodes that only older views still use.
    var retiredCount: Int { unsafe retired.count + pinned.count }

    /// Takes a node; its contents are undefined.
    func allocate() -> UInt32 {
        if let reference = takeFree() { return reference }
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

    @inline(__always)
    private func takeFree() -> UInt32? {
        let reference = unsafe free
        if reference == 0 { return nil }
        unsafe free = node(reference).base.load(as: UInt32.self)
        unsafe freeCount &-= 1
        return reference
    }

    /// Gives a node back that no view has seen.
    @inline(__always)
    func freeNow(_ reference: UInt32) {
        // Safe: nobody reads a node that is free.
        unsafe node(reference).base.storeBytes(of: free, as: UInt32.self)
        unsafe free = reference
        unsafe freeCount &+= 1
    }

    /// Gives a node back once no view older than `group` is left.
    func retire(_ reference: UInt32, group: UInt64) {
        unsafe retired.append(reference, group: group)
    }

    /// Frees what no view can reach.
    func reclaim(_ views: ViewBounds) {
        unsafe pinned.takeAll(oldest: views.oldest) { reference, _ in freeNow(reference) }
        unsafe retired.takeAll(oldest: views.next) { reference, group in
            // A node that was made after the oldest view is not for it.
            if unsafe group <= views.oldest || node(reference).group > views.oldest {
                freeNow(reference)
            } else {
                unsafe pinned.append(reference, group: group)
            }
        }
    }
}
