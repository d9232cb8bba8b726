package import TufaBytes

/// What a view holds of one table.
package struct TableRoots: Sendable {
    /// The tree by identifier.
    package var primary = TreeRoot()
    /// The trees of the table's indexes, in schema order.
    package var indexes: [TreeRoot] = []
    /// Bytes of the bodies of the live rows.
    package var bodyByteCount = 0
    /// One more than the highest row number that was ever used.
    package var rowLimit: UInt32 = 1

    /// How many live rows there are.
    package var rowCount: Int { primary.count }

    package init() {}
}

/// The rows of one table and the trees that find them: the writer's side.
///
/// It checks no rule and writes no log; a change is applied here after the rules allowed it.
/// Every call is synchronous and allocates only when an arena grows.
@safe
package final class TableStore: @unchecked Sendable {  // One writer; readers take roots.
    package let layout: RowLayout
    package let rows = RowTable()
    package let primary: Tree
    package let indexes: [Tree]
    private let plans: [KeyPlan]
    private let primaryPlan: KeyPlan
    /// The trees and plans once more, to be used without counting references.
    ///
    /// Those of the identifier stand before the others, at -1. What they refer to is owned above.
    let pairs: UnsafeMutablePointer<(Unmanaged<Tree>, Unmanaged<KeyPlan>)>
    /// Where the rows are while the trees are not kept; nil while they are.
    // The writer's own, for every row of a replay: not checked for overlapping accesses.
    @exclusivity(unchecked) var deferredNumbers: RowNumberMap?
    /// Where rows are that were asked for, by the same numbers; not counted either.
    let hints: UnsafeMutablePointer<Unmanaged<LookupHints>>
    private let ownHints: [LookupHints]
    /// How many indexes there are besides the primary one.
    package let indexCount: Int
    /// Bytes of the bodies of the live rows, as the writer sees it.
    package var bodyByteCount: Int { unsafe bodyBytes }
    // The writer's own, for every row: not checked for overlapping accesses.
    @exclusivity(unchecked) private var bodyBytes = 0
    private let keyMemory: UnsafeMutableRawPointer
    private let otherKeyMemory: UnsafeMutableRawPointer

    /// The group being built; the trees edit nodes of this group in place.
    package var group: UInt64 {
        get { unsafe currentGroup }
        set {
            unsafe currentGroup = newValue
            primary.group = newValue
            for index in 0..<indexCount { withIndex(index) { tree, _ in tree.group = newValue } }
        }
    }
    // Set for every group: not checked for overlapping accesses.
    @exclusivity(unchecked) private var currentGroup: UInt64 = 1

    /// Makes an empty table whose indexes follow `plans`.
    package init(layout: RowLayout, plans: [KeyPlan]) {
        self.layout = layout
        self.plans = plans
        primaryPlan = .primary(layout: layout)
        let rows = rows
        primary = Tree(source: RowKeySource(rows: rows, plan: primaryPlan))
        indexes = plans.map { Tree(source: RowKeySource(rows: rows, plan: $0)) }
        indexCount = plans.count
        unsafe pairs = .allocate(capacity: 1 + plans.count) + 1
        unsafe (pairs - 1).initialize(to: (.passUnretained(primary), .passUnretained(primaryPlan)))
        for (number, (tree, plan)) in zip(indexes, plans).enumerated() {
            unsafe (pairs + number).initialize(to: (.passUnretained(tree), .passUnretained(plan)))
        }
        ownHints = (0...plans.count).map { _ in LookupHints() }
        unsafe hints = .allocate(capacity: 1 + plans.count) + 1
        for (place, own) in ownHints.enumerated() {
            unsafe (hints + place - 1).initialize(to: .passUnretained(own))
        }
        unsafe keyMemory = .allocate(byteCount: KeyBuffer.maximumByteCount, alignment: 16)
        unsafe otherKeyMemory = .allocate(byteCount: KeyBuffer.maximumByteCount, alignment: 16)
    }

    deinit {
        unsafe (pairs - 1).deallocate()
        unsafe (hints - 1).deallocate()
        unsafe keyMemory.deallocate()
        unsafe otherKeyMemory.deallocate()
    }

    /// Lends the tree and the plan of an index.
    @inline(__always)
    func withIndex<Result>(_ index: Int, _ body: (Tree, KeyPlan) -> Result) -> Result {
        // Safe: both live as long as this table, and callers count up to `indexCount`.
        unsafe pairs[index].0._withUnsafeGuaranteedRef { tree in
            unsafe pairs[index].1._withUnsafeGuaranteedRef { plan in body(tree, plan) }
        }
    }

    /// What a walk along an index needs, not counted: whoever holds the table holds it.
    @unsafe
    package struct IndexParts {
        package let tree: Unmanaged<Tree>
        package let plan: Unmanaged<KeyPlan>
        package let rows: Unmanaged<RowTable>
    }

    /// The parts of an index, or of that of the identifiers, -1.
    @unsafe
    package func parts(ofIndex index: Int) -> IndexParts {
        precondition(index >= -1 && index < indexCount, "A table has the indexes of its plan.")
        return unsafe IndexParts(
            tree: pairs[index].0, plan: pairs[index].1, rows: .passUnretained(rows))
    }

    /// The roots as the writer sees them.
    package var draftRoots: TableRoots {
        var roots = TableRoots()
        roots.indexes = Array(repeating: TreeRoot(), count: indexCount)
        copyDraftRoots(to: &roots)
        return roots
    }

    /// Puts the roots as the writer sees them in place of others of this table.
    package func copyDraftRoots(to roots: inout TableRoots) {
        roots.primary = primary.draft
        for index in 0..<indexCount {
            roots.indexes[index] = withIndex(index) { tree, _ in tree.draft }
        }
        roots.bodyByteCount = bodyByteCount
        roots.rowLimit = rows.numberLimit
    }

    /// Whether the writer has made no other root of an index than this one.
    @inline(__always)
    package func isDraft(_ root: TreeRoot, ofIndex index: Int) -> Bool {
        withIndex(index) { tree, _ in tree.draft == root }
    }

    /// Whether so little room is left in one of its parts that a large transaction might not fit.
    ///
    /// - Complexity: O(indexes).
    package var isNearlyFull: Bool {
        if rows.arena.isNearlyFull || primary.isNearlyFull { return true }
        for index in 0..<indexCount
        where withIndex(index, { tree, _ in tree.isNearlyFull }) { return true }
        return false
    }

    /// Bytes that only older views still use.
    package var retiredByteCount: Int {
        indexes.reduce(primary.retiredByteCount + rows.arena.retiredByteCount) {
            $0 + $1.retiredByteCount
        }
    }

    /// Gives memory that was asked for ahead back to the system, until it is needed.
    ///
    /// - Complexity: O(indexes) calls of the system at most.
    package func releaseAhead() {
        rows.arena.directory.releaseAhead()
        rows.slots.releaseAhead()
        primary.releaseAhead()
        for tree in indexes { tree.releaseAhead() }
    }

    /// Frees what no view of group `oldest` or later can reach.
    package func reclaim(oldest: UInt64) { reclaim(ViewBounds(oldest: oldest)) }

    /// Frees what no view can reach.
    package func reclaim(_ views: ViewBounds) {
        rows.reclaim(oldest: views.oldest, group: group)
        primary.reclaim(views)
        for tree in indexes { tree.reclaim(views) }
    }

    // MARK: Keys

    /// The key of `body` in index `index`, in memory that the next call uses again.
    @unsafe
    package func key(_ index: Int, of id: RowID, _ body: RowBody) -> KeyBuffer {
        var key = unsafe KeyBuffer(base: keyMemory, capacity: KeyBuffer.maximumByteCount)
        withIndex(index) { _, plan in unsafe plan.appendKey(of: id, body, to: &key) }
        return unsafe key
    }

    /// Whether the key of a row may be refused: by a unique index, or for its length.
    @inline(__always)
    package func checksKey(_ index: Int) -> Bool {
        withIndex(index) { _, plan in plan.isUnique || plan.hasVariableColumn }
    }

    /// The row other than `id` itself that already has a key in an index, where that is unique.
    @unsafe
    package func conflict(_ index: Int, of id: RowID, _ key: KeyBuffer) -> UInt32? {
        guard
            let number = withIndex(
                index,
                { tree, plan in
                    plan.isUnique ? unsafe tree.findDraft(key.bytes) : nil
                })
        else { return nil }
        return unsafe rows.version(rows.newest(number)).id == id ? nil : number
    }

    /// Whether two bodies of a row have different keys in an index.
    @unsafe
    func keysDiffer(_ index: Int, _ id: RowID, _ old: RowBody, _ new: RowBody) -> Bool {
        let first = unsafe key(index, of: id, old)
        var second = unsafe KeyBuffer(base: otherKeyMemory, capacity: KeyBuffer.maximumByteCount)
        withIndex(index) { _, plan in unsafe plan.appendKey(of: id, new, to: &second) }
        return unsafe compareKeys(first.bytes, second.bytes) != 0
    }

    func adjustBodyBytes(_ change: Int) { unsafe bodyBytes += change }
}
