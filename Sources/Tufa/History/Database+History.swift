public import TufaBytes
internal import TufaIndex
internal import TufaModel
internal import TufaStorage

extension Database {
    /// Hands over the commits of the log in order, until `body` answers false.
    ///
    /// - Parameters:
    ///   - first: The position to begin at; a commit that holds it comes whole.
    ///   - last: The position to end at; nil for the last commit that views see.
    /// - Throws: ``DatabaseError``: `damaged`, `missing_file`, `io`; and what `body` throws.
    /// - Complexity: O(bytes of the history in between).
    public func forEachCommit(
        from first: UInt64 = 1, through last: UInt64? = nil,
        _ body: (CommitRecord) throws -> Bool
    ) throws {
        let view = view()
        let last = min(last ?? .max, view.position)
        guard first <= last else { return }
        // Tables are only ever added, so the schema of today reads the events of every day.
        let decoder = EventDecoder(view.hold.state.schema)
        try flushIfOpen()
        try directory.replay(after: max(first, 1) - 1, through: last) { commit in
            let record = try decoder.record(commit)
            return try body(record)
        }
    }

    /// The life of one row, the oldest step first.
    ///
    /// - Throws: ``DatabaseError``: `unknown_table`, `damaged`, `missing_file`, `io`.
    /// - Complexity: O(bytes of the history).
    public func historyBlocking(table: String, id: RowID) throws -> [Change] {
        let view = view()
        let plan = try view.hold.state.schema.table(table)
        let decoder = EventDecoder(view.hold.state.schema)
        var changes: [Change] = []
        var current: [String: Value] = [:]
        try flushIfOpen()
        guard view.position > 0 else { return [] }
        try directory.replay(after: 0, through: view.position) { commit in
            for event in commit.events {
                let header = event.header
                guard header.id == id, Int(header.table) == plan.number, header.kind != .schema
                else { continue }
                let record = try decoder.record(event)
                let fields: [FieldChange]
                if record.kind == .delete {
                    fields = plan.schema.fields.map {
                        FieldChange(name: $0.name, old: current[$0.name], new: nil)
                    }
                    current = [:]
                } else {
                    fields = record.fields.map { name, value in
                        defer { current[name] = value }
                        return FieldChange(name: name, old: current[name], new: value)
                    }
                }
                changes.append(
                    Change(
                        position: record.position, time: Timestamp(microseconds: commit.time),
                        actor: commit.actor, label: commit.label, kind: record.kind,
                        version: record.version, changes: fields))
            }
            return true
        }
        return changes
    }

    /// The life of one row, the oldest step first.
    ///
    /// ```swift
    /// for try await change in db.history(of: ada.id) { print(change.time, change.changes) }
    /// ```
    /// - Complexity: O(bytes of the history), on a thread of its own.
    public func history<E: Entity>(of id: EntityID<E>) -> AsyncThrowingStream<Change, any Error> {
        let table = E.schema.name
        return AsyncThrowingStream { continuation in
            detachThread(
                startThread(named: "tufa.history") {
                    do {
                        for change in try self.historyBlocking(table: table, id: id.rowID) {
                            continuation.yield(change)
                        }
                        continuation.finish()
                    } catch {
                        continuation.finish(throwing: error)
                    }
                })
        }
    }

    /// Puts buffered commits on disk, so that files hold what views see.
    func flushIfOpen() throws { try committer?.flush() }
}
