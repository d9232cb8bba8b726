public import TufaBytes
internal import TufaIndex
public import TufaModel

extension Transaction {
    /// The row of an identifier, as this transaction has left it.
    ///
    /// - Throws: ``DatabaseError`` `unknown_table`.
    /// - Complexity: O(log rows).
    public func find<E: Entity>(_ id: EntityID<E>) throws -> E? {
        let codec = try registry.codec(E.self)
        return unsafe reading(codec.plan).row(id.rowID).map { unsafe codec.decode($0.id, $0.body) }
    }

    /// The first row that a query finds, as this transaction has left the rows.
    ///
    /// - Throws: ``DatabaseError``: `unknown_table`, `type_mismatch`.
    /// - Complexity: O(log rows) where an index fits.
    public func first<E: Entity>(_ query: Query<E>) throws -> E? {
        let codec = try registry.codec(E.self)
        return try reading(codec.plan).first(query, codec)
    }

    /// The rows that a query finds, in its order, as this transaction has left them.
    ///
    /// - Throws: as ``first(_:)``.
    public func fetch<E: Entity>(_ query: Query<E>) throws -> [E] {
        let codec = try registry.codec(E.self)
        return try reading(codec.plan).fetch(query, codec)
    }

    /// How many rows a query finds, as this transaction has left them.
    ///
    /// - Throws: as ``first(_:)``.
    public func count<E: Entity>(_ query: Query<E>) throws -> Int {
        let codec = try registry.codec(E.self)
        return try reading(codec.plan).count(query.predicate, limit: query.limit)
    }

    /// The record of an identifier, as this transaction has left it.
    ///
    /// - Throws: ``DatabaseError`` `unknown_table`.
    public func find(_ table: String, _ id: RowID) throws -> Record? {
        let plan = try engine.schema.table(table)
        return unsafe reading(plan).row(id).map { unsafe Record($0, plan) }
    }

    /// The records that a query finds, in its order, as this transaction has left them.
    ///
    /// - Throws: ``DatabaseError``: `unknown_table`, `unknown_field`, `type_mismatch`.
    public func fetch(_ query: QueryShape) throws -> [Record] {
        let plan = try engine.schema.table(query.table)
        var found: [Record] = []
        unsafe try reading(plan).forEach(query.predicate, query.sort, limit: query.limit) {
            found.append(unsafe Record($0, plan))
            return true
        }
        return found
    }

    private func reading(_ plan: TablePlan) -> TableReading {
        let table = engine.tables[plan.number]
        return TableReading(table: table, roots: table.store.draftRoots, position: .max)
    }
}
