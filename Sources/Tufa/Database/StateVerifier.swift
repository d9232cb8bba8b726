internal import TufaBytes
internal import TufaSearch
internal import TufaStorage

/// Checks what the files say: replays the history, and looks at the rows and indexes of the state
/// that it gives and of every snapshot.
///
/// It goes on after each finding as far as it can, and says what it could not check.
struct StateVerifier {
    let directory: DatabaseDirectory
    /// Told how many events of how many are replayed; answers whether to go on.
    let progress: (@Sendable (UInt64, UInt64) -> Bool)?
    /// Whether everything but the snapshots is whole as far as its bytes go.
    let isHistoryWhole: Bool
    /// The files whose bytes are known not to be what was written.
    let damagedFiles: Set<String>
    /// The analyzers of the text indexes that can be checked.
    let analyzers: AnalyzerCatalog

    private(set) var findings: [Finding] = []
    private(set) var notChecked: [String] = []
    /// What the events say, followed without an index; nil unless the check is deep.
    private var chain: ChainVerifier?
    /// The hash of the last state; nil where the history does not lead there.
    private(set) var stateHash: String?
    /// What kept the history from being replayed further.
    private var damage: DatabaseError?

    init(
        _ directory: DatabaseDirectory, isHistoryWhole: Bool, damagedFiles: Set<String>,
        analyzers: AnalyzerCatalog, progress: (@Sendable (UInt64, UInt64) -> Bool)?
    ) {
        self.directory = directory
        self.isHistoryWhole = isHistoryWhole
        self.damagedFiles = damagedFiles
        self.analyzers = analyzers
        self.progress = progress
        damage = directory.damage
    }

    /// Follows every row through the history and holds the last ones against the rules; what is
    /// checked afterwards is checked deeply.
    ///
    /// - Throws: ``DatabaseError`` `io`. Damage is a finding, told by ``run()``.
    mutating func followRows() throws {
        var chain = try ChainVerifier(directory)
        try chain.run(directory)
        findings += chain.findings.all
        notChecked += chain.findings.notes
        var rules = RuleVerifier(chain)
        rules.run()
        findings += rules.findings.all
        notChecked += rules.findings.notes + rules.notChecked
        self.chain = chain
    }

    /// - Throws: ``DatabaseError`` `cancelled`, `io`. Damage is a finding.
    mutating func run() throws {
        // An engine is not given events that cannot follow: it relies on their being right.
        let last = min(directory.lastPosition, chain?.lastApplicable ?? .max)
        let positions = try SnapshotCatalog(directory).positions().filter { $0 > 0 }.sorted()
        var loader = EngineLoader(directory: directory, analyzers: analyzers)
        loader.usesSnapshots = false
        loader.acceptsDamage = true
        loader.progress = progress
        var engine: Engine?
        do {
            engine = try loader.load(through: min(positions.first ?? last, last))
            damage = loader.damage ?? damage
        } catch let error as DatabaseError where DatabaseDirectory.isDamage(error) {
            note(error)
        }
        for (index, position) in positions.enumerated() {
            let isReached = engine?.position == position || damage == nil && position <= last
            try check(position, isReached ? engine : nil)
            let next = index + 1 < positions.count ? min(positions[index + 1], last) : last
            if let current = engine, try !advance(current, through: next) { engine = nil }
        }
        guard let engine else {
            notChecked.append(
                "The rows and indexes of the last state were not checked: the history cannot be "
                    + "replayed.")
            return
        }
        let state = engine.closeGroup()
        notChecked += analyzers.notes(on: state.tables.map(\.state), "it was not checked")
        if let problem = state.problem() { add("", "wrong_index", problem, isHarmless: false) }
        if let chain {
            findings += state.deepProblems(engine, "")
            findings += state.otherRows(than: chain)
        }
        guard damage == nil, last == directory.lastPosition else {
            notChecked.append(
                "Rows and indexes were checked as of position \(engine.position): the history "
                    + "cannot be replayed further.")
            return
        }
        stateHash = StateHash(state).text
    }

    /// Replays on; false where that left a state that nobody may look at.
    private mutating func advance(_ engine: Engine, through last: UInt64) throws -> Bool {
        guard engine.position < last else { return true }
        var isApplying = false
        do {
            try directory.replay(after: engine.position, through: last) { commit in
                guard commit.position <= last else { return false }
                isApplying = true
                try engine.apply(commit)
                isApplying = false
                return true
            }
            return true
        } catch let error as DatabaseError where DatabaseDirectory.isDamage(error) {
            note(error)
            directory.endHistory(at: engine.position)
            return !isApplying
        }
    }

    /// Checks one snapshot against its own rows and, where a replay got there, the history.
    private mutating func check(_ position: UInt64, _ engine: Engine?) throws {
        let name = FileNames.snapshot(position)
        let loaded: Engine
        let recorded: RowID
        do {
            let reader = try SnapshotCatalog(directory).open(position)
            recorded = reader.stateHash
            loaded = try SnapshotState.load(
                reader, [:], analyzers, inParallel: directory.worksInBackground)
        } catch let error as DatabaseError {
            if !damagedFiles.contains(name), error.code != .missingFile {
                add(name, error.code.name, error.message, error.offset, isHarmless: isHistoryWhole)
            }
            notChecked.append("The rows and indexes in \(name) were not checked: it does not load.")
            return
        }
        let state = loaded.closeGroup()
        if chain != nil { findings += state.deepProblems(loaded, name) }
        if let problem = state.problem() {
            add(name, "wrong_index", "\(problem) \(Self.advice)", isHarmless: false)
        }
        let shown = StateHash(state)
        let isOther = engine.map { StateHash($0.closeGroup()) != shown } ?? false
        if isOther || recorded != shown.rowID {
            let than = isOther ? "the history" : "it had when it was written"
            add(
                name, "wrong_state", "The snapshot shows other rows than \(than). \(Self.advice)",
                isHarmless: false)
        }
        if engine == nil {
            notChecked.append(
                "\(name) was not compared with the history, which could not be replayed to it.")
        }
    }

    private static let advice =
        "Take the file out: a snapshot is a cache, and the history gives the state again."

    private mutating func note(_ error: DatabaseError) {
        damage = damage ?? error
        if let file = error.file, damagedFiles.contains(file) { return }
        add(error.file ?? "", error.code.name, error.message, error.offset, isHarmless: false)
    }

    private mutating func add(
        _ file: String, _ kind: String, _ message: String, _ offset: UInt64? = nil,
        isHarmless: Bool
    ) {
        findings.append(
            Finding(
                file: file, offset: offset, kind: kind, message: message, isHarmless: isHarmless))
    }
}
