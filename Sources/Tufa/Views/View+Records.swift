public import TufaBytes
internal import TufaIndex
public import TufaModel

extension View {
    /// The record of an identifier.
    ///
    /// - Throws: ``DatabaseError``: `view_expired`, `unknown_table`.
    /// - Complexity: O(log rows).
    public func find(_ table: String, _ id: RowID) throws -> Record? {
        try read { state in
            let plan = try state.schema.table(table)
            return unsafe reading(plan.number, in: state).row(id).map { unsafe Record($0, plan) }
        }
    }

    /// The records that a query finds, in its order.
    ///
    /// - Throws: ``DatabaseError``: `view_expired`, `unknown_table`, `unknown_field`,
    ///   `type_mismatch`.
    public func fetch(_ query: QueryShape) throws -> [Record] {
        var found: [Record] = []
        try forEach(query) {
            found.append($0)
            return true
        }
        return found
    }

    /// Hands over the records that a query finds, in its order, until `body` answers false.
    ///
    /// - Throws: as ``fetch(_:)-(QueryShape)``, and what `body` throws.
    public func forEach(_ query: QueryShape, _ body: (Record) throws -> Bool) throws {
        try read { state in
            let plan = try state.schema.table(query.table)
            unsafe try reading(plan.number, in: state).forEach(
                query.predicate, query.sort, limit: query.limit
            ) { unsafe try body(Record($0, plan)) }
        }
    }

    /// Up to `size` records of a query, from the start or behind a cursor.
    ///
    /// - Throws: as ``fetch(_:)-(QueryShape)``, and `invalid_cursor` for one of another query.
    public func page(
        _ query: QueryShape, size: Int, after cursor: String? = nil
    ) throws -> Page<Record> {
        try read { state in
            let plan = try state.schema.table(query.table)
            return unsafe try reading(plan.number, in: state).page(
                query.predicate, query.sort, size: size, after: cursor
            ) { unsafe Record($0, plan) }
        }
    }

    /// How many rows a query finds.
    ///
    /// - Complexity: O(1) for all rows of a table; else O(rows of the run).
    public func count(_ query: QueryShape) throws -> Int {
        try read { state in
            let plan = try state.schema.table(query.table)
            return try reading(plan.number, in: state).count(query.predicate, limit: query.limit)
        }
    }

    /// How a query is answered; it is run for it.
    public func explain(_ query: QueryShape) throws -> Explanation {
        try read { state in
            let plan = try state.schema.table(query.table)
            return try reading(plan.number, in: state).explain(
                query.predicate, query.sort, limit: query.limit)
        }
    }
}
