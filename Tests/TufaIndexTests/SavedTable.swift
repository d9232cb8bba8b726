import Synchronization

@testable import TufaBytes
@testable import TufaIndex

/// A table as it stands in a snapshot, in memory.
struct SavedTable {
    /// The sections, by the names that the format has for them.
    enum Part: Hashable {
        case slots, rows
        case nodes(Int)
        case tails(Int)
    }

    var map: TableMap
    var sections: [Part: [UInt8]] = [:]

    init(_ store: TableStore, _ roots: TableRoots, position: UInt64) throws {
        map = TableMap(
            rows: RowMap(limit: 1, byteCount: 0, rowCount: 0, bodyByteCount: 0, firstNumbers: []),
            trees: [])
        var bytes: [UInt8] = []
        func take(_ part: Part) {
            sections[part] = bytes
            bytes = []
        }
        map.rows = try store.rows.saveSlots(limit: roots.rowLimit, position: position) {
            bytes += Array($0)
        }
        take(.slots)
        try store.rows.saveRows(limit: roots.rowLimit, position: position) { bytes += Array($0) }
        take(.rows)
        for (number, (tree, root)) in zip(store.trees, TableStore.roots(roots)).enumerated() {
            let (treeMap, tails) = try tree.saveNodes(of: root) { bytes += Array($0) }
            take(.nodes(number))
            try tree.saveTails(tails) { bytes += Array($0) }
            take(.tails(number))
            map.trees.append(treeMap)
        }
    }

    /// Changes a number of a section.
    mutating func put<Number: FixedWidthInteger>(
        _ number: Number, in part: Part, at offset: Int
    ) {
        withUnsafeBytes(of: number.littleEndian) {
            sections[part]?.replaceSubrange(offset..<offset + $0.count, with: $0)
        }
    }

    func number<Number: FixedWidthInteger>(
        _ type: Number.Type, in part: Part, at offset: Int
    ) -> Number {
        (sections[part] ?? []).withUnsafeBytes {
            Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self))
        }
    }

    /// Brings the table into an empty one, part by part when each is needed.
    ///
    /// - Returns: What has been read.
    func load(into store: TableStore, _ fault: LoadFault) throws -> ReadLedger {
        let ledger = ReadLedger()
        func source(_ part: Part) -> Source {
            Source(part: part, bytes: sections[part] ?? [], ledger: ledger)
        }
        try store.beginLoad(
            map, slots: source(.slots), rows: source(.rows),
            trees: map.trees.indices.map {
                TableStore.TreeSource(
                    nodes: source(.nodes($0)), tails: source(.tails($0)),
                    tailByteCount: sections[.tails($0)]?.count ?? 0)
            }, fault)
        return ledger
    }

    /// What was read, and what cannot be.
    final class ReadLedger: Sendable {
        let byteCount = Atomic(0)
        let missing = Mutex<Set<Part>>([])
    }

    private struct Source: SectionSource {
        let part: Part
        let bytes: [UInt8]
        let ledger: ReadLedger

        func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws {
            guard offset >= 0, offset + target.count <= bytes.count,
                !ledger.missing.withLock({ $0.contains(part) })
            else { throw DatabaseError(.damaged, "The part is not there.") }
            ledger.byteCount.wrappingAdd(target.count, ordering: .relaxed)
            bytes[offset..<offset + target.count].withUnsafeBytes { target.copyMemory(from: $0) }
        }
    }
}
