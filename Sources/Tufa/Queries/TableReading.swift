internal import TufaBytes
internal import TufaIndex
internal import TufaModel

/// One table as of one moment: what queries run on, in a view or inside a transaction.
struct TableReading {
    let table: TableState
    let roots: TableRoots
    let position: UInt64

    var plan: TablePlan { table.plan }

    /// The row of an identifier.
    @unsafe
    func row(_ id: RowID) -> RowVersion? {
        guard let number = table.store.number(of: id, in: roots.primary, at: position) else {
            return nil
        }
        return unsafe table.store.rows.visible(number, at: position)
    }

    func tree(_ access: Plan.Access) -> (Tree, TreeRoot)? {
        switch access {
        case .nothing: nil
        case .primary: (table.store.primary, roots.primary)
        case .index(let number): (table.store.indexes[number], roots.indexes[number])
        }
    }
}
