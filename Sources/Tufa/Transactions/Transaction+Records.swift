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
        try build(plan, id, given, &engine.builder)
        try engine.insert(plan.number, id)
    }

    /// Adds `count` rows; `row` gives the identifier and the values of each, in schema order.
    ///
    /// - Parameter refused: Told which row cannot be added and why; it throws to end the whole,
    ///   else the row is left out.
    package mutating func insert(
        _ plan: TablePlan, count: Int, row: (Int) -> (id: RowID, values: [Value?]),
        refused: (Int, any Error) throws -> Void
    ) throws {
        try engine.insert(
            plan.number, count: count,
            build: { index, builder in
                let (id, given) = row(index)
                try build(plan, id, given, &builder)
                return id
            }, refused: refused)
    }

    private func build(
        _ plan: TablePlan, _ id: RowID, _ given: [Value?], _ builder: inout RowBuilder
    ) throws(DatabaseError) {
        builder.begin(plan.layout)
        for index in given.indices {
            let value: Value
            if let some = given[index] {
                value = some
            } else {
                let field = plan.schema.fields[index]
                value = field.defaultValue ?? (field.role == .none ? .null : .timestamp(time))
            }
            try RowCodec.set(value, index, plan, row: id, in: &builder)
        }
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
