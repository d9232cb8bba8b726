extension Predicate {
    /// The condition in SQL, with the names of a table's fields.
    package func text(in table: TablePlan) -> String {
        switch self {
        case .all: return "TRUE"
        case .none: return "FALSE"
        case .compare(let field, let comparison, let value):
            return "\(table.fieldName(field)) \(comparison.symbol) \(value.quoted)"
        case .isNull(let field): return "\(table.fieldName(field)) IS NULL"
        case .isIn(let field, let values):
            let shown = values.prefix(8).map(\.quoted).joined(separator: ", ")
            let rest = values.count > 8 ? ", … \(values.count - 8) more" : ""
            return "\(table.fieldName(field)) IN (\(shown)\(rest))"
        case .hasPrefix(let field, let prefix):
            return "\(table.fieldName(field)) begins with \(Value.quote(prefix))"
        case .and(let parts): return Predicate.joined(parts, " AND ", table)
        case .or(let parts): return Predicate.joined(parts, " OR ", table)
        case .not(.isNull(let field)): return "\(table.fieldName(field)) IS NOT NULL"
        case .not(let inner): return "NOT (\(inner.text(in: table)))"
        }
    }

    private static func joined(
        _ parts: [Predicate], _ word: String, _ table: TablePlan
    ) -> String {
        parts.map { part in
            switch part {
            case .and, .or: "(\(part.text(in: table)))"
            default: part.text(in: table)
            }
        }.joined(separator: word)
    }
}
