internal import TufaBytes
internal import TufaIndex
internal import TufaModel
internal import TufaSearch
internal import TufaStorage

/// The state of a database in the sections of a snapshot file (`Docs/Format/Snapshot.md`,
/// "Sections of the state").
enum SnapshotState {
    /// The kinds of sections; `a` is the table, `b` the tree or the text index.
    enum Kind {
        static let slots: UInt32 = 1
        static let rows: UInt32 = 2
        static let nodes: UInt32 = 3
        static let tails: UInt32 = 4
        /// Written by versions before this one, without the analyzer; it is not read.
        static let nameless: UInt32 = 5
        static let text: UInt32 = 6
    }

    /// What the metadata say of one table.
    struct TableHead {
        var rowLimit: UInt32
        var rowByteCount: UInt64
        var entryCount: UInt64
        var nodeCounts: [UInt32]
    }

    // MARK: Writing

    /// Writes everything that a state shows.
    ///
    /// - Complexity: O(bytes of rows, trees and texts); the writer of the database goes on.
    /// - Returns: The name of the file, relative to the database's folder.
    static func save(_ state: PublishedState, to writer: SnapshotWriter) throws -> String {
        var heads: [TableHead] = []
        for (number, table) in state.tables.enumerated() {
            heads.append(
                try save(
                    table.state, UInt32(number), table.roots, table.texts, state.position,
                    to: writer))
        }
        return try writer.finish(
            metadata: encode(heads, state.schema.schema), stateHash: StateHash(state).rowID)
    }

    private static func save(
        _ table: TableState, _ number: UInt32, _ roots: TableRoots, _ texts: [TextRoots],
        _ position: UInt64, to writer: SnapshotWriter
    ) throws -> TableHead {
        let rows = table.store.rows
        let sink: ByteSink = { unsafe try writer.write($0) }
        writer.begin(SnapshotSection(kind: Kind.slots, a: number))
        let rowByteCount = unsafe try rows.saveSlots(
            limit: roots.rowLimit, position: position, to: sink)
        try writer.endSection()
        writer.begin(SnapshotSection(kind: Kind.rows, a: number))
        unsafe try rows.saveRows(limit: roots.rowLimit, position: position, to: sink)
        try writer.endSection()
        var head = TableHead(
            rowLimit: roots.rowLimit, rowByteCount: UInt64(rowByteCount),
            entryCount: UInt64(roots.rowCount), nodeCounts: [])
        for (index, (tree, root)) in zip(table.store.trees, TableStore.roots(roots)).enumerated() {
            writer.begin(SnapshotSection(kind: Kind.nodes, a: number, b: UInt32(index)))
            let (nodeCount, tails) = unsafe try tree.saveNodes(of: root, to: sink)
            try writer.endSection()
            writer.begin(SnapshotSection(kind: Kind.tails, a: number, b: UInt32(index)))
            unsafe try tree.saveTails(tails, to: sink)
            try writer.endSection()
            head.nodeCounts.append(UInt32(nodeCount))
        }
        for (index, text) in table.texts.enumerated() {
            writer.begin(SnapshotSection(kind: Kind.text, a: number, b: UInt32(index)))
            let fingerprint = text.analyzer.id.fingerprint
            unsafe try withUnsafeBytes(of: fingerprint.littleEndian) { unsafe try writer.write($0) }
            if text.analyzer.isAvailable {
                unsafe try text.save(roots: texts[index], position: position, into: sink)
            }
            try writer.endSection()
        }
        return head
    }

    // MARK: Reading

    /// Brings a snapshot into memory.
    ///
    /// - Throws: `damaged` where a page or what is in it is not what was written.
    /// - Complexity: O(bytes); nothing is inserted and no text is analyzed.
    static func load(
        _ reader: SnapshotReader, _ codeChecks: [String: [CodeCheck]], _ analyzers: AnalyzerCatalog
    ) throws -> Engine {
        do {
            let (heads, schema) = try decode(reader.metadata)
            let engine = Engine(
                schema: try SchemaPlan(schema), codeChecks: codeChecks, analyzers: analyzers)
            guard heads.count == engine.tables.count else {
                throw DatabaseError(.damaged, "The metadata name other tables than the schema.")
            }
            for (number, head) in heads.enumerated() {
                let (table, stale) = try load(
                    engine.tables[number], UInt32(number), head, reader)
                engine.tables[number] = table
                for (index, reason) in stale { engine.rebuildText(index, of: table, reason) }
            }
            engine.position = reader.position
            engine.time = reader.time
            engine.lastReclaim = reader.position
            return engine
        } catch var error as DatabaseError {
            if error.file == nil { error.file = reader.name }
            throw error
        }
    }

    private static func load(
        _ table: TableState, _ number: UInt32, _ head: TableHead, _ reader: SnapshotReader
    ) throws -> (TableState, staleTexts: [(Int, StaleText)]) {
        let store = table.store
        func source(_ kind: UInt32, _ b: UInt32 = 0) -> ByteSource {
            let section = SnapshotSection(kind: kind, a: number, b: b)
            return { unsafe try reader.read(section, into: $0) }
        }
        func size(_ kind: UInt32, _ b: UInt32 = 0) throws -> Int {
            guard let count = reader.byteCount(of: SnapshotSection(kind: kind, a: number, b: b))
            else { throw DatabaseError(.damaged, "The section \(kind) \(number) \(b) is missing.") }
            return count
        }
        guard head.nodeCounts.count == store.trees.count, head.rowLimit >= 1,
            try size(Kind.rows) == Int(clamping: head.rowByteCount),
            try size(Kind.slots) == (Int(head.rowLimit) - 1) * 4
        else { throw DatabaseError(.damaged, "The metadata and the sections do not agree.") }
        let (rowCount, bodyByteCount) = unsafe try store.rows.load(
            limit: head.rowLimit, rowByteCount: Int(head.rowByteCount), layout: store.layout,
            slots: source(Kind.slots), rows: source(Kind.rows))
        for (index, tree) in store.trees.enumerated() {
            let b = UInt32(index)
            guard try size(Kind.nodes, b) == Int(head.nodeCounts[index]) * 1024 else {
                throw DatabaseError(.damaged, "A tree has another size than the metadata say.")
            }
            unsafe try tree.load(
                entryCount: Int(clamping: head.entryCount), nodeCount: Int(head.nodeCounts[index]),
                tailByteCount: try size(Kind.tails, b), rowLimit: head.rowLimit,
                nodes: source(Kind.nodes, b), tails: source(Kind.tails, b))
        }
        try store.endLoad(rowCount: rowCount, bodyByteCount: bodyByteCount)
        var texts: [TextIndex] = []
        var stale: [(Int, StaleText)] = []
        for (index, empty) in table.texts.enumerated() {
            switch try loadText(empty, number, UInt32(index), rowLimit: head.rowLimit, reader) {
            case .success(let text): texts.append(text)
            case .failure(let reason):
                texts.append(empty)
                if empty.analyzer.isAvailable { stale.append((index, reason)) }
            }
        }
        let loaded = TableState(
            plan: table.plan, store: store, texts: texts, codeChecks: table.codeChecks)
        return (loaded, stale)
    }

    /// The text index that takes the place of an empty one, or why there is none.
    private static func loadText(
        _ empty: TextIndex, _ table: UInt32, _ index: UInt32, rowLimit: UInt32,
        _ reader: SnapshotReader
    ) throws -> Result<TextIndex, StaleText> {
        let section = SnapshotSection(kind: Kind.text, a: table, b: index)
        guard reader.byteCount(of: section) != nil else {
            let old = SnapshotSection(kind: Kind.nameless, a: table, b: index)
            if reader.byteCount(of: old) != nil { return .failure(.otherVersion) }
            throw DatabaseError(.damaged, "The text index \(table) \(index) is missing.")
        }
        let bytes = try reader.contents(of: section)
        guard bytes.count >= 8 else {
            throw DatabaseError(.damaged, "The text index \(table) \(index) is cut off.")
        }
        return unsafe try bytes.withUnsafeBytes { memory in
            let fingerprint = unsafe UInt64(littleEndian: memory.loadUnaligned(as: UInt64.self))
            guard empty.analyzer.isAvailable, fingerprint == empty.analyzer.id.fingerprint else {
                let isLeftOut = fingerprint == AnalyzerID.missingFingerprint
                return .failure(isLeftOut ? .leftOut : .otherVersion)
            }
            return unsafe .success(
                try TextIndex(
                    loading: UnsafeRawBufferPointer(rebasing: memory[8...]), weights: empty.weights,
                    analyzer: empty.analyzer, rowLimit: rowLimit, name: reader.name))
        }
    }

    // MARK: Metadata

    /// The schema that a snapshot tells of.
    static func schema(of reader: SnapshotReader) throws -> DatabaseSchema {
        try decode(reader.metadata).1
    }

    /// Version 1 had text indexes that do not say by which analyzer.
    private static let versions: ClosedRange<UInt32> = 1...2

    private static func encode(_ heads: [TableHead], _ schema: DatabaseSchema) -> [UInt8] {
        var writer = ByteWriter()
        writer.u32(versions.upperBound)
        writer.u32(UInt32(heads.count))
        for head in heads {
            writer.u32(head.rowLimit)
            writer.u32(UInt32(head.nodeCounts.count))
            writer.u64(head.rowByteCount)
            writer.u64(head.entryCount)
            for count in head.nodeCounts { writer.u32(count) }
        }
        writer.bytes(schema.encode())
        return writer.array
    }

    private static func decode(_ bytes: [UInt8]) throws -> ([TableHead], DatabaseSchema) {
        do {
            return try unsafe bytes.withUnsafeBytes { memory in
                var reader = unsafe ByteReader(memory)
                guard versions.contains(try reader.u32()) else {
                    throw DatabaseError(
                        .newerFormat, "The state in the snapshot is of a later version.")
                }
                var heads: [TableHead] = []
                for _ in 0..<(try reader.u32()) {
                    var head = TableHead(
                        rowLimit: try reader.u32(), rowByteCount: 0, entryCount: 0, nodeCounts: [])
                    let treeCount = try reader.u32()
                    head.rowByteCount = try reader.u64()
                    head.entryCount = try reader.u64()
                    for _ in 0..<treeCount { head.nodeCounts.append(try reader.u32()) }
                    heads.append(head)
                }
                return (heads, try DatabaseSchema(decoding: Array(bytes[reader.offset...])))
            }
        } catch let overrun as ByteOverrun {
            throw DatabaseError(.damaged, "The metadata of a snapshot are cut off.", cause: overrun)
        }
    }
}
