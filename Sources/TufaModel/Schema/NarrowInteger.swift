package import TufaBytes

/// A whole number of fewer than 64 bits, as SQL declares it.
///
/// Rows hold it in 64 bits, and a check keeps it in its range; the schema has no other trace of it.
package enum NarrowInteger: CaseIterable, Sendable {
    /// 16 bits.
    case smallint
    /// 32 bits.
    case integer

    /// The word of SQL.
    package var name: String { self == .smallint ? "SMALLINT" : "INTEGER" }

    /// The numbers that fit.
    package var range: ClosedRange<Int64> {
        self == .smallint
            ? Int64(Int16.min)...Int64(Int16.max) : Int64(Int32.min)...Int64(Int32.max)
    }

    /// The name of the check that keeps a field in the range; a number may follow it.
    static func checkName(_ table: String, _ field: String) -> String { "\(table)_\(field)_range" }

    /// The condition that keeps a field in the range.
    func condition(_ field: String) -> String {
        "\(SQLWords.name(field)) BETWEEN \(range.lowerBound) AND \(range.upperBound)"
    }
}

extension TableSchema {
    /// The smaller type that a field was declared with; nil for every other field.
    ///
    /// - Complexity: O(checks).
    package func narrowInteger(ofField index: Int) -> NarrowInteger? {
        guard index >= 0, fields[index].type == .int64 else { return nil }
        let field = fields[index].name
        for check in checks where check.name.hasPrefix(NarrowInteger.checkName(name, field)) {
            if let type = NarrowInteger.allCases.first(where: {
                check.expression == $0.condition(field)
            }) {
                return type
            }
        }
        return nil
    }

    /// The field and the type that a check stands for; nil for a check that the user wrote.
    ///
    /// - Complexity: O(fields · checks).
    package func narrowInteger(ofCheck check: String) -> (field: Int, type: NarrowInteger)? {
        for index in fields.indices
        where check.hasPrefix(NarrowInteger.checkName(name, fields[index].name)) {
            guard let type = narrowInteger(ofField: index),
                checks.contains(where: {
                    $0.name == check && $0.expression == type.condition(fields[index].name)
                })
            else { continue }
            return (index, type)
        }
        return nil
    }

    /// The text form of a field's values, as messages describe it.
    package func textForm(ofField index: Int) -> String {
        guard let narrow = narrowInteger(ofField: index) else {
            return index < 0 ? ScalarType.uuid.textForm : fields[index].type.textForm
        }
        return "a whole number from \(narrow.range.lowerBound) to \(narrow.range.upperBound)"
    }

    /// Reads a value of a field, -1 for `id`, from its text form.
    ///
    /// - Throws: `type_mismatch` with the type as it was declared.
    package func value(parsing text: String, ofField index: Int) throws(DatabaseError) -> Value {
        do {
            return try Value(parsing: text, as: index < 0 ? .uuid : fields[index].type)
        } catch {
            let name = index < 0 ? "id" : fields[index].name
            throw DatabaseError(
                error.code,
                "\(name): \(Value.excerpt(text)) is not of type \(typeName(ofField: index)): "
                    + "expected \(textForm(ofField: index)).", table: self.name, fields: [name])
        }
    }

    /// The type of a field as it was declared, where that is known; uuid for -1.
    package func typeName(ofField index: Int) -> String {
        guard index >= 0 else { return ScalarType.uuid.name }
        if let narrow = narrowInteger(ofField: index) { return narrow.name }
        if let maximum = fields[index].maximumLength { return "VARCHAR(\(maximum))" }
        return fields[index].type.name
    }
}
