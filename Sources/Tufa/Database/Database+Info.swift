internal import TufaBytes
internal import TufaIndex
package import TufaModel
internal import TufaSearch
internal import TufaStorage

extension Database {
    /// What the database is made of: tables, indexes, files, and the hash of its state.
    ///
    /// - Throws: ``DatabaseError`` `io`.
    /// - Complexity: O(bytes of all rows), for the hash.
    public func info() throws -> DatabaseInfo {
        let manifest = directory.manifest
        let files = try fileInfos()
        return try view().read { state in
            DatabaseInfo(
                position: state.position, time: Timestamp(microseconds: state.time),
                stateHash: StateHash(state).text,
                tables: state.tables.indices.map { tableInfo($0, state) }, files: files,
                residentByteCount: ProcessMemory.residentByteCount(),
                databaseID: manifest.databaseID, lineage: manifest.lineage)
        }
    }

    private func tableInfo(_ number: Int, _ state: PublishedState) -> DatabaseInfo.TableInfo {
        let table = state.tables[number].state
        let roots = state.tables[number].roots
        var indexes: [DatabaseInfo.IndexInfo] = []
        for (index, tree) in table.store.trees.enumerated() {
            indexes.append(
                DatabaseInfo.IndexInfo(
                    name: index == 0 ? "primary" : table.plan.indexes[index - 1].name,
                    entryCount: TableStore.roots(roots)[index].count, byteCount: tree.byteCount))
        }
        for (index, text) in table.texts.enumerated() {
            indexes.append(
                DatabaseInfo.IndexInfo(
                    name: table.plan.fullText[index].name,
                    entryCount: state.tables[number].textRoots(index).liveCount,
                    byteCount: text.byteCount))
        }
        return DatabaseInfo.TableInfo(
            name: table.plan.name, rowCount: roots.rowCount, byteCount: roots.bodyByteCount,
            residentByteCount: table.store.rows.arena.usedByteCount, indexes: indexes)
    }

    private func fileInfos() throws -> [DatabaseInfo.FileInfo] {
        var files: [DatabaseInfo.FileInfo] = []
        let system = directory.fileSystem
        for name in try system.list(path).sorted() {
            guard let status = try system.status(of: path + "/" + name) else { continue }
            guard status.isDirectory else {
                files.append(DatabaseInfo.FileInfo(name: name, byteCount: status.byteCount))
                continue
            }
            for inner in try system.list(path + "/" + name).sorted() {
                let inside = name + "/" + inner
                // A file that is being made or removed may be gone by now.
                guard let status = try system.status(of: path + "/" + inside) else { continue }
                files.append(DatabaseInfo.FileInfo(name: inside, byteCount: status.byteCount))
            }
        }
        return files
    }

    /// The plan of a table, for callers that write many rows.
    ///
    /// - Throws: `unknown_table`.
    package func plan(of table: String) throws -> TablePlan {
        try view().hold.state.schema.table(table)
    }
}
