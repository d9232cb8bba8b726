package import TufaBytes

/// A schema that was checked, with everything that is looked up often worked out once.
package final class SchemaPlan: Sendable {
    /// The schema.
    package let schema: DatabaseSchema
    /// The tables, by number.
    package let tables: [TablePlan]
    /// The fingerprint of the schema.
    package let fingerprint: UInt64
    private let numbers: [String: Int]

    /// Checks and prepares a schema.
    ///
    /// - Throws: what ``DatabaseSchema/validate()`` throws.
    package init(_ schema: DatabaseSchema) throws(DatabaseError) {
        try schema.validate()
        var numbers: [String: Int] = [:]
        for (number, table) in schema.tables.enumerated() { numbers[table.name] = number }
        var referrers = Array(repeating: [ReferencePlan](), count: schema.tables.count)
        var references = referrers
        for (number, table) in schema.tables.enumerated() {
            for reference in table.references {
                guard let target = numbers[reference.target],
                    let field = table.index(ofField: reference.field)
                else { preconditionFailure("a checked schema has no dangling reference") }
                let plan = ReferencePlan(
                    table: number, fieldIndex: field, target: target, onDelete: reference.onDelete)
                references[number].append(plan)
                referrers[target].append(plan)
            }
        }
        var tables: [TablePlan] = []
        for (number, table) in schema.tables.enumerated() {
            tables.append(
                try TablePlan(
                    number: number, schema: table, references: references[number],
                    referrers: referrers[number]))
        }
        self.schema = schema
        self.tables = tables
        self.numbers = numbers
        fingerprint = schema.fingerprint
    }

    /// The plan of a database that has no table yet.
    package static let empty = SchemaPlan()

    private init() {
        schema = DatabaseSchema([], version: 0)
        tables = []
        fingerprint = schema.fingerprint
        numbers = [:]
    }

    /// The table of that name, or nil.
    ///
    /// - Complexity: O(1).
    package func find(_ name: String) -> TablePlan? { numbers[name].map { tables[$0] } }

    /// The table of that name.
    ///
    /// - Throws: `unknown_table`, with the names that there are.
    package func table(_ name: String) throws(DatabaseError) -> TablePlan {
        guard let plan = find(name) else { throw .unknownTable(name, in: schema) }
        return plan
    }
}

/// A reference between two tables, by numbers.
package struct ReferencePlan: Sendable, Hashable {
    /// The number of the table that refers.
    package let table: Int
    /// The field that refers, in that table.
    package let fieldIndex: Int
    /// The number of the table referred to.
    package let target: Int
    /// What a delete in the target does.
    package let onDelete: DeleteRule
}
