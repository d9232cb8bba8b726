import TufaBytes
import TufaModel

/// Reads the conditions and orders of the command line.
enum ConditionParser {
    /// The operators, longer ones before those that begin like them.
    private static let operators: [(String, Comparison?)] = [
        ("^=", nil), ("!=", .notEqual), ("<>", .notEqual), ("<=", .lessOrEqual),
        (">=", .greaterOrEqual), ("=", .equal), ("<", .less), (">", .greater),
    ]

    /// Reads `field=value` and its like into a condition on the table.
    ///
    /// `field=` compares with the empty text; `field:null` and `field:notnull` ask for NULL.
    static func condition(_ text: String, _ table: TableSchema) throws -> Predicate {
        let bytes = Array(text.utf8)
        for at in bytes.indices {
            for (symbol, comparison) in operators where bytes[at...].starts(with: symbol.utf8) {
                let name = String(decoding: bytes[..<at], as: UTF8.self)
                let value = String(
                    decoding: bytes[(at + symbol.utf8.count)...], as: UTF8.self)
                return try condition(name, comparison, value, table)
            }
        }
        if let colon = text.lastIndex(of: ":") {
            let name = String(text[..<colon])
            switch text[text.index(after: colon)...] {
            case "null": return .isNull(field: try place(of: name, table))
            case "notnull": return .not(.isNull(field: try place(of: name, table)))
            default: break
            }
        }
        throw DatabaseError(
            .syntax, "\(Value.excerpt(text)) is no condition.",
            advice: "Write field=value, or one of != < <= > >= ^= (begins with), or field:null.")
    }

    private static func condition(
        _ name: String, _ comparison: Comparison?, _ text: String, _ table: TableSchema
    ) throws -> Predicate {
        let field = try place(of: name, table)
        let type = field < 0 ? ScalarType.uuid : table.fields[field].type
        guard let comparison else {
            guard type == .text else {
                throw DatabaseError(
                    .typeMismatch,
                    "\(name) is of type \(table.typeName(ofField: field)); only a text begins "
                        + "with a text.",
                    table: table.name, fields: [name])
            }
            return .hasPrefix(field: field, text)
        }
        return .compare(field: field, comparison, try table.value(parsing: text, ofField: field))
    }

    /// Reads `field` or `field:desc` into a step of an order; several stand behind commas.
    static func order(_ text: String, _ table: TableSchema) throws -> [Sort] {
        try text.split(separator: ",", omittingEmptySubsequences: false).map { step in
            let parts = step.split(separator: ":", omittingEmptySubsequences: false)
            let direction = parts.count == 2 ? String(parts[1]) : parts.count == 1 ? "asc" : ""
            guard direction == "asc" || direction == "desc" else {
                throw DatabaseError(
                    .syntax, "\(Value.excerpt(String(step))) is no order.",
                    advice: "Write field, field:asc or field:desc.")
            }
            return Sort(
                try place(of: String(parts[0]), table), isDescending: direction == "desc")
        }
    }

    /// The place of a field of the table, -1 for the identifier.
    static func place(of name: String, _ table: TableSchema) throws -> Int {
        guard let place = table.index(ofField: name) else {
            throw DatabaseError.unknownField(name, of: table)
        }
        return place
    }
}
