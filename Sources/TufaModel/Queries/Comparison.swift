/// How two values compare.
public enum Comparison: UInt8, Sendable, Hashable, CaseIterable {
    /// The same.
    case equal = 0
    /// Not the same.
    case notEqual = 1
    /// Before.
    case less = 2
    /// Before or the same.
    case lessOrEqual = 3
    /// After.
    case greater = 4
    /// After or the same.
    case greaterOrEqual = 5

    /// The operator in SQL.
    public var symbol: String {
        switch self {
        case .equal: "="
        case .notEqual: "<>"
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        }
    }

    /// The comparison that holds exactly when this one does not.
    package var negated: Comparison {
        switch self {
        case .equal: .notEqual
        case .notEqual: .equal
        case .less: .greaterOrEqual
        case .lessOrEqual: .greater
        case .greater: .lessOrEqual
        case .greaterOrEqual: .less
        }
    }

    /// Whether it holds of two values that stand in this order: negative, zero or positive.
    @inlinable @inline(__always)
    package func holds(_ order: Int) -> Bool {
        switch self {
        case .equal: order == 0
        case .notEqual: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        }
    }
}
