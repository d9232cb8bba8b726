internal import TufaBytes
public import TufaModel

/// The table of an entity type: fields, indexes, texts and checks, in one place.
public struct Schema<E: Entity>: Sendable {
    /// The name of the table.
    public var name: String { storage.name }
    private let storage: Storage

    /// One object, so that a schema is handed around for one count of references.
    private final class Storage: Sendable {
        let name: String
        let base: TableSchema
        let references: [EntityReference]
        let bindings: [FieldBinding<E>]
        let checks: [Check<E>]
        let cache = KeyPathCache()
        /// The values of the default instance, which mean "not given".
        let defaults: [Value]

        init(
            name: String, base: TableSchema, references: [EntityReference],
            bindings: [FieldBinding<E>], checks: [Check<E>], defaults: [Value]
        ) {
            self.name = name
            self.base = base
            self.references = references
            self.bindings = bindings
            self.checks = checks
            self.defaults = defaults
        }
    }

    var bindings: [FieldBinding<E>] { storage.bindings }
    var checks: [Check<E>] { storage.checks }
    var defaults: [Value] { storage.defaults }

    /// Declares a table.
    ///
    /// Traps where an index or a text names a property that is no field, and where texts name
    /// different analyzers: that is a mistake of the program, found the first time it runs.
    public init(_ name: String, @SchemaBuilder<E> _ parts: () -> [SchemaPart<E>]) {
        var fields: [Field<E>] = []
        var indexes: [Index<E>] = []
        var texts: [FullText<E>] = []
        var checks: [Check<E>] = []
        for part in parts() {
            switch part {
            case .field(let field): fields.append(field)
            case .index(let index): indexes.append(index)
            case .fullText(let text): texts.append(text)
            case .check(let check): checks.append(check)
            }
        }
        func fieldName(_ keyPath: any AnyKeyPath & Sendable) -> String {
            guard let field = fields.first(where: { $0.binding.keyPath == keyPath }) else {
                preconditionFailure("\(keyPath) of \(E.self) is no field of its schema.")
            }
            return field.schema.name
        }
        var table = TableSchema(name, fields: fields.map(\.schema))
        table.indexes = indexes.map { index in
            let columns = index.columns.map {
                IndexColumn(fieldName($0.keyPath), isDescending: $0.isDescending)
            }
            let words = columns.map(\.field).joined(separator: "_")
            return IndexSchema(
                "\(name)_\(words)_\(index.isUnique ? "key" : "idx")", columns,
                isUnique: index.isUnique)
        }
        if !texts.isEmpty {
            let analyzers = texts.compactMap(\.analyzer)
            let analyzer = analyzers.first ?? .english
            precondition(
                analyzers.allSatisfy { $0 == analyzer },
                "The texts of \(E.self) name more than one analyzer: \(analyzers).")
            table.fullText = [
                FullTextSchema(
                    "\(name)_text",
                    texts.map { FullTextField(fieldName($0.keyPath), weight: $0.weight) },
                    analyzer: analyzer.name)
            ]
        }
        table.checks = checks.map { CheckSchema($0.name) }
        let bindings = fields.map(\.binding)
        let blank = E()
        storage = Storage(
            name: name, base: table, references: fields.compactMap(\.reference),
            bindings: bindings, checks: checks, defaults: bindings.map { $0.get(blank) })
    }

    /// The table as the log keeps it; checks in code are in it by name.
    public var table: TableSchema {
        var table = storage.base
        table.references = storage.references.map {
            ReferenceSchema($0.field, to: $0.target(), onDelete: $0.onDelete)
        }
        return table
    }

    /// The place of the field behind a key path; nil where it is no field.
    ///
    /// - Complexity: O(1) for each place in a program but the first time, which is O(fields).
    func index<V>(of keyPath: KeyPath<E, V>) -> Int? {
        storage.cache.field(of: keyPath) { find(keyPath) }
    }

    /// Each place has a key path of its own, and comparing two of them takes long; a stored
    /// property is known by its offset and its type.
    private func find<V>(_ keyPath: KeyPath<E, V>) -> Int? {
        if let offset = MemoryLayout<E>.offset(of: keyPath) {
            let type = ObjectIdentifier(V.self)
            return storage.bindings.firstIndex {
                $0.isStored && $0.offset == offset && $0.type == type
            }
        }
        return storage.bindings.firstIndex { $0.keyPath == keyPath as AnyKeyPath }
    }
}

/// One line of a schema.
public enum SchemaPart<E: Entity>: Sendable {
    /// A field.
    case field(Field<E>)
    /// An index.
    case index(Index<E>)
    /// A searchable text.
    case fullText(FullText<E>)
    /// A condition.
    case check(Check<E>)
}

/// Collects the lines of a schema.
@resultBuilder
public enum SchemaBuilder<E: Entity> {
    /// A field.
    public static func buildExpression(_ field: Field<E>) -> SchemaPart<E> { .field(field) }
    /// An index.
    public static func buildExpression(_ index: Index<E>) -> SchemaPart<E> { .index(index) }
    /// A searchable text.
    public static func buildExpression(_ text: FullText<E>) -> SchemaPart<E> { .fullText(text) }
    /// A condition.
    public static func buildExpression(_ check: Check<E>) -> SchemaPart<E> { .check(check) }
    /// All lines.
    public static func buildBlock(_ parts: SchemaPart<E>...) -> [SchemaPart<E>] { parts }
}
