internal import Synchronization
internal import TufaIndex

/// One full-text index of a table: which documents have which terms, where, in which fields.
///
/// A document is one version of a row; it has a dense number and never changes. One writer adds
/// and ends documents; readers hold ``TextRoots`` and a position, and see the documents below the
/// roots' limit that no event up to the position has ended, without a lock. Postings are appended
/// to, and let go of only where no view sees their documents any more, so what a view sees stays as
/// it is.
@safe
package final class TextIndex: @unchecked Sendable {  // One writer; readers take roots.
    /// The most fields that an index can have.
    package static let maximumFieldCount = 8

    /// How much an occurrence in each field counts.
    package let weights: [Double]
    /// What made the terms of the documents, and makes those of a search.
    package let analyzer: Analyzer
    /// The words, and the tree that finds them.
    let terms = TermTable()
    let tree: Tree
    /// The packed blocks of postings and their directories.
    let blocks = ByteArena()
    /// The lists of postings, with those that are not packed yet.
    let tails = ByteArena()
    let documents: DocumentTable
    let code: PostingCode
    var liveCount = 0
    var totalTokens = SIMD8<UInt64>(repeating: 0)
    let averages = AverageTable()
    let endings = EndingCounter()
    // The writer's own, for every posting: not checked for overlapping accesses.
    @exclusivity(unchecked) var packer = PostingPacker()
    @exclusivity(unchecked) var draft = DocumentDraft()
    @exclusivity(unchecked) var encoder = PostingEncoder()
    @exclusivity(unchecked) var compaction: Compaction
    @exclusivity(unchecked) var journal = TextJournal()
    let scratch: UnsafeMutableRawPointer
    private static let scratchByteCount = 512

    /// Makes an empty index of `weights.count` fields, 1 to 8 of them; weights are positive.
    package init(weights: [Double], analyzer: Analyzer = .english) {
        precondition(
            (1...Self.maximumFieldCount).contains(weights.count),
            "A text index has 1 to 8 fields, not \(weights.count).")
        precondition(
            weights.allSatisfy { $0 > 0 && $0.isFinite }, "The weight of a field is positive.")
        self.weights = weights
        self.analyzer = analyzer
        tree = Tree(source: terms.makeKeySource())
        documents = DocumentTable(fieldCount: weights.count)
        code = PostingCode(fieldCount: weights.count)
        unsafe compaction = Compaction(fieldCount: weights.count)
        unsafe scratch = .allocate(byteCount: Self.scratchByteCount, alignment: 16)
    }

    deinit { unsafe scratch.deallocate() }

    /// Makes an index that is read when it is first needed.
    package convenience init(weights: [Double], analyzer: Analyzer, cold: ColdText) {
        self.init(weights: weights, analyzer: analyzer)
        self.cold = cold
    }

    /// How many fields there are.
    package var fieldCount: Int { weights.count }

    /// The group being built: nodes of the tree of terms of this group are edited in place.
    package var group: UInt64 {
        get { unsafe currentGroup }
        set {
            unsafe currentGroup = newValue
            if !isCold { tree.group = newValue }
        }
    }
    // Set for every group: not checked for overlapping accesses.
    @exclusivity(unchecked) private var currentGroup: UInt64 = 1
    /// What is read when it is first needed; nil for an index that was made in memory.
    private(set) var cold: ColdText?

    /// The roots as the writer sees them.
    package var draftRoots: TextRoots {
        isCold ? .cold : draftRootsNow
    }

    /// Whether the writer has made no other roots than these.
    package func isDraft(_ roots: TextRoots) -> Bool {
        if isCold { return roots == .cold }
        // What changes with every document comes first.
        return documents.limit == roots.documentLimit && endings.count == roots.endingCount
            && tree.draft == roots.terms && terms.limit == roots.termLimit
            && liveCount == roots.liveCount && totalTokens == roots.totalTokens
    }

    /// The roots of an index that is in memory, or is just being read.
    var draftRootsNow: TextRoots {
        var roots = TextRoots()
        roots.terms = tree.draft
        roots.termLimit = terms.limit
        roots.documentLimit = documents.limit
        roots.liveCount = liveCount
        roots.totalTokens = totalTokens
        roots.endingCount = endings.count
        return roots
    }

    /// Frees what no view of group `oldest` or later can reach, and goes on with letting go of the
    /// postings of dead documents.
    ///
    /// - Complexity: O(what is freed), and O(4,096 postings) where there is more to let go of.
    package func reclaim(oldest: UInt64) {
        if isCold { return }
        tree.reclaim(oldest: oldest)
        terms.reclaim(oldest: oldest, group: group)
        documents.reclaim(oldest: oldest)
        reclaimPostings(oldest: oldest)
        unsafe compaction.advance(to: oldest)
        compact(postingCount: Compaction.postingsPerGroup)
    }

    /// Whether ``reclaim(oldest:)`` has more to let go of, without a view that is left.
    package var isCompacting: Bool { unsafe !isCold && compaction.isUnderWay }

    /// Whether there is more to let go of, now or once views are left.
    package var awaitsCompaction: Bool { unsafe !isCold && compaction.isAwaited }

    /// Orders the loads of a reading behind its pin, so that what ``reclaimUnread()`` frees is not
    /// found by it.
    @inline(__always)
    func beginReading() { atomicMemoryFence(ordering: .sequentiallyConsistent) }

    /// Frees postings that others took the place of; to be called only while nobody reads.
    ///
    /// Postings are found anew in each reading, so what a view holds does not matter.
    package func reclaimUnread() { reclaimPostings(oldest: .max) }

    private func reclaimPostings(oldest: UInt64) {
        // Packed blocks and directories say at the same place how long they are.
        unsafe blocks.reclaim(oldest: oldest) {
            unsafe Int($0.load(fromByteOffset: 12, as: UInt32.self))
        }
        unsafe tails.reclaim(oldest: oldest) {
            unsafe PostingList(UnsafeMutableRawPointer(mutating: $0)).byteCount
        }
    }

    /// Bytes that ``reclaimUnread()`` would free.
    package var unreadByteCount: Int {
        isCold ? 0 : blocks.retiredByteCount + tails.retiredByteCount
    }

    /// Bytes in use, with what older views still use.
    package var byteCount: Int {
        if isCold { return 0 }
        return terms.byteCount + tree.byteCount + blocks.usedByteCount + tails.usedByteCount
            + documents.byteCount
    }

    /// Bytes that only older views still use.
    package var retiredByteCount: Int {
        if isCold { return 0 }
        return tree.retiredByteCount + blocks.retiredByteCount + tails.retiredByteCount
    }

    /// How many terms there are, with those whose documents are dead and not let go of yet.
    package var termCount: Int { terms.count }

    /// Gives memory that was asked for ahead back to the system, until it is needed.
    package func releaseAhead() {
        if isCold { return }
        tree.releaseAhead()
        blocks.directory.releaseAhead()
        tails.directory.releaseAhead()
        terms.releaseAhead()
        documents.releaseAhead()
    }

    /// Whether so little room is left that a large transaction might not fit.
    package var isNearlyFull: Bool {
        if isCold { return false }
        return blocks.isNearlyFull || tails.isNearlyFull || terms.isNearlyFull
            || documents.limit > documents.maximumLimit - documents.maximumLimit / 16
    }
}
