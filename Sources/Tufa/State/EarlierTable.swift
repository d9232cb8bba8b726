internal import TufaBytes
internal import TufaIndex
internal import TufaStorage

/// What the metadata of versions 1 and 2 say of one table; how it lies is seen in the sections.
struct EarlierTable {
    private let rowLimit: UInt32
    private let rowByteCount: UInt64
    private let entryCount: UInt64
    private let nodeCounts: [UInt32]

    init(_ reader: inout ByteReader) throws {
        rowLimit = try reader.u32()
        let treeCount = try reader.u32()
        rowByteCount = try reader.u64()
        entryCount = try reader.u64()
        nodeCounts = try (0..<treeCount).map { _ in try reader.u32() }
    }

    /// How the table lies, as a snapshot of this version would say; what is wrong with it is found
    /// when its parts are loaded.
    ///
    /// - Complexity: O(bytes of the table).
    func map(_ table: UInt32, in snapshot: SnapshotReader) throws -> TableMap {
        let slots = try words(SnapshotSection(kind: SnapshotState.Kind.slots, a: table), snapshot)
        let rows = try words(SnapshotSection(kind: SnapshotState.Kind.rows, a: table), snapshot)
        guard rowLimit >= 1, slots.count == Int(rowLimit) - 1,
            rowByteCount == UInt64(rows.count) * 4
        else { throw Self.disagreement }
        var map = RowMap(
            limit: rowLimit, byteCount: Int(clamping: rowByteCount), rowCount: 0,
            bodyByteCount: 0, firstNumbers: [])
        for (index, reference) in slots.enumerated() where reference != 0 {
            // The length of the body is the second word of a version; a unit is two words.
            let word = (Int(reference) - 1) * 2 + 1
            guard word < rows.count else { throw Self.disagreement }
            map.add(number: UInt32(index + 1), reference: reference, bodyByteCount: rows[word])
        }
        map.finish()
        return TableMap(
            rows: map,
            trees: try nodeCounts.enumerated().map { number, count in
                let section = SnapshotSection(
                    kind: SnapshotState.Kind.nodes, a: table, b: UInt32(number))
                let nodes = try snapshot.contents(of: section)
                guard nodes.count == Int(count) * 1024 else { throw Self.disagreement }
                return TreeMap(savedNodes: nodes, entryCount: Int(clamping: entryCount))
            })
    }

    private func words(_ section: SnapshotSection, _ snapshot: SnapshotReader) throws -> [UInt32] {
        let bytes = try snapshot.contents(of: section)
        return unsafe bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map {
                unsafe UInt32(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self))
            }
        }
    }

    private static var disagreement: DatabaseError {
        DatabaseError(.damaged, "The metadata and the sections do not agree.")
    }
}
