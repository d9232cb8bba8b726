internal import TufaBytes
internal import TufaModel

/// The entity types that a database was opened with.
final class TypeRegistry: Sendable {
    /// A program has few types, so a walk is faster than a hash.
    private let codecs: [(type: ObjectIdentifier, codec: any AnyObject & Sendable)]

    init(codecs: [(ObjectIdentifier, any AnyObject & Sendable)]) {
        self.codecs = codecs.map { (type: $0.0, codec: $0.1) }
    }

    /// How entities of a type become rows.
    ///
    /// - Throws: `unknown_table` for a type that the database was not opened with.
    /// - Complexity: O(types).
    func codec<E: Entity>(_ type: E.Type) throws(DatabaseError) -> EntityCodec<E> {
        let wanted = ObjectIdentifier(type)
        for entry in codecs where entry.type == wanted {
            // Safe: a codec is registered under the type that it is for.
            return unsafe unsafeDowncast(entry.codec, to: EntityCodec<E>.self)
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
