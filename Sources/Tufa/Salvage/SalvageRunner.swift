internal import TufaBytes
internal import TufaIndex
internal import TufaModel
internal import TufaSearch
internal import TufaStorage

/// Goes through what can be read of a history and writes it into the log of a new database.
struct SalvageRunner {
    private let source: SalvageSource
    private let analyzers: AnalyzerCatalog
    private let schemas: [SchemaPlan]
    private var ledger: SalvageLedger
    private var sources: [SalvageReport.Source] = []
    private var numbers: [String: Int] = [:]
    private var leftOut: [SalvageWriter.LeftOut] = []
    private var rowCount = 0
    private var position: UInt64 = 0
    /// Up to where the history is taken over as it is.
    private(set) var wholeThrough: UInt64 = 0
    private var notes: [String] = []

    /// - Throws: ``DatabaseError`` `damaged` where no schema can be found.
    init(_ source: SalvageSource, _ analyzers: AnalyzerCatalog) throws {
        self.source = source
        self.analyzers = analyzers
        schemas = try Self.schemas(of: source)
        ledger = SalvageLedger(schemas)
        if !source.knowsEnd { notes.append(SalvageReport.unknownEnd) }
    }

    /// Every schema that a commit or a snapshot tells of, by version.
    private static func schemas(of source: SalvageSource) throws -> [SchemaPlan] {
        var found = source.schemas.compactMap { try? DatabaseSchema(decoding: $0.bytes) }
        for position in source.snapshots {
            guard let reader = try? source.openSnapshot(position),
                let schema = try? SnapshotState.schema(of: reader)
            else { continue }
            found.append(schema)
        }
        var plans: [SchemaPlan] = []
        for schema in found.sorted(by: { $0.version < $1.version })
        where plans.last?.schema != schema {
            if let plan = try? SchemaPlan(schema) { plans.append(plan) }
        }
        guard !plans.isEmpty || source.steps.isEmpty else {
            throw DatabaseError(
                .damaged,
                "Nothing can be salvaged: no commit and no snapshot that can be read tells of the "
                    + "schema, and without it rows are bytes without meaning.",
                advice: "Bring a snapshot or the first segment or archive back from a backup.")
        }
        return plans
    }

    /// Finds how much of the history can be taken over as it is: up to the first gap, and the first
    /// event that cannot follow.
    mutating func judge() throws {
        // Lent apart, since what it hands over changes this value.
        let source = source
        var chain = ChainVerifier()
        var lastTime = Int64.min
        var isGood = true
        for step in source.steps {
            guard isGood, case .commits(let run, let first) = step else { break }
            try source.read(run, from: first) { commit in
                guard isGood else { return }
                chain.follow(commit)
                // Commits written behind it need times of their own.
                isGood = chain.isClean && commit.time > lastTime && commit.time < .max - 1 << 40
                lastTime = commit.time
                if isGood { wholeThrough = commit.position }
            }
        }
    }

    /// Writes everything.
    mutating func run(into log: Log) throws {
        let source = source
        let writer = SalvageWriter(log, SalvageWriter.makeEngine(schemas, analyzers))
        for step in source.steps {
            switch step {
            case .gap(let first, let last):
                ledger.passGap()
                let inside = source.snapshots.filter { $0 >= first && $0 <= last ?? .max }
                for position in inside.reversed() where !ledger.isExact {
                    try take(position, writer)
                    // What is missing behind the snapshot is a gap still.
                    if ledger.isExact, position != last {
                        ledger.passGap()
                        break
                    }
                }
            case .commits(let run, let first):
                let number = self.number(of: run.file)
                try source.read(run, from: first) { try take($0, number, writer) }
            }
        }
        try writer.settle(ledger)
        leftOut = writer.leftOut
        rowCount = writer.engine.tables.reduce(0) { $0 + $1.store.draftRoots.rowCount }
        position = writer.engine.position
        for (key, origin) in ledger.origins where writer.holds(key) {
            sources[origin].rowCount += 1
        }
    }

    private mutating func number(of file: String) -> Int {
        if let number = numbers[file] { return number }
        sources.append(SalvageReport.Source(file: file))
        numbers[file] = sources.count - 1
        return sources.count - 1
    }

    private mutating func take(
        _ commit: CommitReader.Commit, _ number: Int, _ writer: SalvageWriter
    ) throws {
        sources[number].commitCount += 1
        sources[number].eventCount += UInt64(commit.eventCount)
        let touch = ledger.follow(commit, origin: number)
        if commit.position <= wholeThrough { return try writer.copy(commit) }
        let head = CommitHead(
            actor: commit.actor, label: commit.label, key: commit.key,
            metadata: unsafe Array(commit.metadata))
        let time = min(commit.time, .max - 1 << 40)
        for plan in touch.schemas { try writer.adopt(plan, head, at: time) }
        try writer.bring(touch.keys, ledger, head, at: time)
        if !ledger.isExact, source.snapshots.contains(commit.position) {
            try take(commit.position, writer)
        }
    }

    /// Takes the rows of a snapshot over, if it can be loaded.
    private mutating func take(_ position: UInt64, _ writer: SalvageWriter) throws {
        let name = FileNames.snapshot(position)
        do {
            let reader = try source.openSnapshot(position)
            let state = try SnapshotState.load(reader, [:], analyzers, inParallel: false)
                .closeGroup()
            guard StateHash(state).rowID == reader.stateHash,
                let touch = ledger.replace(by: state, origin: number(of: name))
            else {
                notes.append("\(name) was not used: it shows other rows than when it was written.")
                return
            }
            let head = CommitHead(actor: "tufa salvage", label: "salvage: snapshot \(position)")
            let time = min(reader.time, .max - 1 << 40)
            for plan in touch.schemas { try writer.adopt(plan, head, at: time) }
            try writer.bring(touch.keys, ledger, head, at: time)
        } catch let error as DatabaseError where DatabaseDirectory.isDamage(error) {
            notes.append("\(name) was not used: \(error.message)")
        }
    }

    // MARK: The report

    /// What was done, but for the hash of the new state.
    func report(stateHash: String) -> SalvageReport {
        SalvageReport(
            gaps: gaps, places: source.spots.map(Self.place),
            sources: sources.sorted { $0.file < $1.file },
            uncertain: uncertainRows, leftOut: leftOutRows, lostEvents: ledger.lostEvents,
            wholeThrough: wholeThrough, rowCount: rowCount, position: position,
            stateHash: stateHash, isEndKnown: source.knowsEnd, notes: notes)
    }

    private static func place(_ spot: SalvageSpot) -> SalvageReport.Place {
        .init(file: spot.file, offset: spot.offset, reason: spot.reason)
    }

    private var gaps: [SalvageReport.Gap] {
        source.steps.compactMap { step in
            guard case .gap(let first, let last) = step else { return nil }
            var places = source.spots.filter { spot in
                spot.expected.map { $0 >= first && $0 <= last ?? .max } ?? false
            }.map(Self.place)
            if places.isEmpty {
                places.append(
                    .init(
                        file: FileNames.segment(first), offset: 0,
                        reason: "No file holds these positions."))
            }
            return .init(first: first, last: last, places: places)
        }
    }

    private var uncertainRows: [SalvageReport.Row] {
        ledger.uncertain.sorted { $0.key < $1.key }.map { key, change in
            let table = ledger.tables.tables[key.table]
            let kept = table.rows[key.id]
            let fields = zip(table.plan.schema.fields, change.values).compactMap { field, value in
                value.map { (name: field.name, value: $0) }
            }
            return .init(
                table: table.plan.name, id: key.id, position: change.position,
                kind: kept == nil ? "unknown_row" : "unknown_base",
                reason: kept == nil
                    ? "Only some fields of the row are known; it is not in the new database."
                    : "The version that was changed is missing; an older one is kept.",
                fields: fields, keptPosition: kept?.position)
        }
    }

    private var leftOutRows: [SalvageReport.Row] {
        leftOut.map { left in
            let table = ledger.tables.tables[left.key.table]
            let names = table.plan.schema.fields.map(\.name)
            return .init(
                table: table.plan.name, id: left.key.id, position: left.row.position,
                kind: left.error.code.name, reason: left.error.message,
                fields: zip(names, table.values(left.row.body)).map { (name: $0, value: $1) },
                keptPosition: left.keptPosition)
        }
    }
}
