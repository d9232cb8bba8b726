internal import TufaBytes

/// Writes a schema in PostgreSQL's words, as ``DDLParser`` reads them back.
public enum DDLPrinter {
    /// The statements that make a schema; read back, they give an equal one of version 1.
    ///
    /// Checks that live in the program's code have no words, so each is a comment
    /// (`Docs/Format/Schema.md`, "The same in SQL").
    ///
    /// - Complexity: O(size of the schema).
    public static func print(_ schema: DatabaseSchema) -> String {
        var statements: [String] = []
        for table in schema.tables { statements.append(statement(table)) }
        for table in schema.tables {
            for index in table.indexes { statements.append(statement(index, table)) }
            for text in table.fullText { statements.append(statement(text, table)) }
        }
        return statements.joined(separator: "\n") + "\n"
    }

    private static func statement(_ table: TableSchema) -> String {
        var lines = ["id UUID PRIMARY KEY"]
        for field in table.fields { lines.append(column(field)) }
        for reference in table.references {
            let rule =
                switch reference.onDelete {
                case .restrict: "RESTRICT"
                case .cascade: "CASCADE"
                case .setNull: "SET NULL"
                }
            lines.append(
                "FOREIGN KEY (\(SQLWords.name(reference.field))) REFERENCES "
                    + "\(SQLWords.name(reference.target)) (id) ON DELETE \(rule)")
        }
        var comments = ""
        for check in table.checks {
            guard let expression = check.expression else {
                comments += "-- The program checks of \(table.name): \(check.name)\n"
                continue
            }
            // A comment at the end of the condition would swallow the parenthesis.
            let end = expression.contains("--") ? "\n" : ""
            lines.append("CONSTRAINT \(SQLWords.name(check.name)) CHECK (\(expression)\(end))")
        }
        return comments + "CREATE TABLE \(SQLWords.name(table.name)) (\n    "
            + lines.joined(separator: ",\n    ") + "\n);"
    }

    private static func column(_ field: FieldSchema) -> String {
        var text = "\(SQLWords.name(field.name)) \(type(of: field))"
        if !field.isOptional { text += " NOT NULL" }
        if field.isUnique { text += " UNIQUE" }
        switch field.role {
        case .none: break
        case .setOnCreate: text += " DEFAULT CURRENT_TIMESTAMP"
        case .setOnUpdate: text += " DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"
        }
        if let value = field.defaultValue { text += " DEFAULT \(literal(value))" }
        return text
    }

    private static func type(of field: FieldSchema) -> String {
        switch field.type {
        case .uuid: "UUID"
        case .text: field.maximumLength.map { "VARCHAR(\($0))" } ?? "TEXT"
        case .int64: "BIGINT"
        case .double: "DOUBLE PRECISION"
        case .boolean: "BOOLEAN"
        case .timestamp: "TIMESTAMP WITH TIME ZONE"
        case .bytes: "BYTEA"
        }
    }

    private static func literal(_ value: Value) -> String {
        switch value {
        case .double(let number) where !number.isFinite: Value.quote(value.description)
        case .boolean(let flag): flag ? "TRUE" : "FALSE"
        case .timestamp: "TIMESTAMP \(value.quoted)"
        default: value.quoted
        }
    }

    private static func statement(_ index: IndexSchema, _ table: TableSchema) -> String {
        let columns = index.columns.map {
            SQLWords.name($0.field) + ($0.isDescending ? " DESC" : "")
        }
        return "CREATE \(index.isUnique ? "UNIQUE " : "")INDEX \(SQLWords.name(index.name)) ON "
            + "\(SQLWords.name(table.name)) (\(columns.joined(separator: ", ")));"
    }

    private static func statement(_ text: FullTextSchema, _ table: TableSchema) -> String {
        let analyzer = Value.quote(text.analyzer)
        let vector: String
        if text.fields.allSatisfy({ $0.weight == 1 }) {
            let fields = text.fields.map { SQLWords.name($0.name) }
            let joined =
                fields.count == 1
                ? fields[0] : fields.map { "coalesce(\($0), '')" }.joined(separator: " || ' ' || ")
            vector = "to_tsvector(\(analyzer), \(joined))"
        } else {
            let parts = text.fields.map { field in
                "setweight(to_tsvector(\(analyzer), \(SQLWords.name(field.name))), "
                    + "\(weight(field.weight)))"
            }
            // PostgreSQL wants an expression that is no plain call in parentheses of its own.
            vector = "(\(parts.joined(separator: " || ")))"
        }
        return "CREATE INDEX \(SQLWords.name(text.name)) ON \(SQLWords.name(table.name)) "
            + "USING GIN (\(vector));"
    }

    private static func weight(_ weight: Double) -> String {
        switch weight {
        case 1: "'A'"
        case 0.4: "'B'"
        case 0.2: "'C'"
        case 0.1: "'D'"
        default: weight.description
        }
    }
}
