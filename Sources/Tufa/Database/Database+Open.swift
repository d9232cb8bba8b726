internal import Logging
internal import TufaBytes
internal import TufaIndex
public import TufaModel
internal import TufaSearch
package import TufaStorage

extension Database {
    /// Opens a database, or makes it where there is none, for the given types.
    ///
    /// The newest good snapshot is taken over and the log after it is replayed; the parts of the
    /// snapshot are read when they are needed, unless ``DatabaseOptions/loading`` says otherwise.
    /// The schemas of the types must agree with those in the log; tables that are new are added.
    /// - Parameters:
    ///   - path: The folder.
    ///   - options: How to open it.
    ///   - types: The entity types the program works with; none for the dynamic face alone.
    /// - Throws: ``DatabaseError``: `not_a_database`, `locked`, `damaged`, `missing_file`,
    ///   `foreign_file`, `newer_format`, `schema_mismatch`, `cancelled`, `io`; `unsupported` for a
    ///   type with a text whose analyzer is not there.
    /// - Complexity: O(events of the log after the snapshot); O(bytes of the snapshot) at once.
    public static func open(
        _ path: String, options: DatabaseOptions = DatabaseOptions(), _ types: any Entity.Type...
    ) async throws -> Database {
        let descriptions = types.map { TypeDescription($0) }
        return try await offThread {
            try open(path, .system, options.logOptions, options, descriptions)
        }
    }

    /// Like `open`, for code that is not asynchronous.
    ///
    /// - Throws: as `open`.
    public static func openBlocking(
        _ path: String, options: DatabaseOptions = DatabaseOptions(), _ types: any Entity.Type...
    ) throws -> Database {
        try open(path, .system, options.logOptions, options, types.map { TypeDescription($0) })
    }

    /// Makes an empty database with a schema given as a value; the folder is missing or empty.
    ///
    /// - Throws: ``DatabaseError``: `already_exists`, `schema_mismatch` for a schema that
    ///   contradicts itself, `unsupported` for one with an analyzer that is not there, `io`,
    ///   `disk_full`.
    public static func createBlocking(
        _ path: String, schema: DatabaseSchema, options: DatabaseOptions = DatabaseOptions()
    ) throws -> Database {
        try create(path, .system, options.logOptions, options, schema)
    }

    // MARK: Over any file system

    package static func create(
        _ path: String, _ environment: StorageEnvironment, _ logOptions: LogOptions,
        _ options: DatabaseOptions, _ schema: DatabaseSchema
    ) throws -> Database {
        var schema = schema
        schema.version = 1
        let plan = try SchemaPlan(schema)
        let analyzers = try AnalyzerCatalog(options.analyzers)
        try analyzers.check(plan)
        let directory =
            try openEmpty(path, environment, logOptions)
            ?? DatabaseDirectory.create(at: path, environment, logOptions)
        let database = try assemble(directory, options, analyzers, [])
        try database.writeSchema(plan)
        return database
    }

    /// The database that a creation has left which was cut off before its schema was written.
    private static func openEmpty(
        _ path: String, _ environment: StorageEnvironment, _ logOptions: LogOptions
    ) throws -> DatabaseDirectory? {
        guard try DatabaseDirectory.isDatabase(at: path, environment.fileSystem),
            let found = try? DatabaseDirectory.open(
                at: path, environment, mode: .readOnly, logOptions)
        else { return nil }
        let isEmpty = found.lastPosition == 0
        try found.close()
        return isEmpty ? try DatabaseDirectory.open(at: path, environment, logOptions) : nil
    }

    package static func openBlocking(
        _ path: String, _ environment: StorageEnvironment, _ logOptions: LogOptions,
        _ options: DatabaseOptions, _ types: [any Entity.Type]
    ) throws -> Database {
        try open(path, environment, logOptions, options, types.map { TypeDescription($0) })
    }

    static func open(
        _ path: String, _ environment: StorageEnvironment, _ logOptions: LogOptions,
        _ options: DatabaseOptions, _ types: [TypeDescription]
    ) throws -> Database {
        let analyzers = try AnalyzerCatalog(options.analyzers)
        let isMissing =
            try options.createsIfMissing && !options.onlyReads && !types.isEmpty
            && mayBeMade(path, environment)
        // Nothing is made for types that could not be taken.
        if isMissing, let plan = try TypeDescription.merge(types, into: .empty) {
            try analyzers.check(plan)
        }
        let mode: DatabaseDirectory.Mode =
            options.opensUpToDamage
            ? .readOnlyUpToDamage : options.isReadOnly ? .readOnly : .readWrite
        let directory =
            isMissing
            ? try DatabaseDirectory.create(at: path, environment, logOptions)
            : try DatabaseDirectory.open(at: path, environment, mode: mode, logOptions)
        do {
            return try assemble(directory, options, analyzers, types)
        } catch {
            try? directory.close()
            throw error
        }
    }

    /// Whether there is nothing at a path, or no more than a creation that was cut off has left.
    private static func mayBeMade(
        _ path: String, _ environment: StorageEnvironment
    ) throws -> Bool {
        guard let status = try environment.fileSystem.status(of: path) else { return true }
        guard status.isDirectory else { return false }
        return try environment.fileSystem.list(path).isEmpty
            || DatabaseDirectory.isUnfinished(at: path, environment.fileSystem)
    }

    private static func assemble(
        _ directory: DatabaseDirectory, _ options: DatabaseOptions, _ analyzers: AnalyzerCatalog,
        _ types: [TypeDescription]
    ) throws -> Database {
        let checks = Dictionary(
            types.map { ($0.table.name, $0.codeChecks) }, uniquingKeysWith: { first, _ in first })
        var loader = EngineLoader(
            directory: directory, codeChecks: checks, analyzers: analyzers)
        loader.progress = options.progress
        loader.acceptsDamage = options.opensUpToDamage
        loader.loading = options.loading
        loader.onFault = { [logger = options.logger] error in
            logger.error("\(error)")
            do {
                if let kept = try directory.setSnapshotAside(error) {
                    logger.notice("\(error.file ?? "") was set aside as \(kept)")
                }
            } catch {
                logger.error("the damaged snapshot was not set aside: \(error)")
            }
        }
        let engine = try loader.load(through: directory.lastPosition)
        let opening = Opening(directory, loader, at: engine.position, options.logger)
        let plan = try TypeDescription.merge(types, into: engine.schema)
        if let plan, options.onlyReads {
            throw DatabaseError(
                .schemaMismatch,
                "The types have tables, or analyzers of texts, that the database lacks: "
                    + (plan.schema.difference(from: engine.schema.schema) ?? ""),
                advice: "Open it for writing once, which takes them over.")
        }
        if let plan { try analyzers.check(plan, after: engine.schema) }
        let registry = TypeRegistry(
            codecs: types.map { type in
                let schema = plan ?? engine.schema
                return type.makeCodec(schema.tables[schema.number(of: type.table.name)])
            })
        let publication = Publication(engine.closeGroup(), registry)
        let committer = directory.log.map {
            Committer(
                engine: engine, publication: publication, log: $0,
                environment: directory.environment,
                retainedByteBudget: options.retainedByteBudget)
        }
        let database = Database(
            directory: directory, types: types, registry: registry, options: options,
            analyzers: analyzers, publication: publication, committer: committer, opening: opening,
            loading: engine.loading, snapshotPosition: loader.snapshotPosition)
        if directory.worksInBackground {
            engine.loading?.begin { shouldStop in
                checkLog(of: directory, options.logger, shouldStop)
            }
        }
        if let plan { try database.writeSchema(plan) }
        return database
    }

    /// Looks, after the opening, at the part of the log that it did not need.
    private static func checkLog(
        of directory: DatabaseDirectory, _ logger: Logger, _ shouldStop: () -> Bool
    ) {
        guard let position = directory.report.uncheckedPosition else { return }
        do {
            try directory.replay(after: position - 1, through: directory.report.lastPosition) {
                _ in !shouldStop()
            }
        } catch {
            logger.error("the log is damaged, which `verify` tells more of: \(error)")
        }
    }

    /// Puts a schema into the log and takes it over.
    func writeSchema(_ plan: SchemaPlan) throws {
        let committer = try writable()
        let head = CommitHead(actor: "tufa")
        let ticket = try committer.run(head) { _ in committer.engine.change(to: plan) }
        try committer.waitBlocking(for: ticket.generation)
    }
}

extension SchemaPlan {
    func number(of table: String) -> Int { find(table)?.number ?? 0 }
}

extension Engine {
    /// Appends a schema event to the open transaction and takes the schema over.
    func change(to plan: SchemaPlan) {
        position += 1
        let bytes = plan.schema.encode()
        unsafe bytes.withUnsafeBytes { payload in
            unsafe buffer.append(
                EventHeader(
                    kind: .schema, table: 0, schemaVersion: plan.schema.version, id: .none,
                    previousPosition: 0, rowVersion: 0),
                payload: payload)
        }
        adopt(plan)
    }
}
