internal import TufaBytes
internal import TufaIndex
internal import TufaModel
internal import TufaStorage

/// What a snapshot says of the sections of its state (`Docs/Format/Snapshot.md`).
struct SnapshotMetadata {
    /// How each table lies in its sections, in the order of the schema.
    var tables: [TableMap]
    var schema: DatabaseSchema

    /// What is written.
    ///
    /// Versions 1 and 2 do not say how tables lie; the first has text indexes that
    /// do not say by which analyzer.
    private static let version: UInt32 = 3

    init(tables: [TableMap], schema: DatabaseSchema) {
        self.tables = tables
        self.schema = schema
    }

    func encode() -> [UInt8] {
        var writer = ByteWriter()
        writer.u32(Self.version)
        writer.u32(UInt32(tables.count))
        for table in tables {
            writer.u32(table.rows.limit)
            writer.u32(UInt32(table.trees.count))
            writer.u64(UInt64(table.rows.byteCount))
            writer.u64(UInt64(table.rows.rowCount))
            writer.u64(UInt64(table.rows.bodyByteCount))
            writer.u32(UInt32(table.rows.firstNumbers.count))
            for number in table.rows.firstNumbers { writer.u32(number) }
            for tree in table.trees {
                writer.u32(tree.nodeCount)
                writer.u32(UInt32(tree.levelStarts.count))
                for start in tree.levelStarts { writer.u32(start) }
                for chunk in tree.chunks {
                    writer.u32(chunk.firstChild)
                    writer.u32(chunk.entryCount)
                }
            }
        }
        writer.bytes(schema.encode())
        return writer.array
    }

    /// What a snapshot says.
    ///
    /// - Throws: `damaged`; `newer_format` for a later version.
    /// - Complexity: O(chunks); O(bytes of rows and trees) for a snapshot of an earlier version.
    init(_ snapshot: SnapshotReader) throws {
        let bytes = snapshot.metadata
        do {
            self = try unsafe bytes.withUnsafeBytes { memory in
                var reader = unsafe ByteReader(memory)
                let version = try reader.u32()
                guard (1...Self.version).contains(version) else {
                    throw DatabaseError(
                        .newerFormat, "The state in the snapshot is of a later version.")
                }
                let tables = try (0..<reader.u32()).map { number in
                    version < Self.version
                        ? try EarlierTable(&reader).map(number, in: snapshot)
                        : try Self.table(&reader)
                }
                return SnapshotMetadata(
                    tables: tables,
                    schema: try DatabaseSchema(decoding: Array(bytes[reader.offset...])))
            }
        } catch let overrun as ByteOverrun {
            throw DatabaseError(.damaged, "The metadata of a snapshot are cut off.", cause: overrun)
        }
    }

    private static func table(_ reader: inout ByteReader) throws -> TableMap {
        let limit = try reader.u32()
        let treeCount = try reader.u32()
        var rows = RowMap(
            limit: limit, byteCount: Int(clamping: try reader.u64()),
            rowCount: Int(clamping: try reader.u64()),
            bodyByteCount: Int(clamping: try reader.u64()), firstNumbers: [])
        for _ in 0..<(try reader.u32()) { rows.firstNumbers.append(try reader.u32()) }
        var trees: [TreeMap] = []
        for _ in 0..<treeCount {
            var tree = TreeMap(nodeCount: try reader.u32(), entryCount: rows.rowCount)
            for _ in 0..<(try reader.u32()) { tree.levelStarts.append(try reader.u32()) }
            for _ in 0..<TreeMap.chunkCount(nodeCount: tree.nodeCount) {
                tree.chunks.append(
                    TreeMap.Chunk(firstChild: try reader.u32(), entryCount: try reader.u32()))
            }
            trees.append(tree)
        }
        return TableMap(rows: rows, trees: trees)
    }
}
