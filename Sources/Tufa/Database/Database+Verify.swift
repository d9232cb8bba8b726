internal import TufaBytes
internal import TufaIndex
internal import TufaModel
internal import TufaSearch
package import TufaStorage

extension Database {
    /// Reads everything and checks it: every checksum, every chain, every index against its rows.
    ///
    /// Nothing is changed. The history is replayed from position 1, and each snapshot must show
    /// what the history says.
    /// - Parameters:
    ///   - path: The database; it may be open.
    ///   - progress: Told how many events of how many are replayed; answers whether to go on.
    /// - Throws: ``DatabaseError``: `not_a_database`, `cancelled`, `io`. Damage is a finding.
    /// - Complexity: O(bytes of all files).
    public static func verify(
        _ path: String, progress: (@Sendable (UInt64, UInt64) -> Bool)? = nil
    ) throws -> VerifyReport {
        try verify(path, .system, LogOptions(), progress)
    }

    package static func verify(
        _ path: String, _ environment: StorageEnvironment, _ logOptions: LogOptions,
        _ progress: (@Sendable (UInt64, UInt64) -> Bool)? = nil
    ) throws -> VerifyReport {
        guard try DatabaseDirectory.isDatabase(at: path, environment.fileSystem) else {
            // Opening says what is there instead.
            try DatabaseDirectory.open(at: path, environment, mode: .readOnly, logOptions).close()
            throw DatabaseError(.notADatabase, "The folder holds no database.", file: path)
        }
        var verifier = StorageVerifier(environment.fileSystem, root: path)
        let storage = try verifier.run()
        var findings = storage.findings.map {
            Finding(
                file: $0.file, offset: $0.offset, kind: $0.kind, message: $0.message,
                isHarmless: $0.isHarmless)
        }
        var hash: String?
        if storage.isSound {
            do {
                hash = try verifyState(path, environment, logOptions, progress, &findings)
            } catch let error as DatabaseError where error.code != .cancelled && error.code != .io {
                findings.append(
                    Finding(
                        file: error.file ?? "", offset: error.offset, kind: error.code.name,
                        message: error.message, isHarmless: false))
            }
        }
        return VerifyReport(
            findings: findings, fileCount: storage.fileCount, byteCount: storage.byteCount,
            position: storage.lastPosition, stateHash: hash)
    }

    /// Replays the whole history, checks the indexes it gives, and compares every snapshot.
    private static func verifyState(
        _ path: String, _ environment: StorageEnvironment, _ logOptions: LogOptions,
        _ progress: (@Sendable (UInt64, UInt64) -> Bool)?, _ findings: inout [Finding]
    ) throws -> String {
        let directory = try DatabaseDirectory.open(
            at: path, environment, mode: .readOnly, logOptions)
        defer { try? directory.close() }
        let last = directory.report.lastPosition
        let positions = try SnapshotCatalog(directory).positions()
            .filter { $0 <= last && $0 > 0 }.sorted()
        var loader = EngineLoader(directory: directory)
        loader.usesSnapshots = false
        loader.progress = progress
        let engine = try loader.load(through: positions.first ?? last)
        for (index, position) in positions.enumerated() {
            let reader = try SnapshotCatalog(directory).open(position)
            let expected = StateHash(engine.closeGroup())
            let shown = StateHash(try SnapshotState.load(reader, [:]).closeGroup())
            if shown != expected || reader.stateHash != expected.rowID {
                findings.append(
                    Finding(
                        file: reader.name, offset: nil, kind: "wrong_state",
                        message: "The snapshot shows other rows than the history.",
                        isHarmless: false))
            }
            let next = index + 1 < positions.count ? positions[index + 1] : last
            try directory.replay(after: engine.position, through: next) {
                try engine.apply($0)
                return true
            }
        }
        let state = engine.closeGroup()
        if let problem = state.problem() {
            findings.append(
                Finding(
                    file: "", offset: nil, kind: "wrong_index", message: problem, isHarmless: false)
            )
        }
        return StateHash(state).text
    }

    /// Replays the whole history from position 1, without snapshots, and measures it.
    ///
    /// - Throws: ``DatabaseError``: `not_a_database`, `damaged`, `missing_file`, `cancelled`, `io`.
    /// - Complexity: O(events · indexes · log rows).
    public static func replay(
        _ path: String, progress: (@Sendable (UInt64, UInt64) -> Bool)? = nil
    ) throws -> ReplayReport {
        let directory = try DatabaseDirectory.open(at: path, .system, mode: .readOnly)
        defer { try? directory.close() }
        var loader = EngineLoader(directory: directory)
        loader.usesSnapshots = false
        loader.progress = progress
        let clock = ContinuousClock()
        let start = clock.now
        let engine = try loader.load(through: directory.report.lastPosition)
        let (seconds, attoseconds) = (clock.now - start).components
        return ReplayReport(
            eventCount: loader.replayedCount, seconds: Double(seconds) + Double(attoseconds) / 1e18,
            position: engine.position, stateHash: StateHash(engine.closeGroup()).text)
    }
}

extension PublishedState {
    /// What is wrong with rows, trees and texts; nil where everything is in order.
    func problem() -> String? {
        for (number, table) in tables.enumerated() {
            let name = table.plan.name
            let all = zip(table.store.trees, TableStore.roots(roots[number]))
            for (index, (tree, root)) in all.enumerated() {
                let what = index == 0 ? "primary" : table.plan.indexes[index - 1].name
                if let problem = tree.problem(in: root, at: position) {
                    return "In table \(name), index \(what): \(problem)."
                }
                if root.count != roots[number].rowCount {
                    return "In table \(name), index \(what) has \(root.count) entries for "
                        + "\(roots[number].rowCount) rows."
                }
            }
            for (index, text) in table.texts.enumerated() {
                let problem = text.problem(roots: texts[number][index], position: position) {
                    unsafe table.store.rows.visible($0, at: position) != nil
                }
                if let problem { return "In table \(name), the full text: \(problem)." }
            }
        }
        return nil
    }
}
