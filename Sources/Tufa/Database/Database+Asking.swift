internal import TufaIndex
public import TufaModel

// One question, of the newest commit: as of a view that is made for it, and faster, for there is
// none to be kept. Who asks two that must agree with each other makes a view.
extension Database {
    /// The row of an identifier, as of the last commit that was acknowledged.
    ///
    /// The same as ``View/find(_:)`` of a new view.
    /// - Throws: ``DatabaseError``: `unknown_table`, and what is wrong with a part of the snapshot
    ///   that is read now.
    /// - Complexity: O(log rows); no lock, no wait, but for a part of the snapshot that was not
    ///   read yet.
    @inlinable
    public func find<E: Entity>(_ id: EntityID<E>) throws -> E? {
        var entity: E?
        try lend(id) { entity = $0.entity() }
        return entity
    }

    /// The row whose field has a value; the first of them where several have it.
    ///
    /// The same as ``View/find(_:by:_:)`` of a new view.
    /// - Throws: as ``find(_:)``.
    /// - Complexity: O(log rows) where an index begins with the field; O(rows) without.
    @inlinable
    public func find<E: Entity, V: FieldValue>(
        _ type: E.Type, by column: Column<V>, _ value: V
    ) throws -> E? {
        var entity: E?
        try lend(type, column, value) { entity = $0.entity() }
        return entity
    }

    /// The first row that a query finds.
    ///
    /// The same as ``View/first(_:)`` of a new view.
    /// - Throws: as ``find(_:)``, and `type_mismatch`.
    /// - Complexity: O(log rows) where an index fits.
    @inlinable
    public func first<E: Entity>(_ query: Query<E>) throws -> E? {
        var entity: E?
        try lendFirst(query) { entity = $0.entity() }
        return entity
    }

    /// Lends the row of an identifier; nil where there is none.
    ///
    /// What can be seen now stays in memory as long as `body` runs.
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

    /// Lends the row whose field has a value; nil where there is none.
    ///
    /// ```swift
    /// let name = try db.withRow(User.self, by: User.columns.email, address) { $0.name }
    /// ```
    /// What can be seen now stays in memory as long as `body` runs.
    /// - Throws: as ``find(_:by:_:)``, and what `body` throws.
    /// - Complexity: As ``find(_:by:_:)``; allocates nothing where the field is unique and a text.
    @inlinable
    public func withRow<E: Entity, V: FieldValue, Result>(
        _ type: E.Type, by column: Column<V>, _ value: V,
        _ body: (borrowing Row<E>) throws -> Result
    ) throws -> Result? {
        var result: Result?
        try lend(type, column, value) { result = try body($0) }
        return result
    }

    @inlinable @inline(__always)
    func lend<E: Entity, V: FieldValue>(
        _ type: E.Type, _ column: Column<V>, _ value: V, _ body: (borrowing Row<E>) throws -> Void
    ) throws {
        // Known where this is compiled into the program.
        if V.self == String.self, let text = value as? String {
            try lendFirst(column.index, text, body)
        } else {
            try lendFirst(E.where { _ in column == value }, body)
        }
    }

    @usableFromInline
    func lendFirst<E: Entity>(
        _ field: Int, _ text: String, _ body: (borrowing Row<E>) throws -> Void
    ) throws {
        try registry.withCodec(E.self) { codec in
            try publication.read { try $0.lendFirst(field, text, codec, within: nil, body) }
        }
    }

    @usableFromInline
    func lendFirst<E: Entity>(
        _ query: Query<E>, _ body: (borrowing Row<E>) throws -> Void
    ) throws {
        try registry.withCodec(E.self) { codec in
            try publication.read { try $0.lendFirst(query, codec, within: nil, body) }
        }
    }

    @usableFromInline
    func lend<E: Entity>(_ id: EntityID<E>, _ body: (borrowing Row<E>) throws -> Void) throws {
        try registry.withCodec(E.self) { codec in
            try publication.read { try $0.lend(id, codec, within: nil, body) }
        }
    }
}
