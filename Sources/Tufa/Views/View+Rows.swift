internal import TufaBytes
internal import TufaIndex
internal import TufaModel

extension View {
    /// Lends the rows of a query, in its order, one after the other.
    ///
    /// Faster than ``fetch(_:)`` where a program needs a few fields, or all of many rows one at a
    /// time: nothing is allocated for a row.
    /// - Throws: ``DatabaseError``: `view_expired`, `unknown_table`, `type_mismatch`; what `body`
    ///   throws, which ends the walk.
    /// - Complexity: O(log rows + rows that are lent) where an index fits; see ``explain(_:)``.
    public func forEach<E: Entity>(
        _ query: Query<E>, _ body: (borrowing Row<E>) throws -> Void
    ) throws {
        let codec = try registry.codec(E.self)
        try read { state in
            let fault = state.loadFault
            @inline(__always)
            func lend(_ version: RowVersion) throws -> Bool {
                try fault?.check()
                try body(unsafe Row(version, codec))
                return true
            }
            if restrictions == nil, !query.sort.isEmpty,
                unsafe try state.forEachOfRun(query, codec.plan.number, lend)
            {
                return
            }
            unsafe try reading(codec.plan.number, in: state).forEach(
                query.predicate, query.sort, limit: query.limit, lend)
        }
    }

    /// Lends the first row that a query finds; nil where it finds none.
    ///
    /// - Throws: as ``forEach(_:_:)``.
    /// - Complexity: O(log rows) where an index fits.
    @inlinable
    public func withFirst<E: Entity, Result>(
        _ query: Query<E>, _ body: (borrowing Row<E>) throws -> Result
    ) throws -> Result? {
        var result: Result?
        try lendFirst(query) { result = try body($0) }
        return result
    }

    /// Lends the row of an identifier; nil where there is none.
    ///
    /// - Throws: as ``find(_:)``, and what `body` throws.
    /// - Complexity: O(log rows).
    @inlinable
    public func withRow<E: Entity, Result>(
        _ id: EntityID<E>, _ body: (borrowing Row<E>) throws -> Result
    ) throws -> Result? {
        var result: Result?
        try lend(id) { result = try body($0) }
        return result
    }

    @usableFromInline
    func lendFirst<E: Entity>(
        _ query: Query<E>, _ body: (borrowing Row<E>) throws -> Void
    ) throws {
        try withCodec(E.self) { codec in
            try read { try $0.lendFirst(query, codec, within: restrictions, body) }
        }
    }

    @usableFromInline
    func lend<E: Entity>(_ id: EntityID<E>, _ body: (borrowing Row<E>) throws -> Void) throws {
        try withCodec(E.self) { codec in
            try read { try $0.lend(id, codec, within: restrictions, body) }
        }
    }
}
