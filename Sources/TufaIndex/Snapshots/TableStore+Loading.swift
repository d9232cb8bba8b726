internal import TufaBytes

extension TableStore {
    /// The trees in the order of snapshots: the primary one, then the indexes.
    package var trees: [Tree] { [primary] + indexes }

    /// The roots in the same order.
    package static func roots(_ roots: TableRoots) -> [TreeRoot] { [roots.primary] + roots.indexes }

    /// Where a load gets the bytes of one tree.
    package struct TreeSource {
        package var nodes: any SectionSource
        package var tails: any SectionSource
        package var tailByteCount: Int

        package init(
            nodes: any SectionSource, tails: any SectionSource, tailByteCount: Int
        ) {
            self.nodes = nodes
            self.tails = tails
            self.tailByteCount = tailByteCount
        }
    }

    /// Takes over a saved table, into an empty one: its parts are read and checked when they are
    /// needed, and all of them by warming each of ``coldChunks``.
    ///
    /// What cannot be read is told to `fault`, which is to be asked before anything that was found
    /// in the table, or made of it, counts. - Throws: `damaged` where the map is impossible.
    /// - Complexity: O(chunks); no I/O.
    package func beginLoad(
        _ map: TableMap, slots: any SectionSource, rows readRows: any SectionSource,
        trees sources: [TreeSource], _ fault: LoadFault
    ) throws {
        guard map.trees.count == trees.count, sources.count == trees.count,
            map.trees.allSatisfy({ $0.entryCount == map.rows.rowCount })
        else { throw DatabaseError.damagedSnapshot("a tree does not serve all rows") }
        try rows.beginLoad(map.rows, layout: layout, slots: slots, rows: readRows, fault)
        for (tree, (map, source)) in zip(trees, zip(map.trees, sources)) {
            try tree.beginLoad(
                map, tailByteCount: source.tailByteCount, rowLimit: rows.numberLimit,
                nodes: source.nodes, tails: source.tails, fault)
        }
        adjustBodyBytes(map.rows.bodyByteCount)
    }

    /// The parts that a load left to be read when they are needed, slots first.
    package var coldChunks: [ColdChunk] {
        let directories =
            [rows.slots, rows.arena.directory]
            + trees.flatMap { [$0.tails.directory, $0.slab.directory] }
        return directories.flatMap { directory in
            (0..<directory.coldChunkCount).map { ColdChunk(directory: directory, index: $0) }
        }
    }
}

/// One chunk of a table that may not be loaded yet.
package struct ColdChunk: Sendable {
    let directory: ChunkDirectory
    let index: Int

    /// Loads it, unless it is there.
    package func warm() { directory.warm(chunk: index) }
}
