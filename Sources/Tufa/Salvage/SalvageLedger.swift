internal import TufaBytes
internal import TufaIndex
internal import TufaModel
internal import TufaStorage

/// What is known of every row, followed through a history that may have gaps.
///
/// A creation, an update of all fields and a deletion say everything. An update of some fields says
/// something only where the version that it changes is the one that is known, or where the updates
/// since give every field. Else the last known version stays and the row is uncertain.
struct SalvageLedger {
    /// Changes of a row whose base is unknown.
    struct Uncertain {
        /// The position of the last of them.
        var position: UInt64
        /// The fields that they give; nil for those that none gives.
        var values: [Value?]
    }

    /// What a commit or a snapshot has changed.
    struct Touch {
        var keys: [RowKey] = []
        var schemas: [SchemaPlan] = []
    }

    private(set) var tables = PlainTables()
    private(set) var uncertain: [RowKey: Uncertain] = [:]
    private(set) var lostEvents: [SalvageReport.LostEvent] = []
    /// The number of the file that each row was last taken from.
    private(set) var origins: [RowKey: Int] = [:]
    /// Whether the rows are those of the last position, with nothing missing before it.
    private(set) var isExact = true
    private let schemas: [SchemaPlan]

    /// - Parameter schemas: Every schema that is known of, by version.
    init(_ schemas: [SchemaPlan]) { self.schemas = schemas }

    /// Notes that positions are missing.
    mutating func passGap() { isExact = false }

    /// Follows a commit.
    mutating func follow(_ commit: CommitReader.Commit, origin: Int) -> Touch {
        var touch = Touch()
        for event in commit.events {
            do {
                if event.header.kind == .schema {
                    take(try tables.schema(of: event), &touch)
                } else {
                    try follow(event, origin, &touch)
                }
            } catch {
                lostEvents.append(.init(position: event.position, reason: error.message))
            }
        }
        return touch
    }

    private mutating func take(_ plan: SchemaPlan, _ touch: inout Touch) {
        guard plan.schema != tables.schema.schema else { return }
        tables.adopt(plan)
        touch.schemas.append(plan)
    }

    /// The table of an event, whose schema may be known from elsewhere only.
    private mutating func table(
        of event: CommitReader.Event, _ touch: inout Touch
    ) throws(DatabaseError) -> PlainTable {
        let header = event.header
        let number = Int(header.table)
        if number >= tables.tables.count || header.schemaVersion > tables.schema.schema.version {
            let later = schemas.first {
                $0.schema.version >= header.schemaVersion && number < $0.tables.count
                    && tables.follows($0)
            }
            if let later { take(later, &touch) }
        }
        guard number < tables.tables.count else {
            throw DatabaseError(
                .damaged, "The event names table \(number), of which no schema tells.")
        }
        return tables.tables[number]
    }

    private mutating func follow(
        _ event: CommitReader.Event, _ origin: Int, _ touch: inout Touch
    ) throws(DatabaseError) {
        let table = try table(of: event, &touch)
        let header = event.header
        let key = RowKey(table: table.plan.number, id: header.id)
        switch header.kind {
        case .schema: return
        case .create: put(key, event, try table.created(event), origin, &touch)
        case .delete:
            table.rows[key.id] = nil
            uncertain[key] = nil
            origins[key] = nil
            touch.keys.append(key)
        case .update:
            let change = try table.change(event)
            let old = table.rows[key.id]
            let count = table.plan.layout.fields.count
            if let old, uncertain[key] == nil, old.position == header.previousPosition,
                old.version &+ 1 == header.rowVersion
            {
                put(key, event, table.merged(change, onto: old.body), origin, &touch)
                return
            }
            var values = change.values(of: count)
            if let known = uncertain[key], known.position == header.previousPosition {
                for field in values.indices where values[field] == nil {
                    values[field] = known.values[field]
                }
            }
            let whole = values.compactMap(\.self)
            if whole.count == count {
                put(key, event, try table.body(whole), origin, &touch)
            } else {
                uncertain[key] = Uncertain(position: event.position, values: values)
            }
        }
    }

    private mutating func put(
        _ key: RowKey, _ event: CommitReader.Event, _ body: [UInt8], _ origin: Int,
        _ touch: inout Touch
    ) {
        tables.tables[key.table].rows[key.id] = PlainRow(
            body: body, version: event.header.rowVersion, position: event.position)
        uncertain[key] = nil
        origins[key] = origin
        touch.keys.append(key)
    }

    /// Takes the rows of a snapshot in place of those that are known; nil where its schema is not
    /// one of this history.
    mutating func replace(by state: PublishedState, origin: Int) -> Touch? {
        var touch = Touch()
        if state.tables.count >= tables.tables.count {
            guard tables.follows(state.schema) else { return nil }
            take(state.schema, &touch)
        }
        for (number, table) in tables.tables.enumerated() {
            let rows = state.rows(of: number)
            for id in Set(table.rows.keys).union(rows.keys).sorted()
            where table.rows[id] != rows[id] {
                let key = RowKey(table: number, id: id)
                touch.keys.append(key)
                origins[key] = rows[id] == nil ? nil : origin
            }
            table.rows = rows
        }
        uncertain = [:]
        isExact = true
        return touch
    }
}

extension PublishedState {
    /// The rows of a table as plain values; none for a table that there is not.
    func rows(of table: Int) -> [RowID: PlainRow] {
        guard table < tables.count else { return [:] }
        var found: [RowID: PlainRow] = [:]
        let rows = tables[table].state.store.rows
        for number in 1..<max(1, tables[table].roots.rowLimit) {
            guard let version = unsafe rows.visible(number, at: position) else { continue }
            let body = unsafe UnsafeRawBufferPointer(
                start: version.body.base, count: version.bodyByteCount)
            found[unsafe version.id] = PlainRow(
                body: unsafe Array(body), version: unsafe version.rowVersion,
                position: unsafe version.position)
        }
        return found
    }
}
