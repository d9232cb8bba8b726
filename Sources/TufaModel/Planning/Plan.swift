package import TufaBytes

/// How a query is answered: which run of which index is walked, and what is done with its rows.
package struct Plan: Sendable {
    /// What is walked.
    package enum Access: Sendable, Hashable {
        /// Nothing: the condition contradicts itself.
        case nothing
        /// The rows by identifier.
        case primary
        /// The index of that number in ``TablePlan/indexes``.
        case index(Int)
    }

    /// The table.
    package let table: TablePlan
    /// What is walked.
    package let access: Access
    /// The values of the leading columns; NULL stands for IS NULL.
    package let equality: [Value]
    /// The range of the column after them.
    package let range: ColumnRange?
    /// The run of keys, in the order of their bytes.
    package let keys: KeyRange
    /// Whether the run is walked from its end.
    package let isReversed: Bool
    /// Whether the run holds at most one row.
    package let isPoint: Bool
    /// What the run does not decide; nil where it decides everything.
    package let residual: Predicate?
    /// The residual, compiled.
    package let filter: PredicateProgram?
    /// The order asked for, completed by the identifier; empty where none was asked for.
    package let sort: [Sort]
    /// Whether the rows of the run still have to be sorted.
    package let needsSort: Bool
    /// The key that sorts the rows, where they have to be; its keys are the cursors then.
    package let sortKey: KeyPlan?
    /// Tells queries apart: the table, the condition, the order and the access.
    package let fingerprint: UInt64

    /// The key plan of what is walked.
    package var accessKey: KeyPlan {
        if case .index(let number) = access { return table.indexes[number].key }
        return table.primaryKey
    }

    /// The name of what is walked, as `explain` gives it.
    package var accessName: String {
        switch access {
        case .nothing: "none"
        case .primary: "primary"
        case .index(let number): table.indexes[number].name
        }
    }

    /// The run that is left behind a cursor; only for plans that need no sorting.
    package func keys(after cursor: Cursor) -> KeyRange {
        keys.after(cursor.key, isReversed: isReversed)
    }
}

extension Plan: CustomStringConvertible {
    /// One line for people: the access, what it decides, and what is left to do.
    package var description: String {
        if access == .nothing { return "\(table.name): nothing, the condition is never true" }
        var text = "\(table.name): "
        let columns = accessKey.columns
        var conditions: [String] = []
        for (value, column) in zip(equality, columns) {
            let field = table.fieldName(column.fieldIndex)
            conditions.append(value.isNull ? "\(field) IS NULL" : "\(field) = \(value.quoted)")
        }
        if let range {
            conditions += range.conditions(table.fieldName(columns[equality.count].fieldIndex))
        }
        switch (isPoint, conditions.isEmpty) {
        case (true, _): text += "one row by \(accessName)"
        case (false, false): text += "a range of \(accessName)"
        case (false, true):
            text += access == .primary ? "all rows by primary" : "all of \(accessName)"
        }
        if !conditions.isEmpty { text += " (\(conditions.joined(separator: ", ")))" }
        if isReversed { text += ", backwards" }
        if let residual { text += ", filtered by \(residual.text(in: table))" }
        if needsSort {
            let steps = sort.map { table.fieldName($0.field) + ($0.isDescending ? " desc" : "") }
            text += ", sorted by \(steps.joined(separator: ", "))"
        }
        return text
    }
}

extension ColumnRange {
    fileprivate func conditions(_ field: String) -> [String] {
        if let prefix { return ["\(field) begins with \(Value.quote(prefix))"] }
        var conditions: [String] = []
        if let lower {
            conditions.append("\(field) \(lower.isInclusive ? ">=" : ">") \(lower.value.quoted)")
        }
        if let upper {
            conditions.append("\(field) \(upper.isInclusive ? "<=" : "<") \(upper.value.quoted)")
        }
        return conditions
    }
}
