internal import TufaBytes
internal import TufaIndex
internal import TufaModel
internal import TufaSearch
internal import TufaStorage

/// The writer's side of a database: rules, rows and the open group of the log.
///
/// Everything here runs under the writer's lock, or on a thread that nobody else knows of while a
/// log is replayed. It does no I/O.
final class Engine {
    /// A change of the open transaction.
    struct AppliedChange {
        let table: Int
        let change: RowChange

        init(_ table: Int, _ change: RowChange) {
            self.table = table
            self.change = change
        }
    }

    /// What every row needs.
    private struct Writing: ~Copyable {
        var schema: SchemaPlan
        var tables: [TableState]
        var fullTables: Set<Int> = []
        var run = RowRun()
        var buffer = GroupBuffer()
        var changes: [AppliedChange] = []
        var fedChangeCount = 0
        var builder = RowBuilder()
        var changeBuilder = RowBuilder()
        var position: UInt64 = 0
        var startPosition: UInt64 = 0
        var time: Int64 = 0
        var group: UInt64 = 1
    }

    // Used for every row, by the writer alone: not checked for overlapping accesses.
    @exclusivity(unchecked) private var writing: Writing
    /// Whether trees and text indexes are left to ``buildIndexes()``.
    var isDeferring = false
    /// Whether rows that were deleted, or texts that were replaced, wait to be let go of.
    var awaitsReclaiming = false
    /// The tables as the last state that was made has them.
    // The writer's own, for every commit: not checked for overlapping accesses.
    @exclusivity(unchecked) private var published: [PublishedTable] = []
    /// Where a replay last let go of what it replaced.
    var lastReclaim: UInt64 = 0
    /// What may be left to be read of the snapshot that the state came from.
    var loading: SnapshotLoading?
    /// What people should know of how the state was loaded, one sentence each.
    var loadNotes: [String] = []
    /// Who reads; nobody while a log is replayed.
    var epochs: EpochRegistry?
    // Used for every row, by the writer alone: not checked for overlapping accesses.
    @exclusivity(unchecked) var prefetcher = Prefetcher(capacity: 8 * RowRun.capacity)
    var changeLayouts: [ChangeLayouts]
    let analyzers: AnalyzerCatalog
    /// Whether rows are written whose texts need an analyzer that is not there; their indexes are
    /// left to a program that has it.
    var writesWithoutAnalyzers = false
    var tokens = TokenBuffer()
    /// Checks of the program, by table; they are bound again when the schema changes.
    let codeChecks: [String: [CodeCheck]]

    init(schema: SchemaPlan, codeChecks: [String: [CodeCheck]], analyzers: AnalyzerCatalog) {
        self.codeChecks = codeChecks
        self.analyzers = analyzers
        unsafe writing = Writing(
            schema: schema,
            tables: schema.tables.map {
                TableState(plan: $0, codeChecks: codeChecks[$0.name], analyzers: analyzers)
            })
        changeLayouts = schema.tables.map { ChangeLayouts($0.layout) }
    }

    var schema: SchemaPlan {
        @inline(__always) _read { yield unsafe writing.schema }
        @inline(__always) _modify { yield unsafe &writing.schema }
    }
    /// The tables that take no more rows, by number.
    private(set) var fullTables: Set<Int> {
        @inline(__always) _read { yield unsafe writing.fullTables }
        @inline(__always) _modify { yield unsafe &writing.fullTables }
    }
    /// The next rows of an insertion of many.
    var run: RowRun {
        @inline(__always) _read { yield unsafe writing.run }
        @inline(__always) _modify { yield unsafe &writing.run }
    }
    var tables: [TableState] {
        @inline(__always) _read { yield unsafe writing.tables }
        @inline(__always) _modify { yield unsafe &writing.tables }
    }
    /// Lends a table without counting references; what runs meanwhile replaces none.
    @inline(__always)
    func withTable<Result>(
        _ number: Int, _ body: (TableState) throws -> Result
    ) rethrows -> Result {
        // Safe: the tables hold it.
        try unsafe Unmanaged.passUnretained(writing.tables[number])._withUnsafeGuaranteedRef(body)
    }
    /// The events of the group being built.
    var buffer: GroupBuffer {
        @inline(__always) _read { yield unsafe writing.buffer }
        @inline(__always) _modify { yield unsafe &writing.buffer }
    }
    /// What the open transaction has done, to undo or settle it.
    var changes: [AppliedChange] {
        @inline(__always) _read { yield unsafe writing.changes }
        @inline(__always) _modify { yield unsafe &writing.changes }
    }
    /// How many of them, the first, the text indexes have been fed, since the transaction
    /// searched.
    var fedChangeCount: Int {
        @inline(__always) _read { yield unsafe writing.fedChangeCount }
        @inline(__always) _modify { yield unsafe &writing.fedChangeCount }
    }
    var builder: RowBuilder {
        @inline(__always) _read { yield unsafe writing.builder }
        @inline(__always) _modify { yield unsafe &writing.builder }
    }
    var changeBuilder: RowBuilder {
        @inline(__always) _read { yield unsafe writing.changeBuilder }
        @inline(__always) _modify { yield unsafe &writing.changeBuilder }
    }
    /// The position of the last event.
    var position: UInt64 {
        @inline(__always) _read { yield unsafe writing.position }
        @inline(__always) _modify { yield unsafe &writing.position }
    }
    /// The position before the open transaction.
    var startPosition: UInt64 {
        @inline(__always) _read { yield unsafe writing.startPosition }
        @inline(__always) _modify { yield unsafe &writing.startPosition }
    }
    /// The time of the last commit, in microseconds since 1970.
    var time: Int64 {
        @inline(__always) _read { yield unsafe writing.time }
        @inline(__always) _modify { yield unsafe &writing.time }
    }
    /// The group being built.
    private(set) var group: UInt64 {
        @inline(__always) _read { yield unsafe writing.group }
        @inline(__always) _modify { yield unsafe &writing.group }
    }

    /// Makes the state that readers see once the group being built is safe, and begins the next.
    ///
    /// - Parameter spare: A state that nobody has, to be made this one.
    func closeGroup(_ spare: PublishedState? = nil) -> PublishedState {
        let state = spare ?? PublishedState(schema)
        unsafe state.show(self, newest: &published)
        advanceGroup()
        return state
    }

    /// Begins another group without publishing this one.
    func advanceGroup() {
        group += 1
        for number in 0..<tables.count { withTable(number) { $0.group = group } }
    }

    /// Frees what no view can reach.
    func reclaim(_ views: ViewBounds) {
        // What stands for a missing part is no memory to be used again.
        if isFaulty { return }
        for table in tables { table.reclaim(views) }
        if awaitsReclaiming { awaitsReclaiming = tables.contains { $0.awaitsReclaiming } }
    }

    /// Looks which tables have hardly any room left.
    func noteRoom() {
        for (number, table) in tables.enumerated() where table.isNearlyFull {
            fullTables.insert(number)
        }
    }

    /// Throws where a table takes no more rows.
    @inline(__always)
    func checkRoom(_ table: TableState) throws {
        if !fullTables.isEmpty { try refuse(table) }
    }

    @inline(never)
    private func refuse(_ table: TableState) throws {
        guard fullTables.contains(table.plan.number) else { return }
        throw DatabaseError(
            .limitExceeded,
            "The table \(table.plan.name) is full: its rows, or one of its indexes, take nearly "
                + "the 32 GiB that they can, or the words of one 4 GiB.", table: table.plan.name,
            advice: "Rows can be read and deleted; open the database again to use what they leave, "
                + "or divide the table.")
    }

    /// Whether a part of the snapshot that the state came from could not be read.
    var isFaulty: Bool { loading?.fault.isSet ?? false }

    /// Whether ``reclaim(_:)`` has more to do than it does at a time.
    var isCompacting: Bool { !isFaulty && tables.contains { $0.isCompacting } }

    /// Gives memory that was asked for ahead back to the system, until it is needed.
    func releaseAhead() {
        for table in tables { table.releaseAhead() }
    }

    /// Bytes that only older views still use.
    var retiredByteCount: Int { tables.reduce(0) { $0 + $1.retiredByteCount } }

    /// Starts at a group of its own, after a load.
    func begin(atGroup group: UInt64) {
        self.group = group
        for table in tables { table.group = group }
    }

    /// Takes another schema whose first tables are the ones there are, but for the analyzers of
    /// their text indexes.
    ///
    /// - Complexity: O(tables), and O(bytes of the texts) of an index with another analyzer, which
    ///   is built again from the rows.
    func adopt(_ schema: SchemaPlan) {
        for plan in schema.tables[tables.count...] {
            let table = TableState(
                plan: plan, codeChecks: codeChecks[plan.name], analyzers: analyzers)
            table.group = group
            if isDeferring { table.store.beginDeferring() }
            tables.append(table)
            changeLayouts.append(ChangeLayouts(plan.layout))
        }
        for index in tables.indices { adopt(schema.tables[index], as: index) }
        self.schema = schema
    }

    private func adopt(_ plan: TablePlan, as index: Int) {
        let old = tables[index]
        var texts = old.texts
        var others: [Int] = []
        for (number, text) in plan.fullText.enumerated()
        where text.analyzer != old.plan.fullText[number].analyzer {
            // Views of the schema before keep the index that they know.
            texts[number] = TextIndex(text, analyzers)
            texts[number].group = group
            others.append(number)
        }
        let table = TableState(
            plan: plan, store: old.store, texts: texts, codeChecks: old.codeChecks)
        tables[index] = table
        if isDeferring { return }
        for number in others { fillText(number, of: table) }
    }
}
