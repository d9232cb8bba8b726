internal import TufaBytes
public import TufaModel

/// One field of an entity: a name, the property that holds it, and its rules.
public struct Field<E: Entity>: Sendable {
    var binding: FieldBinding<E>
    var schema: FieldSchema
    var reference: EntityReference?
    private let rebind: @Sendable (FieldSchema) -> FieldBinding<E>

    /// Binds a name to a property.
    ///
    /// - Parameters:
    ///   - name: The field's name in the log and in the dynamic face.
    ///   - keyPath: The stored property.
    ///   - type: A text's limit; other types need none.
    public init<V: FieldValue>(
        _ name: String, _ keyPath: any WritableKeyPath<E, V> & Sendable, _ type: TextLimit? = nil
    ) {
        let schema = FieldSchema(
            name, V.scalarType, isOptional: V.isOptional, maximumLength: type?.maximumLength)
        self.schema = schema
        rebind = { FieldBinding($0, keyPath) }
        binding = FieldBinding(schema, keyPath)
    }

    /// The limit of a text field.
    public struct TextLimit: Sendable {
        let maximumLength: Int?

        /// Text of at most `max` characters (Unicode scalars), or of any length.
        public static func text(max: Int? = nil) -> TextLimit { TextLimit(maximumLength: max) }
    }

    private func with(_ change: (inout FieldSchema) -> Void) -> Field {
        var copy = self
        change(&copy.schema)
        copy.binding = rebind(copy.schema)
        return copy
    }

    /// No two rows share a value; an index comes with it.
    public func unique() -> Field { with { $0.isUnique = true } }

    /// A row whose value is still the type's default gets the time of the commit that creates it.
    public func setOnCreate() -> Field { with { $0.role = .setOnCreate } }

    /// The field gets the time of each commit that changes the row, unless the program changes it.
    public func setOnUpdate() -> Field { with { $0.role = .setOnUpdate } }

    /// The value is the identifier of a row of `target`, which must be there.
    ///
    /// - Parameter onDelete: What a delete of that row does to this one.
    public func references<Target: Entity>(
        _ target: Target.Type, onDelete: DeleteRule = .restrict
    ) -> Field {
        var copy = self
        // The target's schema may be this very one, so its name is asked for later.
        copy.reference = EntityReference(
            field: schema.name, onDelete: onDelete, target: { Target.schema.name })
        return copy
    }
}

/// An index over one or more fields.
public struct Index<E: Entity>: Sendable {
    let columns: [Column]
    var isUnique = false

    /// One column of an index.
    public struct Column: Sendable {
        let keyPath: any AnyKeyPath & Sendable
        let isDescending: Bool

        /// Smaller values first.
        public static func ascending<V: FieldValue>(
            _ keyPath: any KeyPath<E, V> & Sendable
        ) -> Column { Column(keyPath: keyPath, isDescending: false) }

        /// Greater values first.
        public static func descending<V: FieldValue>(
            _ keyPath: any KeyPath<E, V> & Sendable
        ) -> Column { Column(keyPath: keyPath, isDescending: true) }
    }

    /// Makes an index; the first column is the most significant.
    public init(_ columns: Column...) { self.columns = columns }

    /// No two rows share the values of all columns.
    public func unique() -> Index {
        var copy = self
        copy.isUnique = true
        return copy
    }
}

/// A text field that full-text search finds, with what a word in it is worth.
public struct FullText<E: Entity>: Sendable {
    let keyPath: any AnyKeyPath & Sendable
    let weight: Double
    let analyzer: AnalyzerName?

    /// Makes a field searchable.
    ///
    /// - Parameters:
    ///   - keyPath: The property of the field.
    ///   - weight: What a word in it is worth next to a word in the other fields, a billionth to a
    ///     billion.
    ///   - analyzer: What turns texts into terms. The fields of a table share one, so it is enough
    ///     to name it once; `english` where no field names one.
    public init(
        _ keyPath: any KeyPath<E, String> & Sendable, weight: Double = 1,
        analyzer: AnalyzerName? = nil
    ) {
        self.keyPath = keyPath
        self.weight = weight
        self.analyzer = analyzer
    }

    /// Makes a field searchable; the parameters are those of the other initializer.
    public init(
        _ keyPath: any KeyPath<E, String?> & Sendable, weight: Double = 1,
        analyzer: AnalyzerName? = nil
    ) {
        self.keyPath = keyPath
        self.weight = weight
        self.analyzer = analyzer
    }
}

/// A condition that every row meets.
public struct Check<E: Entity>: Sendable {
    let name: String
    let holds: @Sendable (E) -> Bool

    /// Makes a check by a name, which errors give.
    public init(_ name: String, _ holds: @escaping @Sendable (E) -> Bool) {
        self.name = name
        self.holds = holds
    }
}

/// A reference whose target is named once every schema is there.
struct EntityReference: Sendable {
    let field: String
    let onDelete: DeleteRule
    let target: @Sendable () -> String
}
