internal import TufaBytes
internal import TufaSearch
package import TufaStorage

extension Database {
    /// Brings everything that can still be read of a database into a new one.
    ///
    /// It works where opening and restoring refuse: behind damage of the log or of an archive, with
    /// files or the manifest missing. The source is only read. Up to the first gap the history is
    /// taken over as it was. Behind it, commits keep their time, actor, label and metadata, while
    /// positions are given anew; a change whose base is missing is not guessed, and the row keeps
    /// its last known version and is reported. A whole snapshot behind the start of a gap makes
    /// everything before it certain again. Rows that would break a rule are left out and reported.
    ///
    /// The new database has an identity of its own, and the result is the same in every run. Checks
    /// that live in a program's code are not asked.
    /// - Parameters:
    ///   - path: The folder of what is left; it may be open.
    ///   - target: The new folder, missing or empty, outside of the other.
    ///   - analyzers: The program's own analyzers; texts are taken over without them too.
    /// - Throws: ``DatabaseError``: `already_exists`, `not_a_database`, `newer_format`; `damaged`
    ///   where no schema can be found; `disk_full`, `io`. Nothing is left in the new folder then.
    /// - Complexity: O(bytes of the source), read three times; memory for all rows, twice.
    @discardableResult
    public static func salvage(
        _ path: String, into target: String, analyzers: [any TextAnalyzer] = []
    ) throws -> SalvageReport {
        try salvage(path, into: target, .system, LogOptions(), analyzers: analyzers)
    }

    package static func salvage(
        _ path: String, into target: String, _ environment: StorageEnvironment,
        _ logOptions: LogOptions, analyzers: [any TextAnalyzer] = []
    ) throws -> SalvageReport {
        let system = environment.fileSystem
        try DatabaseDirectory.requireOutside(target, of: path, system)
        let catalog = try AnalyzerCatalog(analyzers)
        let source = try SalvageSource(system, root: path)
        var runner = try SalvageRunner(source, catalog)
        try runner.judge()
        var hash = ""
        try DatabaseDirectory.create(
            at: target, environment, logOptions, filling: { try runner.run(into: $0) },
            check: { hash = try stateHash(of: target, through: $0, environment, logOptions) })
        return runner.report(stateHash: hash)
    }
}
