package import TufaBytes

extension DatabaseError {
    /// Another row has the value already.
    ///
    /// - Parameters:
    ///   - values: the values of `fields`, in their order.
    ///   - row: the row that has them.
    package static func unique(
        table: String, fields: [String], values: [Value], index: String, row: RowID?
    ) -> DatabaseError {
        var text: [String] = []
        for (field, value) in zip(fields, values) {
            text.append("\(field) = \(excerpt(of: value))")
        }
        let owner = row.map { " by row \($0)" } ?? ""
        return DatabaseError(
            .uniqueViolation, "In \(table), \(text.joined(separator: ", ")) is taken\(owner).",
            table: table, fields: fields, rule: index, row: row,
            advice: "Use another value, or update the row that has it.")
    }

    /// A reference names a row that is not there.
    package static func missingReference(
        table: String, field: String, target: String, id: RowID, row: RowID?
    ) -> DatabaseError {
        DatabaseError(
            .referenceViolation, "\(table).\(field) refers to \(target) \(id), which is not there.",
            table: table, fields: [field], rule: "\(table)_\(field)_fkey", row: row,
            advice: "Insert the row of \(target) first, or in the same commit before this one.")
    }

    /// A row cannot be deleted while another refers to it.
    package static func stillReferenced(
        table: String, row: RowID, by referrer: String, field: String, referrerRow: RowID?
    ) -> DatabaseError {
        let who = referrerRow.map { "\(referrer) \($0)" } ?? "A row of \(referrer)"
        return DatabaseError(
            .referenceViolation,
            "\(table) \(row) cannot be deleted: \(who) refers to it by \(field).",
            table: table, fields: [field], rule: "\(referrer)_\(field)_fkey", row: row,
            advice:
                "Delete the rows of \(referrer) first, or declare the reference ON DELETE CASCADE.")
    }

    /// A check does not hold.
    package static func check(
        table: String, name: String, expression: String?, row: RowID?
    ) -> DatabaseError {
        let condition = expression.map { " (\($0))" } ?? ""
        return DatabaseError(
            .checkViolation, "The row breaks the check \(name) of table \(table)\(condition).",
            table: table, rule: name, row: row)
    }

    /// A whole number does not fit the smaller type of its field.
    package static func outOfRange(
        table: String, field: String, type: NarrowInteger, value: Value, row: RowID?
    ) -> DatabaseError {
        DatabaseError(
            .typeMismatch,
            "\(table).\(field): \(excerpt(of: value)) does not fit \(type.name), which holds "
                + "\(type.range.lowerBound) to \(type.range.upperBound).",
            table: table, fields: [field], row: row,
            advice: "Give a number in that range, or declare the field BIGINT.")
    }

    /// A field that must have a value has none.
    package static func notNull(table: String, field: String, row: RowID? = nil) -> DatabaseError {
        DatabaseError(
            .notNullViolation, "\(table).\(field) must have a value and has none.", table: table,
            fields: [field], row: row, advice: "Give it a value, or declare the field optional.")
    }

    /// A value is of another type than its field.
    package static func wrongType(
        table: String, field: String, expected: ScalarType, declared: String? = nil, value: Value,
        row: RowID? = nil
    ) -> DatabaseError {
        DatabaseError(
            .typeMismatch,
            "\(table).\(field) is of type \(declared ?? expected.name), and \(excerpt(of: value)) is "
                + "\(value.type?.name ?? "NULL").",
            table: table, fields: [field], row: row, advice: "Expected \(expected.textForm).")
    }

    /// A text is longer than its field allows.
    package static func tooLong(
        table: String, field: String, length: Int, maximum: Int, row: RowID? = nil
    ) -> DatabaseError {
        DatabaseError(
            .valueTooLong,
            "\(table).\(field) holds at most \(maximum) characters and was given \(length).",
            table: table, fields: [field], row: row)
    }

    /// A key is longer than an index can hold.
    package static func keyTooLong(
        table: String, fields: [String], index: String, maximum: Int, row: RowID?
    ) -> DatabaseError {
        DatabaseError(
            .valueTooLong,
            "The key of the index \(index) of table \(table) is longer than \(maximum) bytes.",
            table: table, fields: fields, rule: index, row: row,
            advice: "Shorten the value, or give the field a maximum length.")
    }

    /// The row was changed since the version that the caller expected.
    package static func versionConflict(
        table: String, row: RowID, expected: UInt32, found: UInt32
    ) -> DatabaseError {
        DatabaseError(
            .versionConflict,
            "\(table) \(row) is at version \(found), not at the expected \(expected).",
            table: table, row: row, advice: "Read the row again and repeat the change.")
    }

    /// There is no such row.
    package static func rowNotFound(table: String, row: RowID) -> DatabaseError {
        DatabaseError(.rowNotFound, "\(table) has no row \(row).", table: table, row: row)
    }

    /// A row with this identifier is there already.
    package static func rowExists(table: String, row: RowID) -> DatabaseError {
        DatabaseError(
            .rowExists, "\(table) has a row \(row) already.", table: table, row: row,
            advice: "Update it instead, or insert with another identifier.")
    }

    static func excerpt(of value: Value) -> String {
        switch value {
        case .null, .int64, .double, .boolean: value.description
        default: Value.excerpt(value.description)
        }
    }
}
