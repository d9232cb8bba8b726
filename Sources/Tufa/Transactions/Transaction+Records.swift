public import TufaBytes
internal import TufaIndex
public import TufaModel

extension Transaction {
    /// Adds a row to a table by name; fields that are not given get their default, NULL, or the
    /// commit's time.
    ///
    /// - Throws: ``DatabaseError``: `unknown_table`, `unknown_field`, `type_mismatch`,
    ///   `not_null_violation`, and as ``insert(_:)``.
    @discardableResult
    public mutating func insert(
        _ table: String, id: RowID = .make(), _ fields: [String: Value]
    ) throws -> RowID {
        let plan = try engine.schema.table(table)
        try insert(plan, id, given(fields, plan))
        return id
    }

    /// Changes the given fields of a row; the others stay.
    ///
    /// - Throws: ``DatabaseError``: `unknown_table`, `unknown_field`, `row_not_found`,
    ///   `version_conflict`, and as ``insert(_:id:_:)``.
    public mutating func update(
        _ table: String, id: RowID, _ fields: [String: Value], expecting version: UInt32? = nil
    ) throws {
        let plan = try engine.schema.table(table)
        let number = try engine.number(of: id, in: plan.number, expecting: version)
        try update(plan, number, given(fields, plan))
    }

    /// Adds the row, or changes the given fields where it is there already.
    ///
    /// - Throws: ``DatabaseError``: as ``insert(_:id:_:)``.
    public mutating func put(_ table: String, id: RowID, _ fields: [String: Value]) throws {
        let plan = try engine.schema.table(table)
        let given = try given(fields, plan)
        if let number = engine.tables[plan.number].store.draftNumber(of: id) {
            try update(plan, number, given)
        } else {
            try insert(plan, id, given)
        }
    }

    /// Takes a row away, and what refers to it as the references say.
    ///
    /// - Throws: ``DatabaseError``: `unknown_table`, `row_not_found`, `reference_violation`.
    public mutating func delete(_ table: String, id: RowID) throws {
        let plan = try engine.schema.table(table)
        let number = try engine.number(of: id, in: plan.number, expecting: nil)
        try engine.delete(plan.number, number)
    }

    /// Adds a row whose values stand in schema order; nil where none is given.
    package mutating func insert(
        _ plan: TablePlan, _ id: RowID, _ given: [Value?]
    ) throws {
        var values: [Value] = []
        values.reserveCapacity(given.count)
        for (index, value) in given.enumerated() {
            let field = plan.schema.fields[index]
            let isTimed = field.role != .none
            values.append(
                value ?? field.defaultValue ?? (isTimed ? .timestamp(time) : .null))
        }
        try RowCodec.encode(values, plan, row: id, into: &engine.builder)
        try engine.insert(plan.number, id)
    }

    /// Changes the values that are given.
    package mutating func update(
        _ plan: TablePlan, _ number: UInt32, _ given: [Value?]
    ) throws {
        let old = engine.record(number, plan)
        var values = old.values
        for (index, value) in given.enumerated() where value != nil {
            values[index] = value ?? .null
        }
        if values != old.values {
            for index in plan.setOnUpdate where given[index] == nil {
                values[index] = .timestamp(time)
            }
        }
        try RowCodec.encode(values, plan, row: old.id, into: &engine.builder)
        try engine.update(plan.number, number)
    }

    private func given(_ fields: [String: Value], _ plan: TablePlan) throws -> [Value?] {
        var given = [Value?](repeating: nil, count: plan.schema.fields.count)
        for (name, value) in fields {
            let index = try plan.index(ofField: name)
            guard index >= 0 else {
                throw DatabaseError(
                    .unsupported, "The identifier of a row is given beside its fields.",
                    table: plan.name, fields: ["id"])
            }
            given[index] = value
        }
        return given
    }
}
