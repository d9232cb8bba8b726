internal import TufaBytes
internal import TufaIndex
internal import TufaModel
internal import TufaStorage

extension Engine {
    /// Applies a commit of the log, which has been checked when it was written.
    ///
    /// - Throws: `damaged` where an event cannot follow what was before it.
    /// - Complexity: O(events · indexes · log rows).
    func apply(_ commit: CommitReader.Commit) throws(DatabaseError) {
        for event in commit.events {
            let header = event.header
            if header.kind == .schema {
                try applySchema(event)
            } else {
                guard Int(header.table) < tables.count else {
                    throw impossible(event, "names table \(header.table), which there is not")
                }
                try applyRow(event, header, Int(header.table))
            }
            position = event.position
        }
        time = commit.time
        settleChanges()
    }

    private func impossible(_ event: CommitReader.Event, _ what: String) -> DatabaseError {
        DatabaseError(
            .damaged, "The event at position \(event.position) \(what).",
            advice: "Run `tufa verify`; restore to the position before it.")
    }

    private func applySchema(_ event: CommitReader.Event) throws(DatabaseError) {
        let decoded = try DatabaseSchema(decoding: unsafe Array(event.payload))
        let plan = try SchemaPlan(decoded)
        guard plan.tables.count >= tables.count else {
            throw impossible(event, "drops a table, which this version does not do")
        }
        for index in tables.indices
        where plan.tables[index].schema != tables[index].plan.schema {
            throw impossible(event, "changes a table, which this version does not do")
        }
        adopt(plan)
    }

    private func applyRow(
        _ event: CommitReader.Event, _ header: EventHeader, _ tableIndex: Int
    ) throws(DatabaseError) {
        let table = tables[tableIndex]
        let number = table.store.draftNumber(of: header.id)
        let change: RowChange
        switch header.kind {
        case .create:
            if number != nil { throw impossible(event, "creates row \(header.id) again") }
            let body = unsafe event.payload
            if let problem = unsafe table.plan.layout.problem(in: body) {
                throw impossible(event, "holds no row: \(problem)")
            }
            change = unsafe table.store.insert(
                header.id, body: body, position: event.position, rowVersion: header.rowVersion,
                schemaVersion: header.schemaVersion)
        case .update:
            guard let number else { throw impossible(event, "updates row \(header.id), not there") }
            try mergeUpdate(event, into: table, tableIndex, number)
            change = unsafe table.store.update(
                number, body: builder.bytes, position: event.position,
                schemaVersion: header.schemaVersion)
        case .delete:
            guard let number else { throw impossible(event, "deletes row \(header.id), not there") }
            change = table.store.delete(number, position: event.position)
        case .schema:
            return
        }
        changes.append((tableIndex, change))
    }

    /// Builds, in ``builder``, the body that an update event makes of a row.
    private func mergeUpdate(
        _ event: CommitReader.Event, into table: TableState, _ tableIndex: Int, _ number: UInt32
    ) throws(DatabaseError) {
        let layout = table.plan.layout
        let payload = unsafe event.payload
        let bitmapByteCount = layout.nullByteCount
        guard payload.count >= bitmapByteCount else {
            throw impossible(event, "is cut off")
        }
        let bitmap = unsafe UnsafeRawBufferPointer(rebasing: payload[0..<bitmapByteCount])
        let rest = unsafe UnsafeRawBufferPointer(rebasing: payload[bitmapByteCount...])
        if layout.fields.count & 7 != 0,
            unsafe bitmap[bitmapByteCount - 1] >> (layout.fields.count & 7) != 0
        {
            throw impossible(event, "changes fields that its table does not have")
        }
        let changed = unsafe changeLayouts[tableIndex].layout(for: bitmap)
        if let problem = unsafe changed.problem(in: rest) {
            throw impossible(event, "holds no fields: \(problem)")
        }
        let old = unsafe table.store.rows.version(table.store.rows.newest(number)).body
        let new = unsafe RowBody(
            base: rest.baseAddress.unsafelyUnwrapped, byteCount: rest.count)
        unsafe RowMerge.apply(new, changed, bitmap, to: old, layout, into: &builder)
    }
}
