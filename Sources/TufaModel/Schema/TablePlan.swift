package import TufaBytes

/// One table of a checked schema, with its layout, keys and rules worked out.
package final class TablePlan: Sendable {
    /// The number of the table in the log.
    package let number: Int
    /// The table as declared.
    package let schema: TableSchema
    /// The layout of the rows.
    package let layout: RowLayout
    /// What the records of the table share.
    package let shape: RecordShape
    /// The key of the primary index: the identifier.
    package let primaryKey: KeyPlan
    /// The indexes, in the order of ``TableSchema/allIndexes``.
    package let indexes: [IndexPlan]
    /// For each field, the unique index over it alone, with its column.
    package let pointIndexes: [PointIndex?]
    /// The text indexes, in the order of the schema.
    package let fullText: [FullTextPlan]
    /// The references out of this table.
    package let references: [ReferencePlan]
    /// The references of other tables, and of this one, to this table.
    package let referrers: [ReferencePlan]
    /// The checks in SQL, ready to evaluate; those in code are not among them.
    package let checks: [CheckPlan]
    /// Whether the table has checks that live in a program's code.
    package let hasCodeChecks: Bool
    /// The timestamps that get the time of the creating commit.
    package let setOnCreate: [Int]
    /// The timestamps that get the time of every commit that writes the row.
    package let setOnUpdate: [Int]
    /// A fingerprint of the table's declaration.
    package let fingerprint: UInt64
    /// The fingerprint of the plan that gives all rows in any order.
    package let allRowsFingerprint: UInt64

    init(
        number: Int, schema: TableSchema, references: [ReferencePlan], referrers: [ReferencePlan]
    ) throws(DatabaseError) {
        self.number = number
        self.schema = schema
        self.references = references
        self.referrers = referrers
        let shape = RecordShape(table: schema.name, fieldNames: schema.fields.map(\.name))
        let layout = RowLayout(schema.fields.map { ($0.type, $0.isOptional) })
        self.shape = shape
        self.layout = layout
        primaryKey = .primary(layout: layout)
        indexes = schema.allIndexes.map { index in
            IndexPlan(
                name: index.name,
                key: KeyPlan(
                    layout: layout,
                    columns: index.columns.map {
                        (shape.fieldIndexes[$0.field] ?? -1, $0.isDescending)
                    },
                    isUnique: index.isUnique))
        }
        var pointIndexes = [PointIndex?](repeating: nil, count: schema.fields.count)
        for (number, index) in indexes.enumerated()
        where index.isUnique && index.key.columns.count == 1 {
            let column = index.key.columns[0]
            if column.fieldIndex >= 0 {
                pointIndexes[column.fieldIndex] = PointIndex(number: number, column: column)
            }
        }
        self.pointIndexes = pointIndexes
        fullText = schema.fullText.map { text in
            FullTextPlan(
                name: text.name, analyzer: text.analyzer,
                fieldIndexes: text.fields.compactMap { shape.fieldIndexes[$0.name] },
                weights: text.fields.map(\.weight))
        }
        var checks: [CheckPlan] = []
        for check in schema.checks {
            guard let text = check.expression else { continue }
            checks.append(
                CheckPlan(
                    name: check.name, expression: try CheckExpression(parsing: text, table: schema))
            )
        }
        self.checks = checks
        hasCodeChecks = schema.checks.contains { $0.expression == nil }
        setOnCreate = schema.fields.indices.filter { schema.fields[$0].role == .setOnCreate }
        setOnUpdate = schema.fields.indices.filter { schema.fields[$0].role == .setOnUpdate }
        fingerprint = schema.fingerprint
        allRowsFingerprint = QueryFacts(.all, sort: []).fingerprint(schema.name, .primary)
    }

    /// The name of the table.
    package var name: String { schema.name }

    /// The place of a field, -1 for `id`.
    ///
    /// - Throws: `unknown_field`, with the nearest name that there is.
    /// - Complexity: O(1).
    package func index(ofField name: String) throws(DatabaseError) -> Int {
        if let index = shape.fieldIndexes[name] { return index }
        if name == "id" { return -1 }
        throw .unknownField(name, of: schema)
    }

    /// The number of an index whose first column is the field, ascending or not; nil without one.
    package func index(leadingWith fieldIndex: Int) -> Int? {
        indexes.firstIndex { $0.key.columns[0].fieldIndex == fieldIndex }
    }

    /// The name of a field, `id` for -1.
    package func fieldName(_ index: Int) -> String { index < 0 ? "id" : schema.fields[index].name }

    /// The type of a field, uuid for -1.
    package func fieldType(_ index: Int) -> ScalarType {
        index < 0 ? .uuid : schema.fields[index].type
    }

    /// Whether a field may be NULL; the identifier may not.
    package func isOptional(_ index: Int) -> Bool { index >= 0 && schema.fields[index].isOptional }
}

/// A unique index over one field, as a lookup by equality needs it.
package struct PointIndex: Sendable {
    /// The number of the index.
    package let number: Int
    /// Its one column.
    package let column: KeyPlan.Column
}

/// One index of a checked table.
package struct IndexPlan: Sendable {
    /// The name, that errors and `explain` give.
    package let name: String
    /// How the key of a row is made.
    package let key: KeyPlan
    /// Whether no two rows may share the values of all columns.
    package var isUnique: Bool { key.isUnique }
    /// The fields in key order, -1 for the identifier.
    package var fieldIndexes: [Int] { key.columns.map(\.fieldIndex) }
}

/// One text index of a checked table.
package struct FullTextPlan: Sendable {
    /// The name, that errors and `explain` give.
    package let name: String
    /// The name of the analyzer.
    package let analyzer: String
    /// The text fields.
    package let fieldIndexes: [Int]
    /// What a word in each field is worth.
    package let weights: [Double]
}

/// One check of a checked table that is written in SQL.
package struct CheckPlan: Sendable {
    /// The name, that errors give.
    package let name: String
    /// The condition.
    package let expression: CheckExpression
}
