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
    var schema: SchemaPlan
    var tables: [TableState]
    /// The position of the last event.
    var position: UInt64 = 0
    /// Where a replay last let go of what it replaced.
    var lastReclaim: UInt64 = 0
    /// The position before the open transaction.
    var startPosition: UInt64 = 0
    /// What people should know of how the state was loaded, one sentence each.
    var loadNotes: [String] = []
    /// The time of the last commit, in microseconds since 1970.
    var time: Int64 = 0
    /// The group being built.
    private(set) var group: UInt64 = 1
    /// The events of the group being built.
    var buffer = GroupBuffer()
    /// What the open transaction has done, to undo or settle it.
    var changes: [(table: Int, change: RowChange)] = []
    var builder = RowBuilder()
    var changeBuilder = RowBuilder()
    /// The next rows of an insertion of many.
    var run = RowRun()
    // Used for every row, by the writer alone: not checked for overlapping accesses.
    @exclusivity(unchecked) var prefetcher = Prefetcher(capacity: 8 * RowRun.capacity)
    var changeLayouts: [ChangeLayouts]
    let analyzer = Analyzer()
    var tokens = TokenBuffer()
    /// Checks of the program, by table; they are bound again when the schema changes.
    let codeChecks: [String: [CodeCheck]]

    init(schema: SchemaPlan, codeChecks: [String: [CodeCheck]]) {
        self.schema = schema
        self.codeChecks = codeChecks
        tables = schema.tables.map { TableState(plan: $0, codeChecks: codeChecks[$0.name]) }
        changeLayouts = schema.tables.map { ChangeLayouts($0.layout) }
    }

    /// Makes the state that readers see once the group being built is safe, and begins the next.
    func closeGroup() -> PublishedState {
        let state = PublishedState(
            schema: schema, tables: tables, position: position, time: time, group: group)
        advanceGroup()
        return state
    }

    /// Begins another group without publishing this one.
    func advanceGroup() {
        group += 1
        for table in tables { table.group = group }
    }

    /// Frees what no view of group `oldest` or later can reach.
    func reclaim(oldest: UInt64) {
        for table in tables { table.reclaim(oldest: oldest) }
    }

    /// Bytes that only older views still use.
    var retiredByteCount: Int { tables.reduce(0) { $0 + $1.retiredByteCount } }

    /// Starts at a group of its own, after a load.
    func begin(atGroup group: UInt64) {
        self.group = group
        for table in tables { table.group = group }
    }

    /// Takes another schema whose first tables are the ones there are.
    func adopt(_ schema: SchemaPlan) {
        for plan in schema.tables[tables.count...] {
            let table = TableState(plan: plan, codeChecks: codeChecks[plan.name])
            table.group = group
            tables.append(table)
            changeLayouts.append(ChangeLayouts(plan.layout))
        }
        for index in tables.indices {
            let old = tables[index]
            tables[index] = TableState(
                plan: schema.tables[index], store: old.store, texts: old.texts,
                codeChecks: old.codeChecks)
        }
        self.schema = schema
    }
}
