internal import TufaBytes
internal import TufaIndex
internal import TufaModel

extension Engine {
    /// Takes a row away, and does what the references to it ask for.
    ///
    /// The rows that go are found first and nothing is changed when one of them may not go.
    /// - Throws: `reference_violation` where a reference restricts.
    /// - Complexity: O(rows that go · log rows) where an index leads with each referring field;
    ///   a scan of the referring table for each row where none does.
    func delete(_ tableIndex: Int, _ number: UInt32) throws {
        var doomed = [RowAddress(table: tableIndex, number: number)]
        var known: Set<RowAddress> = [doomed[0]]
        var orphans: [(row: RowAddress, field: Int)] = []
        var restricted: [(row: RowAddress, field: Int, target: RowAddress)] = []
        var next = 0
        while next < doomed.count {
            let target = doomed[next]
            next += 1
            for reference in tables[target.table].plan.referrers {
                for number in referrers(reference, to: target) {
                    let row = RowAddress(table: reference.table, number: number)
                    switch reference.onDelete {
                    case .cascade: if known.insert(row).inserted { doomed.append(row) }
                    case .setNull: orphans.append((row, reference.fieldIndex))
                    case .restrict: restricted.append((row, reference.fieldIndex, target))
                    }
                }
            }
        }
        // A row that goes itself holds nothing back.
        if let holder = restricted.first(where: { !known.contains($0.row) }) {
            throw stillReferenced(holder)
        }
        // All are checked before any is changed, so that a refusal leaves nothing half done.
        orphans.removeAll { known.contains($0.row) }
        for (row, field) in orphans { try setNull(row, field, checksOnly: true) }
        for (row, field) in orphans { try setNull(row, field, checksOnly: false) }
        for row in doomed.reversed() { remove(row.table, row.number) }
    }

    private func stillReferenced(
        _ holder: (row: RowAddress, field: Int, target: RowAddress)
    ) -> DatabaseError {
        let plan = tables[holder.row.table].plan
        return DatabaseError.stillReferenced(
            table: tables[holder.target.table].plan.name, row: id(of: holder.target),
            by: plan.name, field: plan.fieldName(holder.field), referrerRow: id(of: holder.row))
    }

    func id(of row: RowAddress) -> RowID {
        let rows = tables[row.table].store.rows
        return unsafe rows.version(rows.newest(row.number)).id
    }

    private func setNull(_ row: RowAddress, _ field: Int, checksOnly: Bool) throws {
        let table = tables[row.table]
        let old = unsafe table.store.rows.version(table.store.rows.newest(row.number)).body
        let layout = table.plan.layout
        builder.begin(layout)
        for index in layout.fields.indices {
            if index == field {
                builder.setNull(index, layout.fields[index])
            } else {
                unsafe RowMerge.copy(
                    index, of: old, layout, as: index, layout.fields[index], into: &builder)
            }
        }
        try update(row.table, row.number, checksOnly: checksOnly)
    }

    /// The rows whose reference names `target`.
    func referrers(_ reference: ReferencePlan, to target: RowAddress) -> [UInt32] {
        let table = tables[reference.table]
        let id = id(of: target)
        let field = table.plan.layout.fields[reference.fieldIndex]
        var found: [UInt32] = []
        if let index = table.plan.index(leadingWith: reference.fieldIndex) {
            let tree = table.store.indexes[index]
            let isDescending = table.plan.indexes[index].key.columns[0].isDescending
            unsafe withUnsafeTemporaryAllocation(byteCount: 24, alignment: 8) { memory in
                var key = unsafe KeyBuffer(
                    base: memory.baseAddress.unsafelyUnwrapped, capacity: 24)
                if field.isOptional { unsafe key.appendPresent(descending: isDescending) }
                unsafe key.append(id: id, descending: isDescending)
                var cursor = TreeCursor(tree, root: tree.draft, position: .max)
                unsafe cursor.seek(key.bytes)
                while let number = cursor.next(), refers(number, table, reference, id) {
                    found.append(number)
                }
            }
        } else {
            let tree = table.store.primary
            var cursor = TreeCursor(tree, root: tree.draft, position: .max)
            while let number = cursor.next() {
                if refers(number, table, reference, id) { found.append(number) }
            }
        }
        return found
    }

    private func refers(
        _ number: UInt32, _ table: TableState, _ reference: ReferencePlan, _ id: RowID
    ) -> Bool {
        let body = unsafe table.store.rows.version(table.store.rows.newest(number)).body
        return unsafe !body.isNull(reference.fieldIndex)
            && body.rowID(table.plan.layout.fields[reference.fieldIndex]) == id
    }
}

/// A row by table and row number.
struct RowAddress: Hashable {
    let table: Int
    let number: UInt32
}
