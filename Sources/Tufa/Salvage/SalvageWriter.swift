internal import TufaBytes
internal import TufaIndex
internal import TufaModel
internal import TufaStorage

/// Writes what was salvaged into a new database: commits as they were where nothing is missing
/// before them, and else rows, each held against every rule of the schema.
///
/// A row that is refused waits for the rows that it needs; what still waits in the end is left out.
final class SalvageWriter {
    /// A row that was left out, or whose last version was.
    struct LeftOut {
        let key: RowKey
        let row: PlainRow
        let error: DatabaseError
        /// The position of the version that stays; nil where none does.
        let keptPosition: UInt64?
    }

    private static let rowsOfACommit = 5_000
    private static let groupByteCount = 1 << 20

    let engine: Engine
    private let log: Log
    private let copies = GroupBuffer(capacity: 2 << 20)
    private let referrers: SalvageReferrers
    private var waiting: Set<RowKey> = []
    private(set) var leftOut: [LeftOut] = []

    init(_ log: Log, _ engine: Engine) {
        self.log = log
        self.engine = engine
        referrers = SalvageReferrers(engine)
    }

    /// An engine that asks no check of a program's code, and writes texts whose analyzers are not
    /// there, since only indexes need them.
    static func makeEngine(_ schemas: [SchemaPlan], _ analyzers: AnalyzerCatalog) -> Engine {
        let names = schemas.flatMap { $0.tables.map(\.name) }
        let engine = Engine(
            schema: .empty, codeChecks: Dictionary(names.map { ($0, []) }) { first, _ in first },
            analyzers: analyzers)
        engine.writesWithoutAnalyzers = true
        return engine
    }

    /// Takes a commit over as it is.
    func copy(_ commit: CommitReader.Commit) throws {
        try engine.apply(commit)
        engine.reclaimDuringReplay()
        copies.append(copying: commit)
        if copies.byteCount >= Self.groupByteCount { try flush() }
    }

    /// Takes a schema over.
    func adopt(_ plan: SchemaPlan, _ head: CommitHead, at time: Int64) throws {
        try flushCopies()
        let now = try engine.begin(head, now: time)
        engine.change(to: plan)
        _ = try engine.commit(at: now)
    }

    /// Makes rows what the ledger says, as far as the rules allow; the others wait.
    func bring(
        _ keys: [RowKey], _ ledger: SalvageLedger, _ head: CommitHead, at time: Int64
    ) throws {
        try flushCopies()
        var start = 0
        while start < keys.count {
            let end = min(start + Self.rowsOfACommit, keys.count)
            let now = try engine.begin(head, now: time)
            waiting.subtract(keys[start..<end])
            waiting.formUnion(pass(Array(keys[start..<end]), ledger))
            _ = try engine.commit(at: now)
            engine.reclaimDuringReplay()
            if engine.buffer.byteCount >= Self.groupByteCount { try flush() }
            start = end
        }
    }

    /// Sets rows until no more can be set, and gives those that cannot.
    private func pass(_ keys: [RowKey], _ ledger: SalvageLedger) -> [RowKey] {
        var rest = keys
        while true {
            let refused = rest.filter { set($0, ledger.tables.row($0)) != nil }
            if refused.isEmpty || refused.count == rest.count { return refused }
            rest = refused
        }
    }

    /// Brings what waits, leaves out what breaks a rule, and writes everything.
    func settle(_ ledger: SalvageLedger) throws {
        try flushCopies()
        let head = CommitHead(actor: "tufa salvage", label: "salvage: settled")
        let now = try engine.begin(head, now: .min)
        var rest = pass(waiting.sorted(), ledger)
        while let key = rest.first {
            rest.removeFirst()
            resolve(key, ledger)
            rest = pass(rest, ledger)
        }
        leaveOutViolations(ledger)
        settleReport()
        _ = try engine.commit(at: now)
        try flush()
    }

    /// Tells of each row once, and of none that found its place in the end.
    private func settleReport() {
        var told: [RowKey: LeftOut] = [:]
        for left in leftOut where !isAsItShouldBe(left.key, left.row) {
            told[left.key] = LeftOut(
                key: left.key, row: left.row, error: left.error, keptPosition: kept(left.key))
        }
        leftOut = told.values.sorted { $0.key < $1.key }
    }

    private func isAsItShouldBe(_ key: RowKey, _ row: PlainRow) -> Bool {
        guard let number = number(of: key) else { return false }
        let rows = engine.tables[key.table].store.rows
        let body = unsafe rows.version(rows.newest(number)).body
        return unsafe UnsafeRawBufferPointer(start: body.base, count: body.byteCount)
            .elementsEqual(row.body)
    }

    private func resolve(_ key: RowKey, _ ledger: SalvageLedger) {
        guard let row = ledger.tables.row(key) else {
            // Whatever still refers to a row that was deleted is out of date.
            removeWithReferrers(key, ledger, leavingOutSelf: nil)
            return
        }
        guard var error = set(key, row) else { return }
        if error.code == .uniqueViolation, let id = error.row {
            let owner = RowKey(table: key.table, id: id)
            if let other = ledger.tables.row(owner), referrers(of: owner).isEmpty,
                other.position < row.position || !isAsItShouldBe(owner, other)
            {
                // The later event shows that the other row has the value no more; where that one
                // waits for its own change, it comes back with it.
                removeWithReferrers(owner, ledger, leavingOutSelf: .outdated(error, by: key.id))
                guard let again = set(key, row) else { return }
                error = again
            }
        }
        leftOut.append(LeftOut(key: key, row: row, error: error, keptPosition: nil))
    }

    /// The position of the version that the new database has.
    private func kept(_ key: RowKey) -> UInt64? {
        guard let number = number(of: key) else { return nil }
        let rows = engine.tables[key.table].store.rows
        return unsafe rows.version(rows.newest(number)).position
    }

    /// Whether the new database has a row.
    func holds(_ key: RowKey) -> Bool { number(of: key) != nil }

    /// Rows that were taken over with their history and break a rule all the same.
    private func leaveOutViolations(_ ledger: SalvageLedger) {
        let told = Set(leftOut.map(\.key))
        for (number, table) in ledger.tables.tables.enumerated() where number < engine.tables.count
        {
            for id in table.sortedIDs {
                let key = RowKey(table: number, id: id)
                guard let row = table.rows[id], holds(key), !told.contains(key) else { continue }
                let violations = RowRules.violations(of: id, row.body, in: table.plan) {
                    holds(RowKey(table: $0, id: $1))
                }
                guard let first = violations.first else { continue }
                removeWithReferrers(key, ledger, leavingOutSelf: first)
            }
        }
    }

    private func number(of key: RowKey) -> UInt32? {
        key.table < engine.tables.count
            ? engine.tables[key.table].store.draftNumber(of: key.id) : nil
    }

    /// The rows that refer to a row, itself not among them.
    private func referrers(of key: RowKey) -> [RowKey] {
        guard let number = number(of: key) else { return [] }
        let target = RowAddress(table: key.table, number: number)
        return referrers.rows(referringTo: target).filter { $0 != key }
    }

    /// Takes a row out, and before it all that refers to it.
    private func removeWithReferrers(
        _ key: RowKey, _ ledger: SalvageLedger, leavingOutSelf error: DatabaseError?
    ) {
        var doomed = [key]
        var known: Set<RowKey> = [key]
        var next = 0
        while next < doomed.count {
            let target = doomed[next]
            for holder in referrers(of: target) where known.insert(holder).inserted {
                doomed.append(holder)
                leave(holder, ledger, .lostTarget(target, ledger.tables))
            }
            next += 1
        }
        if let error { leave(key, ledger, error) }
        for row in doomed.reversed() {
            if let number = number(of: row) { engine.remove(row.table, number) }
            waiting.remove(row)
        }
    }

    private func leave(_ key: RowKey, _ ledger: SalvageLedger, _ error: DatabaseError) {
        guard let row = ledger.tables.row(key) else { return }
        leftOut.append(LeftOut(key: key, row: row, error: error, keptPosition: nil))
    }

    /// Makes a row what it should be; gives the reason where a rule is against it.
    private func set(_ key: RowKey, _ row: PlainRow?) -> DatabaseError? {
        let number = number(of: key)
        do {
            guard let row else {
                guard let number else { return nil }
                if let holder = referrers(of: key).first {
                    return .stillReferenced(
                        table: engine.tables[key.table].plan.name, row: key.id,
                        by: engine.tables[holder.table].plan.name, field: "", referrerRow: holder.id
                    )
                }
                engine.remove(key.table, number)
                return nil
            }
            let layout = engine.tables[key.table].plan.layout
            engine.builder.begin(layout)
            unsafe row.body.withRowBody { body in
                for index in layout.fields.indices {
                    unsafe RowMerge.copy(
                        index, of: body, layout, as: index, layout.fields[index],
                        into: &engine.builder)
                }
            }
            if let number {
                try engine.update(key.table, number)
            } else {
                try engine.insert(key.table, key.id)
            }
            referrers.note(key, self.number(of: key))
            return nil
        } catch let error as DatabaseError {
            return error
        } catch {
            return DatabaseError(.damaged, "The row cannot be written: \(error).")
        }
    }

    private func flushCopies() throws {
        guard !copies.isEmpty else { return }
        try log.append(copies, sync: false)
        copies.reset()
    }

    private func flush() throws {
        try flushCopies()
        guard !engine.buffer.isEmpty else { return }
        try log.append(engine.buffer, sync: false)
        engine.buffer.reset()
    }
}

extension DatabaseError {
    fileprivate static func outdated(_ error: DatabaseError, by id: RowID) -> DatabaseError {
        DatabaseError(
            .uniqueViolation, "Row \(id), which was written later, has its unique value.",
            table: error.table, fields: error.fields, rule: error.rule, row: id)
    }

    fileprivate static func lostTarget(_ target: RowKey, _ tables: PlainTables) -> DatabaseError {
        DatabaseError(
            .referenceViolation,
            "The row refers to \(tables.tables[target.table].plan.name) \(target.id), which is not "
                + "in the new database.")
    }
}
