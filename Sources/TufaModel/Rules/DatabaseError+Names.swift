package import TufaBytes

extension DatabaseError {
    /// There is no table of that name.
    package static func unknownTable(_ name: String, in schema: DatabaseSchema) -> DatabaseError {
        DatabaseError(
            .unknownTable, "There is no table \(Value.excerpt(name)).", table: name,
            advice: suggestion(for: name, among: schema.tables.map(\.name), "tables"))
    }

    /// There is no field of that name.
    package static func unknownField(
        _ name: String, of table: TableSchema, in place: String? = nil, rule: String? = nil
    ) -> DatabaseError {
        DatabaseError(
            .unknownField,
            "Table \(table.name) has no field \(Value.excerpt(name))"
                + (place.map { ", which \($0) names." } ?? "."),
            table: table.name, fields: [name], rule: rule,
            advice: suggestion(
                for: name, among: ["id"] + table.fields.map(\.name), "fields"))
    }

    /// The program's schema is not the one in the log.
    package static func schemaMismatch(_ difference: String) -> DatabaseError {
        DatabaseError(
            .schemaMismatch,
            "The schema of the program is not the one of the database: \(difference)",
            advice: "Open the database with the schema that it was made with.")
    }

    /// Names the nearest known name, or all of them where none is near.
    static func suggestion(for name: String, among known: [String], _ what: String) -> String? {
        let nearest = known.min { distance(name, $0) < distance(name, $1) }
        if let nearest, distance(name, nearest) <= max(1, name.unicodeScalars.count / 3) {
            return "Did you mean \(nearest)?"
        }
        if known.isEmpty { return nil }
        let shown = known.prefix(12).joined(separator: ", ")
        return "Known \(what): \(shown)\(known.count > 12 ? ", …" : "")."
    }

    /// The number of inserted, removed and replaced characters between two names.
    private static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.lowercased().unicodeScalars.prefix(64))
        let right = Array(right.lowercased().unicodeScalars.prefix(64))
        var row = Array(0...right.count)
        for (lineIndex, scalar) in left.enumerated() {
            var diagonal = row[0]
            row[0] = lineIndex + 1
            for column in 0..<right.count {
                let replaced = diagonal + (scalar == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
