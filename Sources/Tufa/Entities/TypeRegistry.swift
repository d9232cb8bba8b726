internal import TufaBytes
internal import TufaModel

/// The entity types that a database was opened with.
final class TypeRegistry: Sendable {
    private let codecs: [ObjectIdentifier: any Sendable]

    init(codecs: [ObjectIdentifier: any Sendable]) { self.codecs = codecs }

    /// How entities of a type become rows.
    ///
    /// - Throws: `unknown_table` for a type that the database was not opened with.
    /// - Complexity: O(1).
    func codec<E: Entity>(_ type: E.Type) throws(DatabaseError) -> EntityCodec<E> {
        guard let codec = codecs[ObjectIdentifier(type)] as? EntityCodec<E> else {
            throw DatabaseError(
                .unknownTable, "The database was not opened with the type \(E.self).",
                table: E.schema.name, advice: "Name it in Database.open.")
        }
        return codec
    }
}

/// An entity type, as `Database.open` takes them.
struct TypeDescription: Sendable {
    let table: TableSchema
    let codeChecks: [CodeCheck]
    let makeCodec: @Sendable (TablePlan) -> (ObjectIdentifier, any Sendable)

    init<E: Entity>(_ type: E.Type) {
        let schema = E.schema
        table = schema.table
        let bindings = schema.bindings
        makeCodec = { (ObjectIdentifier(type), EntityCodec<E>(bindings: bindings, plan: $0)) }
        // The checks decode with a layout of their own: the schema in the log is equal to it.
        let plan = try? SchemaPlan(DatabaseSchema([schema.table.withoutReferences])).tables[0]
        guard let plan else {
            codeChecks = []
            return
        }
        let codec = EntityCodec<E>(bindings: bindings, plan: plan)
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
