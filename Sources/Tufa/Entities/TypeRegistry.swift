internal import TufaBytes
internal import TufaModel

/// The entity types that a database was opened with.
@safe
final class TypeRegistry: @unchecked Sendable {  // Everything is set by init.
    private let codecs: [any AnyObject & Sendable]
    /// The same by their types, not counted when one is lent; a program has few types, so a walk is
    /// faster than a hash.
    private let known: [(type: ObjectIdentifier, codec: Unmanaged<AnyObject>)]

    init(codecs: [(ObjectIdentifier, any AnyObject & Sendable)]) {
        self.codecs = codecs.map(\.1)
        unsafe known = codecs.map { unsafe ($0.0, .passUnretained($0.1)) }
    }

    /// How entities of a type become rows.
    ///
    /// - Throws: `unknown_table` for a type that the database was not opened with.
    /// - Complexity: O(types).
    func codec<E: Entity>(_ type: E.Type) throws(DatabaseError) -> EntityCodec<E> {
        try unsafe find(type)._withUnsafeGuaranteedRef { $0 }
    }

    /// Lends the codec of a type, without counting a reference to it.
    ///
    /// - Throws: as ``codec(_:)``, and what `body` throws.
    @inline(__always)
    func withCodec<E: Entity, Result>(
        _ type: E.Type, _ body: (EntityCodec<E>) throws -> Result
    ) throws -> Result {
        // Safe: whoever has the registry has its codecs.
        try unsafe find(type)._withUnsafeGuaranteedRef(body)
    }

    @inline(__always)
    private func find<E: Entity>(
        _ type: E.Type
    ) throws(DatabaseError) -> Unmanaged<EntityCodec<E>> {
        let wanted = ObjectIdentifier(type)
        for place in unsafe known.indices where unsafe known[place].type == wanted {
            // Safe: a codec is registered under the type that it is for.
            return unsafe .fromOpaque(known[place].codec.toOpaque())
        }
        throw DatabaseError(
            .unknownTable, "The database was not opened with the type \(E.self).",
            table: E.schema.name, advice: "Name it in Database.open.")
    }
}

/// An entity type, as `Database.open` takes them.
struct TypeDescription: Sendable {
    let table: TableSchema
    let codeChecks: [CodeCheck]
    let makeCodec: @Sendable (TablePlan) -> (ObjectIdentifier, any AnyObject & Sendable)

    init<E: Entity>(_ type: E.Type) {
        let schema = E.schema
        table = schema.table
        let bindings = schema.bindings
        let defaults = schema.defaults
        makeCodec = {
            (
                ObjectIdentifier(type),
                EntityCodec<E>(bindings: bindings, plan: $0, defaults: defaults)
            )
        }
        // The checks decode with a layout of their own: the schema in the log is equal to it.
        let plan = try? SchemaPlan(DatabaseSchema([schema.table.withoutReferences])).tables[0]
        guard let plan else {
            codeChecks = []
            return
        }
        let codec = EntityCodec<E>(bindings: bindings, plan: plan, defaults: schema.defaults)
        codeChecks = schema.checks.map { check in
            CodeCheck(name: check.name) { id, body in
                unsafe check.holds(codec.decode(id, body.body))
            }
        }
    }
}

extension TableSchema {
    fileprivate var withoutReferences: TableSchema {
        var copy = self
        copy.references = []
        return copy
    }
}
