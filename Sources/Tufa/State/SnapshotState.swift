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
        /// Written by the first version, without the analyzer; it is not read.
        static let nameless: UInt32 = 5
        static let text: UInt32 = 6
    }

    // MARK: Writing

    /// Writes everything that a state shows.
    ///
    /// - Parameter pace: How it gives way to others.
    /// - Complexity: O(bytes of rows, trees and texts); the writer of the database goes on.
    /// - Returns: The name of the file, relative to the database's folder.
    static func save(
        _ state: PublishedState, to writer: SnapshotWriter, pace: Pace? = nil
    ) throws -> String {
        var maps: [TableMap] = []
        for (number, table) in state.tables.enumerated() {
            maps.append(try save(table, UInt32(number), state.position, to: writer))
        }
        // What stands for a part that could not be read is no state to be kept.
        try state.checkLoaded()
        let metadata = SnapshotMetadata(tables: maps, schema: state.schema.schema)
        return try writer.finish(
            metadata: metadata.encode(), stateHash: StateHash(state, pace: pace).rowID)
    }

    private static func save(
        _ table: PublishedTable, _ number: UInt32, _ position: UInt64, to writer: SnapshotWriter
    ) throws -> TableMap {
        let store = table.state.store
        let roots = table.roots
        let sink: ByteSink = { unsafe try writer.write($0) }
        writer.begin(SnapshotSection(kind: Kind.slots, a: number))
        let rowMap = unsafe try store.rows.saveSlots(
            limit: roots.rowLimit, position: position, to: sink)
        try writer.endSection()
        writer.begin(SnapshotSection(kind: Kind.rows, a: number))
        unsafe try store.rows.saveRows(limit: roots.rowLimit, position: position, to: sink)
        try writer.endSection()
        var map = TableMap(rows: rowMap, trees: [])
        for (index, (tree, root)) in zip(store.trees, TableStore.roots(roots)).enumerated() {
            writer.begin(SnapshotSection(kind: Kind.nodes, a: number, b: UInt32(index)))
            let (treeMap, tails) = unsafe try tree.saveNodes(of: root, to: sink)
            try writer.endSection()
            writer.begin(SnapshotSection(kind: Kind.tails, a: number, b: UInt32(index)))
            unsafe try tree.saveTails(tails, to: sink)
            try writer.endSection()
            map.trees.append(treeMap)
        }
        for (index, text) in table.state.texts.enumerated() {
            writer.begin(SnapshotSection(kind: Kind.text, a: number, b: UInt32(index)))
            let fingerprint = text.analyzer.id.fingerprint
            unsafe try withUnsafeBytes(of: fingerprint.littleEndian) { unsafe try writer.write($0) }
            if text.analyzer.isAvailable {
                unsafe try text.save(
                    roots: table.textRoots(index), position: position, into: sink)
            }
            try writer.endSection()
        }
        return map
    }

    // MARK: Reading

    /// Takes a snapshot over; its parts are read when they are needed, or by
    /// ``SnapshotLoading/finish(inParallel:)``.
    ///
    /// - Parameter onFault: Is told, once, of the first part that could not be read.
    /// - Throws: `damaged` where what is read at once is not what was written.
    /// - Complexity: O(chunks); O(bytes) for a snapshot of an earlier version, or with a text index
    ///   that is built again.
    static func begin(
        _ reader: SnapshotReader, _ codeChecks: [String: [CodeCheck]],
        _ analyzers: AnalyzerCatalog, onFault: @escaping @Sendable (DatabaseError) -> Void
    ) throws -> Engine {
        do {
            let metadata = try SnapshotMetadata(reader)
            let engine = Engine(
                schema: try SchemaPlan(metadata.schema), codeChecks: codeChecks,
                analyzers: analyzers)
            guard metadata.tables.count == engine.tables.count else {
                throw DatabaseError(.damaged, "The metadata name other tables than the schema.")
            }
            let file = SnapshotFile(reader)
            let fault = LoadFault(file: reader.name, onReport: onFault)
            var stale: [(table: Int, text: Int, reason: StaleText)] = []
            for (number, map) in metadata.tables.enumerated() {
                let (table, staleTexts) = try begin(
                    engine.tables[number], UInt32(number), map, file, fault)
                engine.tables[number] = table
                stale += staleTexts.map { (number, $0, $1) }
            }
            engine.loading = SnapshotLoading(file, fault, engine.tables)
            for (table, text, reason) in stale {
                engine.rebuildText(text, of: engine.tables[table], reason)
            }
            try fault.check()
            engine.position = reader.position
            engine.time = reader.time
            engine.lastReclaim = reader.position
            return engine
        } catch var error as DatabaseError {
            if error.file == nil { error.file = reader.name }
            throw error
        }
    }

    /// Brings a whole snapshot into memory.
    ///
    /// - Throws: `damaged` where a page or what is in it is not what was written.
    /// - Complexity: O(bytes).
    static func load(
        _ reader: SnapshotReader, _ codeChecks: [String: [CodeCheck]],
        _ analyzers: AnalyzerCatalog, inParallel: Bool
    ) throws -> Engine {
        let engine = try begin(reader, codeChecks, analyzers) { _ in }
        try engine.loading?.finish(inParallel: inParallel)
        engine.loading = nil
        return engine
    }

    private static func begin(
        _ table: TableState, _ number: UInt32, _ map: TableMap, _ file: SnapshotFile,
        _ fault: LoadFault
    ) throws -> (TableState, staleTexts: [(Int, StaleText)]) {
        let reader = try file.open()
        let store = table.store
        func section(_ kind: UInt32, _ b: UInt32 = 0) -> SnapshotFile.Section {
            SnapshotFile.Section(file: file, section: .init(kind: kind, a: number, b: b))
        }
        func size(_ kind: UInt32, _ b: UInt32 = 0) throws -> Int {
            guard let count = reader.byteCount(of: section(kind, b).section)
            else { throw DatabaseError(.damaged, "The section \(kind) \(number) \(b) is missing.") }
            return count
        }
        guard map.rows.limit >= 1, map.trees.count == store.trees.count,
            try size(Kind.rows) == map.rows.byteCount,
            try size(Kind.slots) == (Int(map.rows.limit) - 1) * 4
        else { throw DatabaseError(.damaged, "The metadata and the sections do not agree.") }
        var sources: [TableStore.TreeSource] = []
        for (index, tree) in map.trees.enumerated() {
            let b = UInt32(index)
            guard try size(Kind.nodes, b) == Int(tree.nodeCount) * 1024 else {
                throw DatabaseError(.damaged, "A tree has another size than the metadata say.")
            }
            sources.append(
                TableStore.TreeSource(
                    nodes: section(Kind.nodes, b), tails: section(Kind.tails, b),
                    tailByteCount: try size(Kind.tails, b)))
        }
        try store.beginLoad(
            map, slots: section(Kind.slots), rows: section(Kind.rows), trees: sources, fault)
        var texts: [TextIndex] = []
        var stale: [(Int, StaleText)] = []
        for (index, empty) in table.texts.enumerated() {
            let place = section(Kind.text, UInt32(index))
            switch try coldText(empty, place, rowLimit: map.rows.limit, fault) {
            case .success(let cold):
                texts.append(
                    TextIndex(weights: empty.weights, analyzer: empty.analyzer, cold: cold))
            case .failure(let reason):
                texts.append(empty)
                if empty.analyzer.isAvailable { stale.append((index, reason)) }
            }
        }
        let loaded = TableState(
            plan: table.plan, store: store, texts: texts, codeChecks: table.codeChecks)
        return (loaded, stale)
    }

    /// What is saved of a text index, to be read later, or why it is of no use.
    private static func coldText(
        _ empty: TextIndex, _ place: SnapshotFile.Section, rowLimit: UInt32, _ fault: LoadFault
    ) throws -> Result<ColdText, StaleText> {
        let reader = try place.file.open()
        guard let byteCount = reader.byteCount(of: place.section) else {
            var old = place.section
            old.kind = Kind.nameless
            if reader.byteCount(of: old) != nil { return .failure(.otherVersion) }
            throw DatabaseError(
                .damaged, "The text index \(place.section.a) \(place.section.b) is missing.")
        }
        // The fingerprint of the analyzer comes first.
        var head = [UInt8](repeating: 0, count: min(byteCount, 8 + TextIndex.headByteCount))
        unsafe try head.withUnsafeMutableBytes { unsafe try place.read(at: 0, into: $0) }
        guard head.count >= 8 else {
            throw DatabaseError(
                .damaged, "The text index \(place.section.a) \(place.section.b) is cut off.")
        }
        return unsafe try head.withUnsafeBytes { head in
            let fingerprint = unsafe UInt64(littleEndian: head.loadUnaligned(as: UInt64.self))
            guard empty.analyzer.isAvailable, fingerprint == empty.analyzer.id.fingerprint else {
                let isLeftOut = fingerprint == AnalyzerID.missingFingerprint
                return .failure(isLeftOut ? .leftOut : .otherVersion)
            }
            unsafe try TextIndex.checkHead(
                UnsafeRawBufferPointer(rebasing: head[8...]), fieldCount: empty.fieldCount,
                name: reader.name)
            return .success(
                ColdText(rowLimit: rowLimit, name: reader.name, fault: fault) {
                    unsafe try [UInt8](unsafeUninitializedCapacity: byteCount - 8) {
                        target, count in
                        unsafe try place.read(at: 8, into: UnsafeMutableRawBufferPointer(target))
                        count = target.count
                    }
                })
        }
    }

    /// The schema that a snapshot tells of.
    static func schema(of reader: SnapshotReader) throws -> DatabaseSchema {
        try SnapshotMetadata(reader).schema
    }
}
