internal import TufaBytes
internal import TufaModel
internal import TufaSearch
package import TufaStorage

extension Database {
    /// Makes a new database that holds the history of another one up to a moment.
    ///
    /// The moment is proved reachable before anything is written, the source is only read, and the
    /// new database has a lineage of its own, so the two histories never mix.
    /// - Parameters:
    ///   - path: The database to take the history from; it may be open.
    ///   - target: The new folder, missing or empty.
    ///   - moment: Where the new history ends.
    ///   - upToDamage: Whether the history of a damaged database is taken to end with the last
    ///     whole commit before the damage. Without it, a moment is refused when what is damaged
    ///     could hold it: a position or time further on, and every label, which a later commit may
    ///     have as well. A position or time before the damage needs nothing.
    ///   - dryRun: Whether to say only what would be done.
    /// - Throws: ``DatabaseError``: `no_such_moment`, `already_exists`, `damaged`, `missing_file`,
    ///   `disk_full`, `io`. `already_exists` is also thrown for a target inside a database.
    /// - Complexity: O(bytes of the history up to the moment).
    @discardableResult
    public static func restore(
        _ path: String, to target: String, upTo moment: Moment, upToDamage: Bool = false,
        dryRun: Bool = false
    ) async throws -> RestoreReport {
        try await offThread {
            try restoreBlocking(
                path, to: target, upTo: moment, upToDamage: upToDamage, dryRun: dryRun)
        }
    }

    /// Like `restore`, for code that is not asynchronous.
    ///
    /// - Throws: as `restore`.
    @discardableResult
    public static func restoreBlocking(
        _ path: String, to target: String, upTo moment: Moment, upToDamage: Bool = false,
        dryRun: Bool = false
    ) throws -> RestoreReport {
        try restore(
            path, to: target, upTo: moment, upToDamage: upToDamage, dryRun: dryRun, .system,
            LogOptions())
    }

    package static func restore(
        _ path: String, to target: String, upTo moment: Moment, upToDamage: Bool = false,
        dryRun: Bool, _ environment: StorageEnvironment, _ logOptions: LogOptions
    ) throws -> RestoreReport {
        try DatabaseDirectory.requireOutsideOfDatabases(target, environment.fileSystem)
        let source = try DatabaseDirectory.open(
            at: path, environment, mode: .readOnlyUpToDamage, logOptions)
        defer { try? source.close() }
        if upToDamage { try source.endHistoryAtDamage() }
        let wanted = try provable(moment, in: source, upToDamage: upToDamage)
        let plan = try source.planRestore(to: wanted)
        let steps = steps(of: plan, target)
        var hash: String?
        if !dryRun {
            let copy = try source.copyHistory(plan, into: target, logOptions)
            try copy.close()
            hash = try stateHash(of: target, through: plan.moment.position, environment, logOptions)
        }
        return RestoreReport(
            position: plan.moment.position, time: Timestamp(microseconds: plan.moment.time),
            stateHash: hash, eventCount: plan.eventCount, steps: steps)
    }

    /// The moment, unless what is damaged could hold it.
    private static func provable(
        _ moment: Moment, in source: DatabaseDirectory, upToDamage: Bool
    ) throws -> MomentTarget {
        let last = source.lastPosition
        guard var damage = source.damage, !upToDamage else {
            return moment.target ?? .position(last)
        }
        damage.advice =
            "Name a position up to \(last) or a time before the damage, or take the history as it "
            + "is up to the damage (--up-to-damage)."
        switch moment {
        case .position(let position) where position <= last: return .position(position)
        case .timestamp(let time):
            let found = try source.resolve(.time(time.microseconds))
            guard found.position < last || found.time == time.microseconds else { throw damage }
            return .position(found.position)
        case .position, .label, .now: throw damage
        }
    }

    /// The hash of what a restored database shows when it is opened.
    static func stateHash(
        of target: String, through position: UInt64, _ environment: StorageEnvironment,
        _ logOptions: LogOptions
    ) throws -> String {
        let restored = try DatabaseDirectory.open(
            at: target, environment, mode: .readOnly, logOptions)
        defer { try? restored.close() }
        var loader = EngineLoader(directory: restored, analyzers: .builtIn)
        return StateHash(try loader.load(through: position).closeGroup()).text
    }

    private static func steps(of plan: RestorePlan, _ target: String) -> [String] {
        var steps = ["Make a new database at \(target), with a lineage of its own."]
        for problem in plan.passedOver {
            steps.append("Leave out \(problem.file ?? "a snapshot"): \(problem.message)")
        }
        if let snapshot = plan.snapshot {
            steps.append("Copy the snapshot of position \(snapshot).")
        }
        for range in plan.archives {
            steps.append(
                "Copy the archive of positions \(range.lowerBound) to \(range.upperBound).")
        }
        if plan.firstLogPosition <= plan.moment.position {
            steps.append(
                "Write positions \(plan.firstLogPosition) to \(plan.moment.position) as log, "
                    + "\(plan.logByteCount) bytes.")
        }
        return steps
    }
}
