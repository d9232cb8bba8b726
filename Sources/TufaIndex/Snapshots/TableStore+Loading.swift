internal import TufaBytes

extension TableStore {
    /// The trees in the order of snapshots: the primary one, then the indexes.
    package var trees: [Tree] { [primary] + indexes }

    /// The roots in the same order.
    package static func roots(_ roots: TableRoots) -> [TreeRoot] { [roots.primary] + roots.indexes }

    /// Notes what a load has brought; every tree has an entry for each row.
    ///
    /// - Throws: `damaged` where they do not agree.
    package func endLoad(rowCount: Int, bodyByteCount: Int) throws {
        for tree in trees where tree.draft.count != rowCount {
            throw DatabaseError(
                .damaged,
                "In a snapshot, a tree of \(tree.draft.count) entries serves \(rowCount) rows.")
        }
        adjustBodyBytes(bodyByteCount)
    }
}
