internal import TufaBytes
internal import TufaIndex
internal import TufaModel
internal import TufaSearch
internal import TufaStorage

/// A replay of everything: rows first, and the indexes of what is left at the end.
///
/// An index that is kept up to date event by event is changed where its keys lie, which is
/// anywhere; sorted, each of its nodes is written once, and the indexes are built side by side.
extension Engine {
    /// Leaves the indexes of every table to ``buildIndexes()``; nobody reads or writes before that.
    func deferIndexes() {
        precondition(tables.isEmpty, "Only an empty engine is filled without its indexes.")
        isDeferring = true
    }

    /// Applies the next few events as long as they are of one table, to the rows alone; where their
    /// rows are looked for is asked for first.
    func applyDeferredRun(
        _ events: inout CommitReader.Events, _ table: TableState, isSound: Bool
    ) throws(DatabaseError) {
        var ahead = events
        var count = 0
        while count < RowRun.capacity, let event = ahead.next() {
            let header = event.header
            if Int(header.table) != table.plan.number { break }
            if case .schema = header.kind { break }
            table.store.prefetchDeferred(header.id)
            count += 1
        }
        for _ in 0..<count {
            guard let event = events.next() else { return }
            try applyDeferred(event, table, isSound: isSound)
            position = event.position
        }
    }

    /// Applies an event of a row to the rows alone.
    ///
    /// - Throws: `damaged` where it cannot follow what was before it.
    private func applyDeferred(
        _ event: CommitReader.Event, _ table: TableState, isSound: Bool
    ) throws(DatabaseError) {
        let header = event.header
        let store = table.store
        let number = store.deferredNumber(of: header.id)
        switch header.kind {
        case .create:
            if number != nil { throw impossible(event, "creates row \(header.id) again") }
            if !isSound, let problem = unsafe table.plan.layout.problem(in: event.payload) {
                throw impossible(event, "holds no row: \(problem)")
            }
            unsafe store.insertDeferred(
                header.id, body: event.payload, position: event.position,
                rowVersion: header.rowVersion, schemaVersion: header.schemaVersion)
        case .update:
            guard let number else { throw impossible(event, "updates row \(header.id), not there") }
            try mergeUpdate(event, into: table, number)
            unsafe store.updateDeferred(
                number, body: builder.bytes, position: event.position,
                schemaVersion: header.schemaVersion)
        case .delete:
            guard let number else { throw impossible(event, "deletes row \(header.id), not there") }
            store.deleteDeferred(number)
        case .schema: break
        }
    }

    /// Builds the indexes that ``deferIndexes()`` has left, on all processors where there is enough
    /// to do.
    ///
    /// - Complexity: O(indexes · rows · log rows + bytes of the texts).
    func buildIndexes() {
        guard isDeferring else { return }
        isDeferring = false
        var pieces: [(size: Int, work: @Sendable () -> Void)] = []
        for table in tables {
            let rowCount = Int(table.store.rows.numberLimit)
            // Texts take longest, so they are begun first.
            for number in table.texts.indices {
                pieces.append((rowCount * 8, { Engine.buildText(number, of: table) }))
            }
            for number in table.store.trees.indices {
                pieces.append((rowCount, { table.store.buildTree(number) }))
            }
        }
        pieces.sort { $0.size > $1.size }
        if pieces.reduce(0, { $0 + $1.size }) < 1 << 14 {
            for piece in pieces { piece.work() }
        } else {
            inParallel(pieces.map(\.work))
        }
        for table in tables { table.store.endDeferring() }
    }

    private static func buildText(_ number: Int, of table: TableState) {
        var tokens = TokenBuffer()
        fillText(number, of: table, &tokens) { $0.reclaimUnread() }
    }
}
