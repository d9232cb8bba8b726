internal import TufaBytes
internal import TufaModel
internal import TufaSearch
internal import TufaStorage

/// Brings the state of a database as of some position into memory: from a snapshot, and from the
/// log after it by the code that applies live commits.
struct EngineLoader {
    let directory: DatabaseDirectory
    let codeChecks: [String: [CodeCheck]]
    /// The analyzers that the program has.
    let analyzers: AnalyzerCatalog
    /// Whether snapshots may be used; without, everything is replayed from position 1.
    var usesSnapshots = true
    /// Whether damage ends the history before it, instead of being thrown.
    var acceptsDamage = false
    /// The damage at which the history was ended; nil where none was met.
    private(set) var damage: DatabaseError?
    /// Told how many events of how many are replayed; answers whether to go on.
    var progress: (@Sendable (UInt64, UInt64) -> Bool)?
    /// What was found on the way, one sentence each.
    private(set) var notes: [String] = []
    /// The position of the snapshot that was used; 0 where none was.
    private(set) var snapshotPosition: UInt64 = 0
    /// How many events were replayed.
    private(set) var replayedCount: UInt64 = 0

    init(
        directory: DatabaseDirectory, codeChecks: [String: [CodeCheck]] = [:],
        analyzers: AnalyzerCatalog
    ) {
        self.directory = directory
        self.codeChecks = codeChecks
        self.analyzers = analyzers
    }

    /// Loads the state as of the last commit at or before `position`.
    ///
    /// - Throws: ``DatabaseError``: `damaged`, `missing_file`, `io`, `cancelled`.
    mutating func load(through position: UInt64) throws -> Engine {
        let engine = try loadSnapshot(atOrBefore: position) ?? emptyEngine()
        defer {
            notes += analyzers.notes(
                on: engine.tables, "it is not searched, and its texts are not written")
        }
        let start = engine.position
        guard start < position else { return engine }
        let total = position - start
        var count: UInt64 = 0
        var nextReport: UInt64 = 0
        var isApplying = false
        let progress = progress
        if engine.tables.isEmpty { engine.deferIndexes() }
        do {
            try directory.replay(after: start, through: position) { commit in
                guard commit.position <= position else { return false }
                isApplying = true
                try engine.apply(commit)
                isApplying = false
                count += UInt64(commit.eventCount)
                engine.reclaimDuringReplay()
                if let progress, count >= nextReport {
                    nextReport = count + 65_536
                    if !progress(count, total) {
                        throw DatabaseError(.cancelled, "Opening was cancelled.")
                    }
                }
                return true
            }
        } catch let error as DatabaseError
            where acceptsDamage && !isApplying && DatabaseDirectory.isDamage(error)
        {
            // Files hand over whole commits, so the state is that of the last one before.
            guard engine.position > directory.manifest.basePosition else { throw error }
            damage = error
            directory.endHistory(at: engine.position)
        }
        engine.buildIndexes()
        replayedCount = count
        _ = progress?(total, total)
        return engine
    }

    private func emptyEngine() -> Engine {
        let engine = Engine(schema: .empty, codeChecks: codeChecks, analyzers: analyzers)
        engine.position = directory.manifest.basePosition
        return engine
    }

    private mutating func loadSnapshot(atOrBefore position: UInt64) throws -> Engine? {
        guard usesSnapshots else { return nil }
        var limit = position
        var report = RecoveryReport()
        defer { notes += report.findings.map { "\($0.file): \($0.message)" } }
        while let reader = try SnapshotCatalog(directory).openNewest(
            atOrBefore: limit, &report)
        {
            do {
                let engine = try SnapshotState.load(reader, codeChecks, analyzers)
                snapshotPosition = reader.position
                notes += engine.loadNotes.map { "\(reader.name): \($0)" }
                return engine
            } catch let error as DatabaseError {
                // A snapshot is a cache: an older one and more log give the same state.
                notes.append("\(error)")
                guard reader.position > 0 else { return nil }
                limit = reader.position - 1
            }
        }
        return nil
    }
}

extension Engine {
    /// Lets go of what a replay has replaced, now and then; nobody reads meanwhile.
    func reclaimDuringReplay() {
        guard position &- lastReclaim >= 1 << 16 else { return }
        lastReclaim = position
        advanceGroup()
        reclaim(oldest: group)
    }
}
