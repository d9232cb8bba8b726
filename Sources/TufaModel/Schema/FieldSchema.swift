public import TufaBytes

/// One field of a table; the identifier `id` is in every table and never declared.
public struct FieldSchema: Sendable, Hashable {
    /// The name, unique in the table.
    public var name: String
    /// The type of the values.
    public var type: ScalarType
    /// Whether NULL may stand in the field.
    public var isOptional: Bool
    /// The longest text allowed, in Unicode scalars; nil where there is no limit.
    public var maximumLength: Int?
    /// Whether no two rows may share a value, which brings an index; NULLs are distinct.
    public var isUnique: Bool
    /// The value of a row that gives none.
    public var defaultValue: Value?
    /// Whether the engine itself sets the field.
    public var role: FieldRole

    /// Makes a field; it is checked with the schema that it goes into.
    public init(
        _ name: String, _ type: ScalarType, isOptional: Bool = false, maximumLength: Int? = nil,
        isUnique: Bool = false, defaultValue: Value? = nil, role: FieldRole = .none
    ) {
        self.name = name
        self.type = type
        self.isOptional = isOptional
        self.maximumLength = maximumLength
        self.isUnique = isUnique
        self.defaultValue = defaultValue
        self.role = role
    }
}

/// Whether the engine itself sets a timestamp; the raw value is what schemas in the log hold.
public enum FieldRole: UInt8, Sendable, Hashable, CaseIterable {
    /// The field holds what it is given.
    case none = 0
    /// A row that gives no value gets the time of the commit that creates it.
    case setOnCreate = 1
    /// The field gets the time of each commit that creates or changes the row.
    case setOnUpdate = 2
}
