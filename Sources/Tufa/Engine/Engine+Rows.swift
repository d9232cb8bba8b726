internal import TufaBytes
internal import TufaIndex
internal import TufaModel

extension Engine {
    /// The number of a row that must be there, at the expected version.
    ///
    /// - Throws: `row_not_found`, `version_conflict`.
    func number(of id: RowID, in table: Int, expecting version: UInt32?) throws -> UInt32 {
        let store = tables[table].store
        guard let number = store.draftNumber(of: id) else {
            throw DatabaseError.rowNotFound(table: tables[table].plan.name, row: id)
        }
        let found = unsafe store.rows.version(store.rows.newest(number)).rowVersion
        if let version, version != found {
            throw DatabaseError.versionConflict(
                table: tables[table].plan.name, row: id, expected: version, found: found)
        }
        return number
    }

    /// The entity of a row as the writer sees it.
    func entity<E: Entity>(_ number: UInt32, _ codec: EntityCodec<E>) -> E {
        let rows = tables[codec.plan.number].store.rows
        let version = unsafe rows.version(rows.newest(number))
        return unsafe codec.decode(version.id, version.body)
    }

    /// The record of a row as the writer sees it.
    func record(_ number: UInt32, _ plan: TablePlan) -> Record {
        let rows = tables[plan.number].store.rows
        return unsafe Record(rows.version(rows.newest(number)), plan)
    }

    /// Whether the body in ``builder`` differs from the row's.
    func differs(_ table: Int, _ number: UInt32) -> Bool {
        let rows = tables[table].store.rows
        let body = unsafe rows.version(rows.newest(number)).body
        return unsafe !UnsafeRawBufferPointer(start: body.base, count: body.byteCount)
            .elementsEqual(builder.bytes)
    }
}

extension Record {
    /// The record of a row version.
    @unsafe
    init(_ version: RowVersion, _ plan: TablePlan) {
        unsafe self.init(
            shape: plan.shape, id: version.id, version: version.rowVersion,
            position: version.position, values: RowCodec.decode(version.body, plan.layout))
    }
}
