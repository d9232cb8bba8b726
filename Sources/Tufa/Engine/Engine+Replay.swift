internal import TufaBytes
internal import TufaIndex
internal import TufaModel
internal import TufaStorage

extension Engine {
    /// Applies a commit of the log, which has been checked when it was written.
    ///
    /// - Parameter isSound: Whether a ``BodyChecker`` has found the bodies of its rows sound.
    /// - Throws: `damaged` where an event cannot follow what was before it.
    /// - Complexity: O(events · indexes · log rows).
    func apply(
        _ commit: CommitReader.Commit, isSound: Bool = false
    ) throws(DatabaseError) {
        var events = commit.events
        while true {
            var rest = events
            guard let event = rest.next() else { break }
            let header = event.header
            if case .schema = header.kind {
                try applySchema(event)
                position = event.position
                events = rest
            } else if Int(header.table) < tables.count {
                let table = tables[Int(header.table)]
                if isDeferring {
                    try applyDeferredRun(&events, table, isSound: isSound)
                } else {
                    try applyRun(&events, table, isSound: isSound)
                }
            } else {
                throw impossible(event, "names table \(header.table), which there is not")
            }
        }
        time = commit.time
        settleChanges()
    }

    /// Applies the next few events as long as they are of one table, whose memory is asked for
    /// first.
    private func applyRun(
        _ events: inout CommitReader.Events, _ table: TableState, isSound: Bool
    ) throws(DatabaseError) {
        var ahead = events
        var count = 0
        unsafe prefetcher.begin()
        while count < RowRun.capacity, let event = ahead.next() {
            let header = event.header
            if Int(header.table) != table.plan.number { break }
            if case .schema = header.kind { break }
            if case .create = header.kind {
                let body = unsafe event.payload
                if !isSound, let problem = unsafe table.plan.layout.problem(in: body) {
                    throw impossible(event, "holds no row: \(problem)")
                }
                unsafe prefetcher.add(table.store, header.id, readsRow: false)
                unsafe prefetcher.add(
                    table.store, header.id,
                    RowBody(base: body.baseAddress.unsafelyUnwrapped, byteCount: body.count))
            } else {
                unsafe prefetcher.add(table.store, header.id, readsRow: true)
            }
            count += 1
        }
        unsafe prefetcher.run()
        for _ in 0..<count {
            guard let event = events.next() else { return }
            try applyRow(event, table)
            position = event.position
        }
    }

    func impossible(_ event: CommitReader.Event, _ what: String) -> DatabaseError {
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
        where !plan.tables[index].schema.differsInAnalyzersOnly(from: tables[index].plan.schema) {
            throw impossible(event, "changes a table, which this version does not do")
        }
        // An index with another analyzer is filled from the rows, so they must be settled.
        settleChanges()
        adopt(plan)
    }

    private func applyRow(
        _ event: CommitReader.Event, _ table: TableState
    ) throws(DatabaseError) {
        let header = event.header
        let number = table.store.draftNumber(of: header.id)
        let change: RowChange
        switch header.kind {
        case .create:
            if number != nil { throw impossible(event, "creates row \(header.id) again") }
            change = unsafe table.store.insert(
                header.id, body: event.payload, position: event.position,
                rowVersion: header.rowVersion,
                schemaVersion: header.schemaVersion)
        case .update:
            guard let number else { throw impossible(event, "updates row \(header.id), not there") }
            try mergeUpdate(event, into: table, number)
            change = unsafe table.store.update(
                number, body: builder.bytes, position: event.position,
                schemaVersion: header.schemaVersion)
        case .delete:
            guard let number else { throw impossible(event, "deletes row \(header.id), not there") }
            change = table.store.delete(number, position: event.position)
        case .schema:
            return
        }
        changes.append(AppliedChange(table.plan.number, change))
    }

    /// Builds, in ``builder``, the body that an update event makes of a row.
    func mergeUpdate(
        _ event: CommitReader.Event, into table: TableState, _ number: UInt32
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
        let changed = unsafe changeLayouts[table.plan.number].layout(for: bitmap)
        if let problem = unsafe changed.problem(in: rest) {
            throw impossible(event, "holds no fields: \(problem)")
        }
        let old = unsafe table.store.rows.version(table.store.rows.newest(number)).body
        let new = unsafe RowBody(
            base: rest.baseAddress.unsafelyUnwrapped, byteCount: rest.count)
        unsafe RowMerge.apply(new, changed, bitmap, to: old, layout, into: &builder)
    }
}
