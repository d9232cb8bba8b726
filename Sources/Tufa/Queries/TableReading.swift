internal import TufaBytes
internal import TufaIndex
internal import TufaModel

/// One table as of one moment: what queries run on, in a view or inside a transaction.
struct TableReading {
    let table: TableState
    let roots: TableRoots
    let position: UInt64
    /// Which rows there are for whoever reads.
    var restriction: RowRestriction?

    var plan: TablePlan { table.plan }

    /// The row of an identifier.
    @unsafe
    func row(_ id: RowID) -> RowVersion? {
        guard let version = unsafe table.store.row(of: id, in: roots.primary, at: position)
        else { return nil }
        if let restriction, unsafe !restriction.program.matches(id: version.id, body: version.body)
        {
            return nil
        }
        return unsafe version
    }

    /// A condition, among the rows that there are for whoever reads.
    func restricted(_ predicate: Predicate) -> Predicate {
        guard let restriction else { return predicate }
        return predicate == .all
            ? restriction.predicate : .and([predicate, restriction.predicate])
    }

    func tree(_ access: Plan.Access) -> (Tree, TreeRoot)? {
        switch access {
        case .nothing: nil
        case .primary: (table.store.primary, roots.primary)
        case .index(let number): (table.store.indexes[number], roots.indexes[number])
        }
    }
}
