internal import TufaBytes
internal import TufaIndex
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
    /// When the parts of a snapshot are read.
    var loading = DatabaseOptions.Loading.atOnce
    /// Is told of a part of a snapshot that could not be read when it was needed.
    var onFault: @Sendable (DatabaseError) -> Void = { _ in }
    /// Whether damage ends the history before it, instead of being thrown.
    var acceptsDamage = false
    /// How the log is read ahead of what applies it; nil to do so where it is worth a thread.
    var readAhead: ReadAhead?
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
        var limit = position
        while true {
            let engine = try loadSnapshot(atOrBefore: limit) ?? emptyEngine()
            do {
                try replay(engine, through: position)
                try engine.loading?.fault.check()
            } catch {
                // Where a part that the replay needed is damaged, what it threw means nothing.
                guard let fault = engine.loading?.fault.error else { throw error }
                noteUnused(fault)
                if snapshotPosition == 0 {
                    usesSnapshots = false
                } else {
                    limit = snapshotPosition - 1
                }
                continue
            }
            notes += analyzers.notes(
                on: engine.tables, "it is not searched, and its texts are not written")
            return engine
        }
    }

    /// Brings the state of a snapshot, or none, to the last commit at or before `position`.
    private mutating func replay(_ engine: Engine, through position: UInt64) throws {
        let start = engine.position
        guard start < position else { return }
        let total = position - start
        var count: UInt64 = 0
        var nextReport: UInt64 = 0
        var isApplying = false
        let progress = progress
        if engine.tables.isEmpty { engine.deferIndexes() }
        do {
            try read(engine, through: position) { commit, isSound in
                guard commit.position <= position else { return false }
                isApplying = true
                try engine.apply(commit, isSound: isSound)
                try engine.loading?.fault.check()
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
    }

    /// Hands the commits behind an engine to `body`, read by another thread where that is worth it,
    /// and with each whether its rows were found sound.
    private func read(
        _ engine: Engine, through position: UInt64,
        _ body: (_ commit: CommitReader.Commit, _ isSound: Bool) throws -> Bool
    ) throws {
        let start = engine.position
        let isWorthwhile =
            directory.worksInBackground && ReadAhead.isWorthwhile(position - start)
        guard let ahead = readAhead ?? (isWorthwhile ? ReadAhead() : nil) else {
            return try directory.replay(after: start, through: position) {
                try body($0, false)
            }
        }
        let directory = directory
        try ahead.run(
            { try directory.replay(after: start, through: position, $0) },
            checkedBy: BodyChecker(engine), body)
    }

    /// Notes why a snapshot is done without whose damage was met when it had been opened.
    private mutating func noteUnused(_ error: DatabaseError) {
        var error = error
        error.advice = nil
        notes.append("\(error)")
    }

    private func emptyEngine() -> Engine {
        let engine = Engine(schema: .empty, codeChecks: codeChecks, analyzers: analyzers)
        engine.position = directory.manifest.basePosition
        return engine
    }

    private mutating func loadSnapshot(atOrBefore position: UInt64) throws -> Engine? {
        snapshotPosition = 0
        guard usesSnapshots else { return nil }
        var limit = position
        var report = RecoveryReport()
        defer { notes += report.findings.map { "\($0.file): \($0.message)" } }
        while let reader = try SnapshotCatalog(directory).openNewest(
            atOrBefore: limit, &report)
        {
            do {
                let engine = try open(reader)
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

    private func open(_ reader: SnapshotReader) throws -> Engine {
        switch loading {
        case .whenNeeded:
            try SnapshotState.begin(reader, codeChecks, analyzers, onFault: onFault)
        case .atOnce:
            try SnapshotState.load(
                reader, codeChecks, analyzers, inParallel: directory.worksInBackground)
        }
    }
}

extension Engine {
    /// Lets go of what a replay has replaced, now and then; nobody reads meanwhile.
    func reclaimDuringReplay() {
        guard position &- lastReclaim >= 1 << 16 else { return }
        lastReclaim = position
        advanceGroup()
        reclaim(ViewBounds(oldest: group))
    }
}
