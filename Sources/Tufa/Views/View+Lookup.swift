internal import TufaBytes
internal import TufaIndex
internal import TufaModel

// One row by the value of one field, for programs that ask for many.
extension View {
    /// The row whose field has a value; the first of them where several have it.
    ///
    /// ```swift
    /// let email = User.columns.email
    /// for address in addresses { let user = try view.find(User.self, by: email, address) }
    /// ```
    /// The same as ``first(_:)`` with one equality; a query is neither made nor read, which is most
    /// of the time that a lookup takes.
    /// - Throws: ``DatabaseError``: `view_expired`, `unknown_table`.
    /// - Complexity: O(log rows) where an index begins with the field; O(rows) without.
    @inlinable
    public func find<E: Entity, V: FieldValue>(
        _ type: E.Type, by column: Column<V>, _ value: V
    ) throws -> E? {
        var entity: E?
        try lend(type, column, value) { entity = $0.entity() }
        return entity
    }

    /// Lends the row whose field has a value; nil where there is none.
    ///
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

    /// Lends the first row whose field is a text.
    @usableFromInline
    func lendFirst<E: Entity>(
        _ field: Int, _ text: String, _ body: (borrowing Row<E>) throws -> Void
    ) throws {
        try withCodec(E.self) { codec in
            try read { try $0.lendFirst(field, text, codec, within: restrictions, body) }
        }
    }
}
