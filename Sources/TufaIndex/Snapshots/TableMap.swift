/// How a saved table lies in the sections of a snapshot.
package struct TableMap: Sendable, Equatable {
    /// Its rows.
    package var rows: RowMap
    /// Its trees, in the order of ``TableStore/trees``.
    package var trees: [TreeMap]

    package init(rows: RowMap, trees: [TreeMap]) {
        self.rows = rows
        self.trees = trees
    }
}
