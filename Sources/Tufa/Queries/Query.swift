public import TufaModel

/// A question to one table, as a value: a condition, an order, a limit.
///
/// ```swift
/// let newest = Post.where { $0.userID == ada.id }.order { $0.createdAt.descending }
/// ```
public struct Query<E: Entity>: Sendable {
    var predicate: Predicate
    var sort: [Sort]
    var limit: Int?

    init(_ predicate: Predicate = .all) {
        self.predicate = predicate
        sort = []
        limit = nil
    }

    /// Asks for another condition to hold too.
    public func filter(_ condition: (Columns<E>) -> Predicate) -> Query {
        var copy = self
        let added = condition(Columns())
        copy.predicate = predicate == .all ? added : .and([predicate, added])
        return copy
    }

    /// Asks for an order; called again, it adds a less significant column.
    public func order(_ step: (Columns<E>) -> Sort) -> Query {
        var copy = self
        copy.sort.append(step(Columns()))
        return copy
    }

    /// Asks for the first rows only.
    public func limit(_ count: Int) -> Query {
        var copy = self
        copy.limit = count
        return copy
    }
}

extension Entity {
    /// The rows that meet a condition.
    public static func `where`(_ condition: (Columns<Self>) -> Predicate) -> Query<Self> {
        Query(condition(Columns()))
    }

    /// All rows.
    public static var all: Query<Self> { Query() }
}

/// The fields of an entity, as conditions and orders name them.
@dynamicMemberLookup
public struct Columns<E: Entity>: Sendable {
    init() {}

    /// The identifier.
    public var id: Column<EntityID<E>> { Column(index: -1) }

    /// The field behind a property.
    ///
    /// Traps where the property is no field of the schema: a mistake of the program.
    public subscript<V: FieldValue>(dynamicMember keyPath: KeyPath<E, V>) -> Column<V> {
        guard let index = E.schema.index(of: keyPath) else {
            preconditionFailure("\(keyPath) is no field of the schema of \(E.self).")
        }
        return Column(index: index)
    }
}

/// One field in a condition or an order.
public struct Column<V: FieldValue>: Sendable {
    @usableFromInline let index: Int

    init(index: Int) { self.index = index }

    /// Smaller values first.
    public var ascending: Sort { Sort(index) }
    /// Greater values first.
    public var descending: Sort { Sort(index, isDescending: true) }

    /// Whether the value is among `values`.
    public func isIn(_ values: [V]) -> Predicate {
        .isIn(field: index, values.map(\.fieldValue))
    }

    /// Whether the value lies between two, both included.
    public func isBetween(_ lower: V, _ upper: V) -> Predicate {
        .between(field: index, lower.fieldValue, upper.fieldValue)
    }

    /// Whether the text begins with `prefix`.
    public func hasPrefix(_ prefix: String) -> Predicate { .hasPrefix(field: index, prefix) }

    /// Whether the values are equal; nil equals NULL.
    public static func == (column: Column, value: V) -> Predicate {
        .equals(field: column.index, value.fieldValue)
    }

    /// Whether the values differ; a NULL differs from nothing but is not equal to nil.
    public static func != (column: Column, value: V) -> Predicate {
        let value = value.fieldValue
        return value.isNull
            ? .not(.isNull(field: column.index))
            : .compare(field: column.index, .notEqual, value)
    }

    /// Whether the field is below the value.
    public static func < (column: Column, value: V) -> Predicate {
        .compare(field: column.index, .less, value.fieldValue)
    }

    /// Whether the field is at most the value.
    public static func <= (column: Column, value: V) -> Predicate {
        .compare(field: column.index, .lessOrEqual, value.fieldValue)
    }

    /// Whether the field is above the value.
    public static func > (column: Column, value: V) -> Predicate {
        .compare(field: column.index, .greater, value.fieldValue)
    }

    /// Whether the field is at least the value.
    public static func >= (column: Column, value: V) -> Predicate {
        .compare(field: column.index, .greaterOrEqual, value.fieldValue)
    }
}

extension Predicate {
    /// Whether both hold.
    public static func && (left: Predicate, right: Predicate) -> Predicate { .and([left, right]) }
    /// Whether at least one holds.
    public static func || (left: Predicate, right: Predicate) -> Predicate { .or([left, right]) }
    /// Whether it does not hold.
    public static prefix func ! (predicate: Predicate) -> Predicate { .not(predicate) }
}
