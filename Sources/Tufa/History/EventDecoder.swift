internal import TufaBytes
internal import TufaModel
internal import TufaStorage

/// Turns the bytes of commits into records, following the schema as it changes.
final class EventDecoder {
    private(set) var schema: SchemaPlan
    private var layouts: [ChangeLayouts]

    init(_ schema: SchemaPlan = .empty) {
        self.schema = schema
        layouts = schema.tables.map { ChangeLayouts($0.layout) }
    }

    /// The whole commit as a record.
    ///
    /// - Throws: `damaged` where an event does not fit its table.
    func record(_ commit: CommitReader.Commit) throws -> CommitRecord {
        var events: [EventRecord] = []
        events.reserveCapacity(Int(commit.eventCount))
        for event in commit.events { events.append(try record(event)) }
        return CommitRecord(
            position: commit.position, firstPosition: commit.firstPosition,
            time: Timestamp(microseconds: commit.time), actor: commit.actor, label: commit.label,
            key: commit.key, metadata: unsafe Array(commit.metadata), events: events)
    }

    /// One event as a record; a change of the schema is followed.
    func record(_ event: CommitReader.Event) throws -> EventRecord {
        let header = event.header
        if header.kind == .schema { try follow(event) }
        let isRow = header.kind != .schema
        guard !isRow || Int(header.table) < schema.tables.count else {
            throw DatabaseError(
                .damaged, "The event at position \(event.position) names an unknown table.")
        }
        return EventRecord(
            position: event.position, kind: kind(header.kind),
            table: isRow ? schema.tables[Int(header.table)].name : "", id: header.id,
            version: header.rowVersion, previousPosition: header.previousPosition,
            fields: isRow ? try fields(event, Int(header.table)) : [])
    }

    /// Takes over the schema of a schema event.
    func follow(_ event: CommitReader.Event) throws {
        schema = try SchemaPlan(DatabaseSchema(decoding: unsafe Array(event.payload)))
        layouts = schema.tables.map { ChangeLayouts($0.layout) }
    }

    private func kind(_ kind: EventKind) -> EventRecord.Kind {
        switch kind {
        case .create: .create
        case .update: .update
        case .delete: .delete
        case .schema: .schema
        }
    }

    /// The fields that an event of a row gives.
    private func fields(
        _ event: CommitReader.Event, _ number: Int
    ) throws -> [(name: String, value: Value)] {
        let table = schema.tables[number]
        let layout = table.layout
        let payload = unsafe event.payload
        switch event.header.kind {
        case .schema, .delete: return []
        case .create:
            if let problem = unsafe layout.problem(in: payload) { throw damaged(event, problem) }
            let body = unsafe RowBody(
                base: payload.baseAddress.unsafelyUnwrapped, byteCount: payload.count)
            return layout.fields.indices.map {
                unsafe (table.fieldName($0), RowCodec.value($0, body, layout))
            }
        case .update:
            guard payload.count > layout.nullByteCount else {
                throw damaged(event, "it is cut off")
            }
            let bitmap = unsafe UnsafeRawBufferPointer(rebasing: payload[0..<layout.nullByteCount])
            let rest = unsafe UnsafeRawBufferPointer(rebasing: payload[layout.nullByteCount...])
            let changed = unsafe layouts[number].layout(for: bitmap)
            if let problem = unsafe changed.problem(in: rest) { throw damaged(event, problem) }
            let body = unsafe RowBody(
                base: rest.baseAddress.unsafelyUnwrapped, byteCount: rest.count)
            var next = 0
            var fields: [(name: String, value: Value)] = []
            for index in layout.fields.indices
            where unsafe bitmap[index >> 3] & (1 << UInt8(index & 7)) != 0 {
                fields.append((table.fieldName(index), unsafe RowCodec.value(next, body, changed)))
                next += 1
            }
            return fields
        }
    }

    private func damaged(_ event: CommitReader.Event, _ problem: String) -> DatabaseError {
        DatabaseError(
            .damaged, "The event at position \(event.position) holds no row: \(problem).")
    }
}
