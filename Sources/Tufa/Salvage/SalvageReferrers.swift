internal import TufaBytes
internal import TufaIndex
internal import TufaModel

/// Finds the rows that refer to a row, also where no index of the schema leads to them.
///
/// A transaction scans the table then. A salvage that takes over a million deletions cannot, so at
/// the first question it makes a list of who refers to whom and keeps it; who is on the list and
/// refers to another row meanwhile is left out when it is asked.
final class SalvageReferrers {
    private struct Reference: Hashable {
        let table: Int
        let field: Int
    }

    private let engine: Engine
    private var lists: [Reference: [RowID: Set<UInt32>]] = [:]

    init(_ engine: Engine) { self.engine = engine }

    /// - Complexity: O(log rows + found); the first time for a reference without an index, O(rows).
    func rows(referringTo target: RowAddress) -> [RowKey] {
        engine.tables[target.table].plan.referrers.flatMap { reference in
            let plan = engine.tables[reference.table].plan
            let numbers =
                plan.index(leadingWith: reference.fieldIndex) == nil
                ? listed(reference, engine.id(of: target))
                : engine.referrers(reference, to: target)
            return numbers.map {
                RowKey(
                    table: reference.table,
                    id: engine.id(of: RowAddress(table: reference.table, number: $0)))
            }
        }
    }

    /// Notes that a row was written.
    func note(_ key: RowKey, _ number: UInt32?) {
        guard let number else { return }
        for reference in lists.keys where reference.table == key.table {
            guard let target = target(of: number, reference) else { continue }
            lists[reference]?[target, default: []].insert(number)
        }
    }

    private func listed(_ plan: ReferencePlan, _ id: RowID) -> [UInt32] {
        let reference = Reference(table: plan.table, field: plan.fieldIndex)
        if lists[reference] == nil { lists[reference] = list(reference) }
        return (lists[reference]?[id] ?? []).sorted().filter { target(of: $0, reference) == id }
    }

    private func list(_ reference: Reference) -> [RowID: Set<UInt32>] {
        var found: [RowID: Set<UInt32>] = [:]
        let tree = engine.tables[reference.table].store.primary
        var cursor = TreeCursor(tree, root: tree.draft, position: .max)
        while let number = cursor.next() {
            guard let target = target(of: number, reference) else { continue }
            found[target, default: []].insert(number)
        }
        return found
    }

    /// The row that a row refers to; nil where it refers to none or is not there any more.
    private func target(of number: UInt32, _ reference: Reference) -> RowID? {
        let table = engine.tables[reference.table]
        guard let version = unsafe table.store.rows.visible(number, at: .max) else { return nil }
        let body = unsafe version.body
        let field = table.plan.layout.fields[reference.field]
        return unsafe body.isNull(reference.field) ? nil : body.rowID(field)
    }
}
