internal import TufaBytes
internal import TufaModel

/// What the schema demands of one row, by itself or with the rows that it names, without an index.
enum RowRules {
    /// Every rule that a row breaks but those of unique indexes.
    ///
    /// - Parameter isThere: Whether a row is in the table of a number.
    static func violations(
        of id: RowID, _ body: [UInt8], in plan: TablePlan, isThere: (Int, RowID) -> Bool
    ) -> [DatabaseError] {
        var found: [DatabaseError] = []
        if id == .none {
            found.append(
                DatabaseError(
                    .typeMismatch, "A row of \(plan.name) has the identifier of zeros.",
                    table: plan.name, fields: ["id"], row: id))
        }
        let values = unsafe body.withRowBody { unsafe RowCodec.decode($0, plan.layout) }
        func value(_ field: Int) -> Value { field < 0 ? .uuid(id) : values[field] }
        for (field, value) in values.enumerated() {
            if value.isNull, !plan.schema.fields[field].isOptional {
                found.append(.notNull(table: plan.name, field: plan.fieldName(field), row: id))
            }
            guard case .text(let text) = value else { continue }
            note(&found) { () throws(DatabaseError) in
                try RowCodec.checkLength(of: text, field, plan, id)
            }
        }
        for check in plan.checks {
            note(&found) { () throws(DatabaseError) in
                guard try !check.expression.holds(value) else { return }
                let text = plan.schema.checks.first { $0.name == check.name }?.expression
                throw .check(table: plan.name, name: check.name, expression: text, row: id)
            }
        }
        for (reference, declared) in zip(plan.references, plan.schema.references) {
            guard case .uuid(let target) = value(reference.fieldIndex),
                !isThere(reference.target, target)
            else { continue }
            found.append(
                .missingReference(
                    table: plan.name, field: declared.field, target: declared.target, id: target,
                    row: id))
        }
        return found + longKeys(of: id, body, in: plan)
    }

    private static func note(
        _ found: inout [DatabaseError], _ body: () throws(DatabaseError) -> Void
    ) {
        do { try body() } catch { found.append(error) }
    }

    /// The indexes whose keys of a row are longer than a tree takes.
    static func longKeys(
        of id: RowID, _ body: [UInt8], in plan: TablePlan
    ) -> [DatabaseError] {
        let indexes = plan.indexes.filter(\.key.hasVariableColumn)
        return indexes.filter { isTooLong($0, id, body) }.map { index in
            DatabaseError.keyTooLong(
                table: plan.name, fields: index.fieldIndexes.map(plan.fieldName),
                index: index.name, maximum: KeyBuffer.maximumByteCount, row: id)
        }
    }

    private static func isTooLong(_ index: IndexPlan, _ id: RowID, _ body: [UInt8]) -> Bool {
        unsafe withUnsafeTemporaryAllocation(
            byteCount: KeyBuffer.maximumByteCount, alignment: 16
        ) { memory in
            // Safe: the allocation is not empty, so it has an address.
            var key = unsafe KeyBuffer(
                base: memory.baseAddress.unsafelyUnwrapped, capacity: memory.count)
            unsafe body.withRowBody { unsafe index.key.appendKey(of: id, $0, to: &key) }
            return unsafe key.isOverflown
        }
    }
}
