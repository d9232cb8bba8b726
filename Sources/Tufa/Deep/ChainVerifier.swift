internal import TufaBytes
internal import TufaModel
internal import TufaStorage

/// Follows every row from event to event: a row is created once, each update and the deletion name
/// the event before, versions count up by one, and no two rows share a unique value.
///
/// Rows are kept as plain values, so what it finds depends on no index. After an event that is
/// wrong it goes on with what the event says.
struct ChainVerifier {
    private let map: HistoryMap?
    private(set) var tables = PlainTables()
    private(set) var findings = FindingList()
    /// The last commit before the first event that an engine could not apply; nil without one.
    private(set) var lastApplicable: UInt64?
    /// Rows that were found to share a unique value with another.
    private(set) var sharing: Set<RowKey> = []
    /// The last position that was followed.
    private(set) var position: UInt64 = 0
    private var keys: [[PlainKeys]] = []

    /// Follows commits that are handed over one by one, of whose files it knows nothing.
    init() { map = nil }

    init(_ directory: DatabaseDirectory) throws {
        map = try HistoryMap(directory)
        position = directory.manifest.basePosition
    }

    /// Follows the history as far as it can be read; damage of the files is told by others.
    ///
    /// - Complexity: O(events), with the memory of all rows.
    mutating func run(_ directory: DatabaseDirectory) throws {
        do {
            try directory.replay(after: position, through: directory.lastPosition) { commit in
                follow(commit)
                return true
            }
        } catch let error as DatabaseError where DatabaseDirectory.isDamage(error) {
            // The replay that builds indexes meets the same and tells it.
        }
    }

    /// Follows the next commit.
    mutating func follow(_ commit: CommitReader.Commit) {
        let before = position
        for event in commit.events { follow(event, before) }
        position = commit.position
    }

    /// Whether everything could follow what was before it.
    var isClean: Bool { lastApplicable == nil && findings.all.isEmpty }

    /// The file that holds a position.
    func file(holding position: UInt64) -> String { map?.file(holding: position) ?? "" }

    private mutating func follow(_ event: CommitReader.Event, _ before: UInt64) {
        let header = event.header
        if header.kind == .schema {
            followSchema(event, before)
        } else if Int(header.table) >= tables.tables.count {
            stop(before)
            add(event, nil, "names table \(header.table), which there is not")
        } else {
            let table = tables.tables[Int(header.table)]
            if header.schemaVersion != tables.schema.schema.version {
                add(
                    event, table,
                    "is laid out by schema version \(header.schemaVersion), and "
                        + "\(tables.schema.schema.version) holds")
            }
            do {
                try followRow(event, table, before)
            } catch {
                stop(before)
                add(event, table, error, kind: error.code.name)
            }
        }
    }

    private mutating func followSchema(_ event: CommitReader.Event, _ before: UInt64) {
        let header = event.header
        do {
            let plan = try tables.schema(of: event)
            tables.adopt(plan)
            for table in plan.tables[keys.count...] { keys.append(PlainKeys.all(of: table)) }
            if header.schemaVersion != plan.schema.version || header.id != .none
                || header.rowVersion != 0 || header.previousPosition != 0
            {
                add(event, nil, "changes the schema and speaks of a row or another version")
            }
        } catch {
            stop(before)
            add(event, nil, error, kind: error.code.name)
        }
    }

    private mutating func followRow(
        _ event: CommitReader.Event, _ table: PlainTable, _ before: UInt64
    ) throws(DatabaseError) {
        let header = event.header
        let old = table.rows[header.id]
        switch header.kind {
        case .schema: return
        case .create:
            if let old {
                stop(before)
                add(event, table, "creates a row that is there since position \(old.position)")
            }
            checkLink(event, table, version: 1, previous: 0)
            put(event, table, try table.created(event), before)
        case .update:
            let change = try table.change(event)
            guard let old else {
                stop(before)
                return add(event, table, "updates a row that is not there")
            }
            checkLink(event, table, version: old.version &+ 1, previous: old.position)
            put(event, table, table.merged(change, onto: old.body), before)
        case .delete:
            if unsafe event.payload.count > 0 {
                add(event, table, "deletes a row and has a payload")
            }
            guard let old else {
                stop(before)
                return add(event, table, "deletes a row that is not there")
            }
            checkLink(event, table, version: old.version &+ 1, previous: old.position)
            for index in keys[table.plan.number].indices {
                keys[table.plan.number][index].remove(header.id, old.body)
            }
            table.rows[header.id] = nil
        }
    }

    private mutating func checkLink(
        _ event: CommitReader.Event, _ table: PlainTable, version: UInt32, previous: UInt64
    ) {
        let header = event.header
        if header.rowVersion != version {
            add(
                event, table,
                "makes version \(header.rowVersion) of a row, where \(version) comes next")
        }
        if header.previousPosition != previous {
            add(
                event, table,
                "names position \(header.previousPosition) as the one before, which is "
                    + "\(previous)")
        }
    }

    /// Makes a body the row's own and looks for another row with its unique values.
    private mutating func put(
        _ event: CommitReader.Event, _ table: PlainTable, _ body: [UInt8], _ before: UInt64
    ) {
        let header = event.header
        let number = table.plan.number
        let old = table.rows[header.id]
        for index in keys[number].indices {
            if let old { keys[number][index].remove(header.id, old.body) }
            if let owner = keys[number][index].add(header.id, body) {
                stop(before)
                sharing.insert(RowKey(table: number, id: header.id))
                let error = keys[number][index].conflict(header.id, body, with: owner)
                add(event, table, error, kind: error.code.name)
            }
        }
        if !RowRules.longKeys(of: header.id, body, in: table.plan).isEmpty { stop(before) }
        table.rows[header.id] = PlainRow(
            body: body, version: header.rowVersion, position: event.position)
    }

    private mutating func stop(_ before: UInt64) { lastApplicable = lastApplicable ?? before }

    private mutating func add(
        _ event: CommitReader.Event, _ table: PlainTable?, _ error: DatabaseError, kind: String
    ) {
        note(event, table, error.message, kind: kind)
    }

    private mutating func add(_ event: CommitReader.Event, _ table: PlainTable?, _ what: String) {
        note(event, table, "The event at position \(event.position) \(what).", kind: "wrong_chain")
    }

    private mutating func note(
        _ event: CommitReader.Event, _ table: PlainTable?, _ message: String, kind: String
    ) {
        findings.add(
            Finding(
                file: file(holding: event.position), offset: nil, kind: kind,
                message: message, isHarmless: false, position: event.position,
                table: table?.plan.name, row: table == nil ? nil : event.header.id))
    }
}
