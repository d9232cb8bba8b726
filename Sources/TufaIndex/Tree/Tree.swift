internal import TufaBytes

/// What a view holds of one tree.
package struct TreeRoot: Sendable, Equatable {
    /// The topmost node; 0 for an empty tree.
    package var node: UInt32 = 0
    /// How many entries there are.
    package var count: Int = 0

    package init() {}

    package init(node: UInt32, count: Int) {
        self.node = node
        self.count = count
    }
}

/// A copy-on-write B+tree from encoded keys to row numbers: one writer, readers without locks.
///
/// The writer edits ``draft``; nodes of the group it is building are edited in place, others are
/// copied first, so a root that was published never changes. Leaves keep eight bytes of each key
/// and the row number; the whole key is made from the row when heads tie, which an equality lookup
/// does once. A full leaf shares with a neighbour before it is split. Memory: about 12 bytes an
/// entry over the fill, 13 to 16 in all.
///
/// The shape is the B-link family's B+tree (Comer 1979) with head compression and prefix
/// truncation (Graefe, "Modern B-Tree Techniques", 2011) and shadowed updates (Rodeh 2008).
@safe
package final class Tree: @unchecked Sendable {  // The writer owns the draft; reads take a root.
    let slab = NodeSlab()
    let source: KeySource
    /// Separators that do not fit their node.
    let tails = ByteArena()
    // The writer reads and sets these for every entry, and nobody else does: the check that no
    // two accesses overlap would be a tenth of an insertion.
    @exclusivity(unchecked) private var currentDraft = TreeRoot()
    @exclusivity(unchecked) private var currentGroup: UInt64 = 1

    /// The root that the writer edits.
    package internal(set) var draft: TreeRoot {
        @inline(__always) get { unsafe currentDraft }
        @inline(__always) set { unsafe currentDraft = newValue }
    }

    /// The group being built: nodes of this group are edited in place.
    package var group: UInt64 {
        @inline(__always) get { unsafe currentGroup }
        @inline(__always) set { unsafe currentGroup = newValue }
    }

    // Looked at for every entry, too.
    @exclusivity(unchecked) private var lastFinger = Finger()

    /// Where the writer was last.
    var finger: Finger {
        @inline(__always) _read { yield unsafe lastFinger }
        @inline(__always) _modify { yield unsafe &lastFinger }
    }

    let firstScratch: UnsafeMutableRawPointer
    let secondScratch: UnsafeMutableRawPointer
    let path: UnsafeMutablePointer<PathStep>
    static let scratchByteCount = KeyBuffer.maximumByteCount + 64
    static let maximumHeight = 16

    struct PathStep {
        var node: UInt32
        var index: Int
    }

    #if DEBUG
        /// Small nodes make small tests reach every split and merge.
        static let leafCapacity = 6
        static let innerCapacity = 5
    #else
        static let leafCapacity = Node.leafRoom
        static let innerCapacity = Node.innerRoom
    #endif

    package init(source: KeySource) {
        self.source = source
        unsafe firstScratch = .allocate(byteCount: Self.scratchByteCount, alignment: 16)
        unsafe secondScratch = .allocate(byteCount: Self.scratchByteCount, alignment: 16)
        unsafe path = .allocate(capacity: Self.maximumHeight)
    }

    deinit {
        unsafe firstScratch.deallocate()
        unsafe secondScratch.deallocate()
        unsafe path.deallocate()
    }

    /// Bytes of nodes and separators in use.
    package var byteCount: Int { slab.usedCount * Node.byteCount + tails.usedByteCount }
    /// Bytes of nodes that only older views still use.
    package var retiredByteCount: Int {
        slab.retiredCount * Node.byteCount + tails.retiredByteCount
    }

    /// Whether so little room is left that a large transaction might not fit.
    var isNearlyFull: Bool { slab.directory.isNearlyFull || tails.isNearlyFull }

    /// Gives memory that was asked for ahead back to the system, until it is needed.
    package func releaseAhead() {
        slab.directory.releaseAhead()
        tails.directory.releaseAhead()
    }

    /// Frees what no view of group `oldest` or later can reach.
    package func reclaim(oldest: UInt64) { reclaim(ViewBounds(oldest: oldest)) }

    /// Frees what no view can reach.
    package func reclaim(_ views: ViewBounds) {
        slab.reclaim(views)
        unsafe tails.reclaim(oldest: views.oldest) { unsafe Self.tailBlockByteCount($0) }
    }

    /// The key of a leaf entry, in the first scratch buffer, as the writer sees it.
    @unsafe
    func firstKey(_ number: UInt32) -> UnsafeRawBufferPointer {
        var key = unsafe KeyBuffer(base: firstScratch, capacity: KeyBuffer.maximumByteCount)
        unsafe source.loadKey(number, at: .max, into: &key)
        return unsafe key.bytes
    }

    /// The key of a leaf entry, in the second scratch buffer, as the writer sees it.
    @unsafe
    func secondKey(_ number: UInt32) -> UnsafeRawBufferPointer {
        var key = unsafe KeyBuffer(base: secondScratch, capacity: KeyBuffer.maximumByteCount)
        unsafe source.loadKey(number, at: .max, into: &key)
        return unsafe key.bytes
    }

    // MARK: Tails: u16 length, then the whole separator

    @unsafe
    static func tailBlockByteCount(_ block: UnsafeRawPointer) -> Int {
        unsafe 2 + Int(block.load(as: UInt16.self))
    }

    @unsafe
    func tail(_ reference: UInt32) -> UnsafeRawBufferPointer {
        let block = unsafe tails.address(reference)
        return unsafe UnsafeRawBufferPointer(
            start: block + 2, count: Int(block.load(as: UInt16.self)))
    }

    @unsafe
    func makeTail(_ separator: UnsafeRawBufferPointer) -> UInt32 {
        let reference = tails.allocate(2 + separator.count)
        let block = unsafe tails.address(reference)
        unsafe block.storeBytes(of: UInt16(separator.count), as: UInt16.self)
        unsafe UnsafeMutableRawBufferPointer(start: block + 2, count: separator.count)
            .copyMemory(from: separator)
        return reference
    }

    func retireTail(_ reference: UInt32) {
        guard reference != 0 else { return }
        let count = unsafe Self.tailBlockByteCount(tails.address(reference))
        tails.retire(reference, byteCount: count, group: group)
    }
}
