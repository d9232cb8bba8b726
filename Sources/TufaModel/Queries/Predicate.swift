/// A condition on the rows of one table, by the places of its fields; -1 is the identifier.
///
/// As in SQL, a comparison with NULL is neither true nor false, and a row matches only where the
/// whole condition is true: `not(compare(n, =, 1))` matches no row whose `n` is NULL.
public indirect enum Predicate: Sendable, Hashable {
    /// Every row.
    case all
    /// No row.
    case none
    /// The field compares so with the value.
    case compare(field: Int, Comparison, Value)
    /// The field is NULL.
    case isNull(field: Int)
    /// The field is one of the values.
    case isIn(field: Int, [Value])
    /// The text begins so, byte for byte.
    case hasPrefix(field: Int, String)
    /// All of them hold; of none, every row.
    case and([Predicate])
    /// One of them holds; of none, no row.
    case or([Predicate])
    /// It does not hold.
    case not(Predicate)

    /// The field is the value, which may be NULL.
    public static func equals(field: Int, _ value: Value) -> Predicate {
        value.isNull ? .isNull(field: field) : .compare(field: field, .equal, value)
    }

    /// The field is one of the two values or between them.
    public static func between(field: Int, _ lower: Value, _ upper: Value) -> Predicate {
        .and([
            .compare(field: field, .greaterOrEqual, lower),
            .compare(field: field, .lessOrEqual, upper),
        ])
    }
}

/// One step of an order.
public struct Sort: Sendable, Hashable {
    /// The place of the field; -1 is the identifier.
    public var field: Int
    /// Whether greater values come first, and NULLs before them.
    public var isDescending: Bool

    /// Makes one step of an order.
    public init(_ field: Int, isDescending: Bool = false) {
        self.field = field
        self.isDescending = isDescending
    }
}

/// What is asked of one table.
public struct QueryShape: Sendable, Hashable {
    /// The table.
    public var table: String
    /// Which rows.
    public var predicate: Predicate
    /// In which order; the identifier completes it, in the direction of its last step.
    public var sort: [Sort]
    /// How many at most; nil for all.
    public var limit: Int?

    /// Asks for rows of a table.
    public init(
        table: String, predicate: Predicate = .all, sort: [Sort] = [], limit: Int? = nil
    ) {
        self.table = table
        self.predicate = predicate
        self.sort = sort
        self.limit = limit
    }
}
