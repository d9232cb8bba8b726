internal import TufaBytes
internal import TufaIndex
internal import TufaModel
internal import TufaStorage

extension Engine {
    /// Adds a row.
    ///
    /// - Throws: `row_exists`, `unique_violation`, `reference_violation`, `check_violation`,
    ///   `value_too_long` for a key, `limit_exceeded` for a table that is full.
    @unsafe
    func insert(_ table: TableState, _ id: RowID, _ bytes: UnsafeRawBufferPointer) throws {
        try checkRoom(table)
        guard id != .none else {
            throw DatabaseError(
                .typeMismatch, "A row of \(table.plan.name) has the identifier of zeros.",
                table: table.plan.name, fields: ["id"], advice: "Give each row one of its own.")
        }
        if table.store.draftNumber(of: id) != nil {
            throw DatabaseError.rowExists(table: table.plan.name, row: id)
        }
        let body = unsafe RowBody(
            base: bytes.baseAddress.unsafelyUnwrapped, byteCount: bytes.count)
        for index in table.plan.indexes.indices {
            unsafe try checkKey(index, of: id, body, in: table)
        }
        // An array that is walked is counted, and most of these are empty.
        if !table.plan.references.isEmpty {
            for reference in table.plan.references {
                unsafe try checkReference(reference, of: id, body, in: table)
            }
        }
        unsafe try checkChecks(of: id, body, in: table)
        if table.lacksAnalyzer, !writesWithoutAnalyzers {
            try table.checkAnalyzers { unsafe !body.isNull($0) }
        }
        position += 1
        unsafe buffer.append(
            EventHeader(
                kind: .create, table: UInt16(table.plan.number),
                schemaVersion: schema.schema.version, id: id, previousPosition: 0, rowVersion: 1),
            payload: bytes)
        let change = unsafe table.store.insert(
            id, body: bytes, position: position, schemaVersion: schema.schema.version)
        changes.append(AppliedChange(table.plan.number, change))
    }

    /// Adds the row whose body is in ``builder``.
    ///
    /// - Throws: as ``insert(_:_:_:)``.
    func insert(_ tableIndex: Int, _ id: RowID) throws {
        try withTable(tableIndex) { unsafe try insert($0, id, builder.bytes) }
    }

    /// Replaces the row `number` by the body in ``builder``; false where nothing changes.
    ///
    /// With `checksOnly` the rules are asked and nothing is done.
    /// - Throws: as ``insert(_:_:_:)``.
    @discardableResult
    func update(
        _ tableIndex: Int, _ number: UInt32, checksOnly: Bool = false
    ) throws -> Bool {
        let table = tables[tableIndex]
        try checkRoom(table)
        let layout = table.plan.layout
        let old = unsafe table.store.rows.version(table.store.rows.newest(number))
        let oldBody = unsafe old.body
        let id = unsafe old.id
        let bytes = unsafe builder.bytes
        let body = unsafe RowBody(
            base: bytes.baseAddress.unsafelyUnwrapped, byteCount: bytes.count)
        return unsafe try withUnsafeTemporaryAllocation(
            byteCount: layout.nullByteCount, alignment: 1
        ) { bitmap in
            _ = unsafe bitmap.initializeMemory(as: UInt8.self, repeating: 0)
            var isChanged = false
            for index in layout.fields.indices {
                if unsafe !RowMerge.isEqual(index, oldBody, body, layout) {
                    unsafe bitmap[index >> 3] |= 1 << UInt8(index & 7)
                    isChanged = true
                }
            }
            guard isChanged else { return false }
            unsafe try checkUpdate(id, oldBody, body, UnsafeRawBufferPointer(bitmap), in: table)
            if checksOnly { return true }
            unsafe appendUpdate(tableIndex, old, body, UnsafeRawBufferPointer(bitmap))
            let change = unsafe table.store.update(
                number, body: bytes, position: position, schemaVersion: schema.schema.version)
            changes.append(AppliedChange(tableIndex, change))
            return true
        }
    }

    private func checkUpdate(
        _ id: RowID, _ old: RowBody, _ new: RowBody, _ bitmap: UnsafeRawBufferPointer,
        in table: TableState
    ) throws {
        func isChanged(_ field: Int) -> Bool {
            unsafe field >= 0 && bitmap[field >> 3] & (1 << UInt8(field & 7)) != 0
        }
        for (index, plan) in table.plan.indexes.enumerated()
        where plan.key.columns.contains(where: { isChanged($0.fieldIndex) }) {
            unsafe try checkKey(index, of: id, new, in: table)
        }
        for reference in table.plan.references where isChanged(reference.fieldIndex) {
            unsafe try checkReference(reference, of: id, new, in: table)
        }
        unsafe try checkChecks(of: id, new, in: table)
        if table.lacksAnalyzer, !writesWithoutAnalyzers {
            try table.checkAnalyzers(isChanged)
        }
    }

    private func appendUpdate(
        _ tableIndex: Int, _ old: RowVersion, _ body: RowBody, _ bitmap: UnsafeRawBufferPointer
    ) {
        let layout = tables[tableIndex].plan.layout
        let changed = unsafe changeLayouts[tableIndex].layout(for: bitmap)
        changeBuilder.begin(changed)
        var next = 0
        for index in layout.fields.indices
        where unsafe bitmap[index >> 3] & (1 << UInt8(index & 7)) != 0 {
            unsafe RowMerge.copy(
                index, of: body, layout, as: next, changed.fields[next], into: &changeBuilder)
            next += 1
        }
        position += 1
        unsafe buffer.append(
            EventHeader(
                kind: .update, table: UInt16(tableIndex), schemaVersion: schema.schema.version,
                id: old.id, previousPosition: old.position, rowVersion: old.rowVersion &+ 1),
            payload: bitmap, changeBuilder.bytes)
    }

    /// Takes one row away, without a look at who refers to it.
    func remove(_ tableIndex: Int, _ number: UInt32) {
        let table = tables[tableIndex]
        let old = unsafe table.store.rows.version(table.store.rows.newest(number))
        position += 1
        unsafe buffer.append(
            EventHeader(
                kind: .delete, table: UInt16(tableIndex), schemaVersion: schema.schema.version,
                id: old.id, previousPosition: old.position, rowVersion: old.rowVersion &+ 1),
            payload: UnsafeRawBufferPointer(start: nil, count: 0))
        changes.append(AppliedChange(tableIndex, table.store.delete(number, position: position)))
    }
}
