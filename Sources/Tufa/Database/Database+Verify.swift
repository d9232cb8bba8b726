internal import TufaBytes
internal import TufaIndex
internal import TufaModel
internal import TufaSearch
package import TufaStorage

extension Database {
    /// Reads everything and checks it: every checksum, every chain, every index against its rows.
    ///
    /// Nothing is changed. The history is replayed from position 1; each snapshot is loaded, its
    /// indexes are compared with its rows, and its rows with the history. It goes on after each
    /// finding as far as it can, and says in ``VerifyReport/notChecked`` where it could not.
    ///
    /// A deep check also follows each row from event to event, holds every row of the last state
    /// against every rule of the schema, analyzes every text again and compares the words, counts
    /// the rows under the entries of each index, and reads each file a second time.
    /// - Parameters:
    ///   - path: The database; it may be open.
    ///   - deep: Whether to check deeply, which takes about three times as long and the memory of
    ///     all rows, as plain values, on top.
    ///   - analyzers: The program's own analyzers; text indexes of others are not checked.
    ///   - progress: Told how many events of how many are replayed; answers whether to go on.
    /// - Throws: ``DatabaseError``: `not_a_database`, `cancelled`, `io`. Damage is a finding.
    /// - Complexity: O(bytes of all files).
    public static func verify(
        _ path: String, deep: Bool = false, analyzers: [any TextAnalyzer] = [],
        progress: (@Sendable (UInt64, UInt64) -> Bool)? = nil
    ) throws -> VerifyReport {
        try verify(path, .system, LogOptions(), deep: deep, analyzers: analyzers, progress)
    }

    package static func verify(
        _ path: String, _ environment: StorageEnvironment, _ logOptions: LogOptions,
        deep: Bool = false, analyzers: [any TextAnalyzer] = [],
        _ progress: (@Sendable (UInt64, UInt64) -> Bool)? = nil
    ) throws -> VerifyReport {
        let analyzers = try AnalyzerCatalog(analyzers)
        let digests = deep ? FileDigests(environment.fileSystem, root: path) : nil
        var verifier = StorageVerifier(environment.fileSystem, root: path)
        let storage = try verifier.run()
        var findings = storage.findings.map(Finding.init)
        var notChecked = storage.notChecked
        var hash: String?
        do {
            let directory = try DatabaseDirectory.open(
                at: path, environment, mode: .readOnlyUpToDamage, logOptions)
            defer { try? directory.close() }
            let serious = storage.findings.filter { !$0.isHarmless }
            var check = StateVerifier(
                directory, isHistoryWhole: serious.isEmpty,
                damagedFiles: Set(storage.findings.map(\.file)), analyzers: analyzers,
                progress: progress)
            if deep { try check.followRows() }
            try check.run()
            findings += check.findings.filter { !isTold($0, by: findings) }
            notChecked += check.notChecked
            hash = check.stateHash
        } catch let error as DatabaseError where isFinding(error, beside: storage) {
            if !findings.contains(where: { $0.file == error.file && !$0.isHarmless }) {
                findings.append(
                    Finding(
                        file: error.file ?? "", offset: error.offset, kind: error.code.name,
                        message: error.message, isHarmless: false))
            }
            notChecked.append("Rows and indexes were not checked: the database does not open.")
        }
        findings += digests.map { $0.compareAgain().map(Finding.init) } ?? []
        return VerifyReport(
            findings: Finding.each(of: findings, in: path), notChecked: notChecked,
            fileCount: storage.fileCount,
            byteCount: storage.byteCount, position: storage.lastPosition, stateHash: hash)
    }

    /// Whether a check can tell of an error and go on: one of the disk only where reading every
    /// file has met it too.
    private static func isFinding(
        _ error: DatabaseError, beside storage: TufaStorage.VerifyReport
    ) -> Bool {
        switch error.code {
        case .cancelled: false
        case .io: storage.findings.contains { $0.kind == error.code.name && !$0.isHarmless }
        default: true
        }
    }

    /// Whether a finding says again what is known: that a part of the history has no file.
    private static func isTold(_ finding: Finding, by others: [Finding]) -> Bool {
        finding.kind == DatabaseError.Code.missingFile.name
            && others.contains { $0.kind == finding.kind && !$0.isHarmless }
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
        var loader = EngineLoader(directory: directory, analyzers: .builtIn)
        loader.usesSnapshots = false
        loader.progress = progress
        let clock = ContinuousClock()
        let start = clock.now
        let engine = try loader.load(through: directory.lastPosition)
        let (seconds, attoseconds) = (clock.now - start).components
        return ReplayReport(
            eventCount: loader.replayedCount, seconds: Double(seconds) + Double(attoseconds) / 1e18,
            position: engine.position, stateHash: StateHash(engine.closeGroup()).text)
    }
}

extension Finding {
    init(_ finding: TufaStorage.VerifyReport.Finding) {
        self.init(
            file: finding.file, offset: finding.offset, kind: finding.kind,
            message: finding.message, isHarmless: finding.isHarmless)
    }
}

extension Finding {
    /// Each finding once, whoever met it, by the name that its file has in the database.
    fileprivate static func each(of findings: [Finding], in root: String) -> [Finding] {
        var told: [Finding] = []
        for finding in findings {
            let isInside = finding.file.hasPrefix(root + "/")
            let named = Finding(
                file: isInside ? String(finding.file.dropFirst(root.count + 1)) : finding.file,
                offset: finding.offset, kind: finding.kind, message: finding.message,
                isHarmless: finding.isHarmless, position: finding.position, table: finding.table,
                row: finding.row)
            let isTold = told.contains {
                $0.file == named.file && $0.message == named.message && $0.kind == named.kind
                    && $0.position == named.position && $0.table == named.table
                    && $0.row == named.row
            }
            if !isTold { told.append(named) }
        }
        return told
    }
}

extension PublishedState {
    /// What is wrong with rows, trees and texts; nil where everything is in order.
    func problem() -> String? {
        for published in tables {
            let (table, roots) = (published.state, published.roots)
            let name = table.plan.name
            let all = zip(table.store.trees, TableStore.roots(roots))
            for (index, (tree, root)) in all.enumerated() {
                let what = index == 0 ? "primary" : table.plan.indexes[index - 1].name
                if let problem = tree.problem(in: root, at: position) {
                    return "In table \(name), index \(what): \(problem)."
                }
                if root.count != roots.rowCount {
                    return "In table \(name), index \(what) has \(root.count) entries for "
                        + "\(roots.rowCount) rows."
                }
            }
            for (index, text) in table.texts.enumerated() where text.analyzer.isAvailable {
                let problem = text.problem(roots: published.textRoots(index), position: position) {
                    unsafe table.store.rows.visible($0, at: position) != nil
                }
                if let problem { return "In table \(name), the full text: \(problem)." }
            }
        }
        return nil
    }
}
