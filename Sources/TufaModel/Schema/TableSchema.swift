/// One table: its fields, indexes and rules.
public struct TableSchema: Sendable, Hashable {
    /// The name, unique in the database.
    public var name: String
    /// The fields in the order of the rows' bytes, without the identifier.
    public var fields: [FieldSchema]
    /// The indexes beyond the primary one and those that unique fields bring.
    public var indexes: [IndexSchema]
    /// The text indexes.
    public var fullText: [FullTextSchema]
    /// The fields that hold identifiers of other rows.
    public var references: [ReferenceSchema]
    /// The conditions that every row meets.
    public var checks: [CheckSchema]

    /// Makes a table; it is checked with the schema that it goes into.
    public init(
        _ name: String, fields: [FieldSchema], indexes: [IndexSchema] = [],
        fullText: [FullTextSchema] = [], references: [ReferenceSchema] = [],
        checks: [CheckSchema] = []
    ) {
        self.name = name
        self.fields = fields
        self.indexes = indexes
        self.fullText = fullText
        self.references = references
        self.checks = checks
    }

    /// The indexes of the unique fields in field order, then the declared ones.
    ///
    /// The place in this list is the number of an index everywhere in the engine.
    public var allIndexes: [IndexSchema] {
        fields.filter(\.isUnique).map { field in
            IndexSchema(
                "\(name)_\(field.name)_key", [IndexColumn(field.name)], isUnique: true)
        } + indexes
    }

    /// The place of a field: -1 for `id`, nil where there is no such field.
    ///
    /// - Complexity: O(fields); ``TablePlan`` answers in O(1).
    public func index(ofField name: String) -> Int? {
        fields.firstIndex { $0.name == name } ?? (name == "id" ? -1 : nil)
    }
}

/// An ordered index over one or more fields.
public struct IndexSchema: Sendable, Hashable {
    /// The name, unique in the table.
    public var name: String
    /// The columns, the most significant first.
    public var columns: [IndexColumn]
    /// Whether no two rows may share the values of all columns; a NULL makes a row distinct.
    public var isUnique: Bool

    /// Makes an index; it is checked with the schema that it goes into.
    public init(_ name: String, _ columns: [IndexColumn], isUnique: Bool = false) {
        self.name = name
        self.columns = columns
        self.isUnique = isUnique
    }
}

/// One column of an index.
public struct IndexColumn: Sendable, Hashable {
    /// The field, or `id`.
    public var field: String
    /// Whether greater values come first.
    public var isDescending: Bool

    /// Makes a column.
    public init(_ field: String, isDescending: Bool = false) {
        self.field = field
        self.isDescending = isDescending
    }
}

/// A text index over one or more text fields.
public struct FullTextSchema: Sendable, Hashable {
    /// The name, unique in the table.
    public var name: String
    /// The fields and what a word in each is worth.
    public var fields: [FullTextField]
    /// The name of the analyzer that turns texts into terms, such as `english` or `simple`.
    ///
    /// Which names there are depends on the program, so they are compared where the index is made.
    public var analyzer: String

    /// Makes a text index; it is checked with the schema that it goes into.
    public init(_ name: String, _ fields: [FullTextField], analyzer: String = "english") {
        self.name = name
        self.fields = fields
        self.analyzer = analyzer
    }
}

/// One field of a text index.
public struct FullTextField: Sendable, Hashable {
    /// The text field.
    public var name: String
    /// What a word in this field is worth, relative to the other fields; one of ``weights``.
    public var weight: Double

    /// The weights that a field can have: what is smaller or greater by far has no exact scores.
    public static let weights = 0.000_000_001...1_000_000_000

    /// Makes a field of a text index.
    public init(_ name: String, weight: Double = 1) {
        self.name = name
        self.weight = weight
    }
}

/// A field that holds the identifier of a row of some table.
public struct ReferenceSchema: Sendable, Hashable {
    /// The uuid field.
    public var field: String
    /// The table of the rows that it refers to; it may be the table itself.
    public var target: String
    /// What happens to this row when the row that it refers to is deleted.
    public var onDelete: DeleteRule

    /// Makes a reference; it is checked with the schema that it goes into.
    public init(_ field: String, to target: String, onDelete: DeleteRule = .restrict) {
        self.field = field
        self.target = target
        self.onDelete = onDelete
    }
}

/// What a delete does to the rows that refer to the deleted one.
///
/// The raw value is what schemas in the log hold.
public enum DeleteRule: UInt8, Sendable, Hashable, CaseIterable {
    /// The delete is refused.
    case restrict = 0
    /// They are deleted in the same commit.
    case cascade = 1
    /// Their reference becomes NULL in the same commit.
    case setNull = 2
}

/// A condition that every row meets.
public struct CheckSchema: Sendable, Hashable {
    /// The name, unique in the table, that errors give.
    public var name: String
    /// The condition in SQL; nil where it lives in the program's code.
    public var expression: String?

    /// Makes a check; it is checked with the schema that it goes into.
    public init(_ name: String, expression: String? = nil) {
        self.name = name
        self.expression = expression
    }
}
