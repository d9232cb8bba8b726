internal import TufaBytes
internal import TufaIndex
internal import TufaModel

// One row, lent to whoever keeps the state meanwhile: a view, or a single question.
extension PublishedState {
    /// One table, and which of its rows there are.
    func reading(_ number: Int, _ restrictions: [Int: RowRestriction]?) -> TableReading {
        let table = tables[number]
        return TableReading(
            table: table.state, roots: table.roots, position: position,
            restriction: restrictions?[number])
    }

    /// Lends the row of an identifier, if there is one.
    @inline(__always)
    func lend<E: Entity>(
        _ id: EntityID<E>, _ codec: EntityCodec<E>, within restrictions: [Int: RowRestriction]?,
        _ body: (borrowing Row<E>) throws -> Void
    ) throws {
        let number = codec.plan.number
        let version: RowVersion?
        if restrictions != nil {
            unsafe version = reading(number, restrictions).row(id.rowID)
        } else {
            unsafe version = withTable(number) { table in
                unsafe table.withState {
                    unsafe $0.store.row(of: id.rowID, in: table.primaryRoot, at: position)
                }
            }
        }
        guard let version = unsafe version else { return }
        try checkLoaded()
        try body(unsafe Row(version, codec))
    }

    /// Lends the first row that a query finds, if there is one.
    func lendFirst<E: Entity>(
        _ query: Query<E>, _ codec: EntityCodec<E>, within restrictions: [Int: RowRestriction]?,
        _ body: (borrowing Row<E>) throws -> Void
    ) throws {
        if query.sort.isEmpty, restrictions == nil,
            let point = withTable(
                codec.plan.number, { PointLookup.run(query.predicate, in: $0, at: position) })
        {
            return try lend(point, codec, body)
        }
        unsafe try reading(codec.plan.number, restrictions).forEach(
            query.predicate, query.sort, limit: 1
        ) { version in
            try checkLoaded()
            try body(unsafe Row(version, codec))
            return false
        }
    }

    /// Lends the first row whose field is a text, if there is one.
    @inline(__always)
    func lendFirst<E: Entity>(
        _ field: Int, _ text: String, _ codec: EntityCodec<E>,
        within restrictions: [Int: RowRestriction]?, _ body: (borrowing Row<E>) throws -> Void
    ) throws {
        precondition(field < codec.stepCount, "The column is of another type's schema.")
        if restrictions == nil,
            let point = withTable(
                codec.plan.number,
                { table in
                    unsafe PointLookup.withBytes(of: text) {
                        unsafe PointLookup.run(field, $0, in: table, at: position)
                    }
                })
        {
            return try lend(point, codec, body)
        }
        try lendFirst(
            Query(.equals(field: field, .text(text))), codec, within: restrictions, body)
    }

    @inline(__always)
    private func lend<E: Entity>(
        _ point: PointLookup, _ codec: EntityCodec<E>, _ body: (borrowing Row<E>) throws -> Void
    ) throws {
        try checkLoaded()
        if let version = unsafe point.version { try body(unsafe Row(version, codec)) }
    }
}
