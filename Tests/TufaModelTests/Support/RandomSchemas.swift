import TufaBytes

@testable import TufaModel

extension SeededGenerator {
    /// A valid schema with a bit of everything.
    mutating func schema(codeChecks: Bool = false) -> DatabaseSchema {
        let names = (0..<(1 + below(4))).map { "\(identifier())_\($0)" }
        return DatabaseSchema(names.map { table($0, names, codeChecks) })
    }

    private mutating func identifier() -> String {
        pick([
            "users", "Posts", "select", "ta\"ble", "naïve name", "check", "not", "x", "9lives",
            "a.b",
            "CURRENT_TIMESTAMP", "length",
        ])
    }

    private mutating func table(
        _ name: String, _ tables: [String], _ codeChecks: Bool
    ) -> TableSchema {
        var table = TableSchema(name, fields: [])
        for number in 0..<(1 + below(9)) {
            table.fields.append(field("\(identifier())_\(number)"))
        }
        for field in table.fields where field.type == .uuid && chance(50) {
            let rule = pick(field.isOptional ? DeleteRule.allCases : [.restrict, .cascade])
            table.references.append(ReferenceSchema(field.name, to: pick(tables), onDelete: rule))
        }
        table.references.shuffle(using: &self)
        let columns = ["id"] + table.fields.map(\.name)
        for number in 0..<below(4) {
            let chosen = columns.shuffled(using: &self).prefix(1 + below(3))
            table.indexes.append(
                IndexSchema(
                    "\(identifier()) \(number)",
                    chosen.map { IndexColumn($0, isDescending: chance(40)) }, isUnique: chance(30)))
        }
        let texts = table.fields.filter { $0.type == .text }.shuffled(using: &self)
        if !texts.isEmpty, chance(60) {
            let isWeighted = chance(60)
            table.fullText.append(
                FullTextSchema(
                    "text of \(name)",
                    texts.prefix(3).map {
                        FullTextField(
                            $0.name, weight: isWeighted ? pick([1, 0.4, 0.2, 0.1, 2.5, 1e-7]) : 1)
                    }, analyzer: pick(["english", "simple", "my own 'one'"])))
        }
        for number in 0..<below(3) { table.checks.append(check(number, table, codeChecks)) }
        return table
    }

    private mutating func check(
        _ number: Int, _ table: TableSchema, _ codeChecks: Bool
    ) -> CheckSchema {
        let field = pick(table.fields)
        let name = SQLWords.name(field.name)
        let text = pick([
            "\(name) IS NOT NULL", "NOT (\(name) IS NULL) AND TRUE",
            "id <> '00000000-0000-0000-0000-000000000000'\n    OR /* or */ \(name) IS NULL",
        ])
        return CheckSchema("check \(number)", expression: codeChecks && chance(30) ? nil : text)
    }

    private mutating func field(_ name: String) -> FieldSchema {
        let type = pick(ScalarType.allCases)
        var field = FieldSchema(
            name, type, isOptional: chance(50),
            maximumLength: type == .text && chance(50) ? 6 + below(300) : nil, isUnique: chance(20))
        if type == .timestamp, chance(60) {
            field.role = pick(FieldRole.allCases)
        }
        if field.role == .none, chance(40) {
            // The sign of a zero and the bits of a NaN are no part of a value.
            field.defaultValue = value(type)
        }
        if case .text(let text)? = field.defaultValue, text.unicodeScalars.count > 6 {
            field.defaultValue = "short"
        }
        return field
    }
}
