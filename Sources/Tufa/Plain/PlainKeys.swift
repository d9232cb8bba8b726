internal import TufaBytes
internal import TufaModel

/// The values of one unique index, each with the rows that have them.
struct PlainKeys {
    let index: IndexPlan
    private let plan: TablePlan
    private var owners: [[Value]: [RowID]] = [:]

    init(_ index: IndexPlan, of plan: TablePlan) {
        self.index = index
        self.plan = plan
    }

    /// The sets of all unique indexes of a table.
    static func all(of plan: TablePlan) -> [PlainKeys] {
        plan.indexes.filter(\.isUnique).map { PlainKeys($0, of: plan) }
    }

    /// The values of a row; nil where a NULL among them makes it distinct from every other.
    private func values(_ id: RowID, _ body: [UInt8]) -> [Value]? {
        let values = unsafe body.withRowBody { body in
            index.fieldIndexes.map {
                $0 < 0 ? .uuid(id) : unsafe RowCodec.value($0, body, plan.layout)
            }
        }
        return values.contains(where: \.isNull) ? nil : values
    }

    /// Notes a row, and gives the one that has the same values already.
    mutating func add(_ id: RowID, _ body: [UInt8]) -> RowID? {
        guard let values = values(id, body) else { return nil }
        let other = owners[values]?.first { $0 != id }
        owners[values, default: []].append(id)
        return other
    }

    /// Takes a row out.
    mutating func remove(_ id: RowID, _ body: [UInt8]) {
        guard let values = values(id, body) else { return }
        owners[values]?.removeAll { $0 == id }
        if owners[values]?.isEmpty == true { owners[values] = nil }
    }

    /// The error of a row whose values another one has.
    func conflict(_ id: RowID, _ body: [UInt8], with owner: RowID) -> DatabaseError {
        DatabaseError.unique(
            table: plan.name, fields: index.fieldIndexes.map(plan.fieldName),
            values: values(id, body) ?? [], index: index.name, row: owner)
    }
}
