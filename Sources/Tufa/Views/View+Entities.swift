internal import TufaBytes
internal import TufaIndex
internal import TufaModel

/// Some rows, and where the next ones begin.
public struct Page<Row> {
    /// The rows.
    public let rows: [Row]
    /// Where the next page begins, as text that may be kept and sent; nil behind the last one.
    public let next: String?
}

extension Page: Sendable where Row: Sendable {}

/// How a query is answered.
public struct Explanation: Sendable, CustomStringConvertible {
    /// The index that is walked; `primary` for the rows by identifier.
    public let index: String
    /// How many rows were looked at to answer it.
    public let examinedRowCount: Int
    /// The plan on one line.
    public let description: String
}

extension View {
    /// The row of an identifier.
    ///
    /// - Throws: ``DatabaseError``: `view_expired`, `unknown_table`.
    /// - Complexity: O(log rows).
    @inlinable
    public func find<E: Entity>(_ id: EntityID<E>) throws -> E? {
        var entity: E?
        try lend(id) { entity = $0.entity() }
        return entity
    }

    /// The first row that a query finds.
    ///
    /// - Throws: ``DatabaseError``: `view_expired`, `unknown_table`, `type_mismatch`.
    /// - Complexity: O(log rows) where an index fits; see ``explain(_:)``.
    @inlinable
    public func first<E: Entity>(_ query: Query<E>) throws -> E? {
        var entity: E?
        try lendFirst(query) { entity = $0.entity() }
        return entity
    }

    /// The rows that a query finds, in its order.
    ///
    /// - Throws: as ``first(_:)``.
    public func fetch<E: Entity>(_ query: Query<E>) throws -> [E] {
        let codec = try registry.codec(E.self)
        return try read { state in
            try reading(codec.plan.number, in: state).fetch(query, codec)
        }
    }

    /// Up to `size` rows of a query, from the start or behind a cursor.
    ///
    /// A cursor holds the key of the last row, so a page costs the same wherever it lies and rows
    /// that come and go before it do not shift it.
    /// - Throws: as ``first(_:)``, and `invalid_cursor` for one of another query.
    /// - Complexity: O(log rows + size) where an index gives the order.
    public func page<E: Entity>(
        _ query: Query<E>, size: Int, after cursor: String? = nil
    ) throws -> Page<E> {
        let codec = try registry.codec(E.self)
        return try read { state in
            unsafe try reading(codec.plan.number, in: state).page(
                query.predicate, query.sort, size: size, after: cursor
            ) { unsafe codec.decode($0.id, $0.body) }
        }
    }

    /// How many rows a query finds.
    ///
    /// - Throws: as ``first(_:)``.
    /// - Complexity: O(1) for all rows; else O(rows of the run).
    public func count<E: Entity>(_ query: Query<E>) throws -> Int {
        let codec = try registry.codec(E.self)
        return try read { state in
            try reading(codec.plan.number, in: state).count(query.predicate, limit: query.limit)
        }
    }

    /// How many rows a type has.
    ///
    /// - Complexity: O(1).
    public func count<E: Entity>(_ type: E.Type) throws -> Int { try count(E.all) }

    /// How a query is answered; it is run for it.
    ///
    /// - Throws: as ``first(_:)``.
    public func explain<E: Entity>(_ query: Query<E>) throws -> Explanation {
        let codec = try registry.codec(E.self)
        return try read { state in
            try reading(codec.plan.number, in: state).explain(
                query.predicate, query.sort, limit: query.limit)
        }
    }
}
