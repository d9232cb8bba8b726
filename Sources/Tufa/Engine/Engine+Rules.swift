internal import TufaBytes
internal import TufaIndex
internal import TufaModel

extension Engine {
    /// Checks that a key fits its index and, in a unique one, is free.
    @unsafe
    func checkKey(_ index: Int, of id: RowID, _ body: RowBody, in table: TableState) throws {
        let store = table.store
        guard store.checksKey(index) else { return }
        let key = unsafe store.key(index, of: id, body)
        if unsafe key.isOverflown {
            let plan = table.plan.indexes[index]
            throw DatabaseError.keyTooLong(
                table: table.plan.name, fields: plan.fieldIndexes.map(table.plan.fieldName),
                index: plan.name, maximum: KeyBuffer.maximumByteCount, row: id)
        }
        guard let other = unsafe store.conflict(index, of: id, key) else { return }
        let plan = table.plan.indexes[index]
        let owner = unsafe table.store.rows.version(table.store.rows.newest(other))
        let values = plan.fieldIndexes.map {
            $0 < 0 ? Value.uuid(id) : unsafe RowCodec.value($0, body, table.plan.layout)
        }
        throw DatabaseError.unique(
            table: table.plan.name, fields: plan.fieldIndexes.map(table.plan.fieldName),
            values: values, index: plan.name, row: unsafe owner.id)
    }

    /// Checks that the row a field refers to is there; NULL refers to nothing.
    @unsafe
    func checkReference(
        _ reference: ReferencePlan, of id: RowID, _ body: RowBody, in table: TableState
    ) throws {
        if unsafe body.isNull(reference.fieldIndex) { return }
        let target = unsafe body.rowID(table.plan.layout.fields[reference.fieldIndex])
        if reference.target == table.plan.number, target == id { return }
        if tables[reference.target].store.draftNumber(of: target) == nil {
            throw DatabaseError.missingReference(
                table: table.plan.name, field: table.plan.fieldName(reference.fieldIndex),
                target: tables[reference.target].plan.name, id: target, row: id)
        }
    }

    /// Checks the conditions of the schema and of the program.
    @unsafe
    func checkChecks(of id: RowID, _ body: RowBody, in table: TableState) throws {
        if !table.plan.checks.isEmpty { unsafe try checkExpressions(of: id, body, in: table) }
        guard table.plan.hasCodeChecks else { return }
        guard let codeChecks = table.codeChecks else {
            throw DatabaseError(
                .unsupported,
                "Table \(table.plan.name) has checks that live in its program's code.",
                table: table.plan.name,
                advice: "Write to it from a program that opens the database with its types.")
        }
        for check in codeChecks where unsafe !check.holds(id, BodyReference(body)) {
            throw DatabaseError.check(
                table: table.plan.name, name: check.name, expression: nil, row: id)
        }
    }

    @unsafe
    private func checkExpressions(of id: RowID, _ body: RowBody, in table: TableState) throws {
        for check in table.plan.checks {
            let holds = unsafe try check.expression.holds(
                id: id, body: body, layout: table.plan.layout)
            if !holds {
                // The user wrote a type there and no check, and hears of the type.
                if let (field, type) = table.plan.schema.narrowInteger(ofCheck: check.name) {
                    throw DatabaseError.outOfRange(
                        table: table.plan.name, field: table.plan.fieldName(field), type: type,
                        value: unsafe RowCodec.value(field, body, table.plan.layout), row: id)
                }
                throw DatabaseError.check(
                    table: table.plan.name, name: check.name,
                    expression: table.plan.schema.checks.first { $0.name == check.name }?
                        .expression,
                    row: id)
            }
        }
    }
}
