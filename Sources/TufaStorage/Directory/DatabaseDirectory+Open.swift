package import TufaBytes

extension DatabaseDirectory {
    /// Opens a database: takes the lock, reads the manifest, finds the end of the log.
    ///
    /// - Throws: ``DatabaseError``: `.notADatabase`, `.locked`, `.newerFormat`, `.foreignFile`,
    ///   `.missingFile`, `.damaged`, each with the file; or `.io`.
    package static func open(
        at root: String, _ environment: StorageEnvironment, mode: Mode = .readWrite,
        _ options: LogOptions = LogOptions()
    ) throws -> DatabaseDirectory {
        var attempts = 1
        while true {
            do {
                return try openOnce(at: root, environment, mode, options, damage: nil)
            } catch let error as DatabaseError where mode != .readWrite && isDamage(error) {
                // A writer may have moved on between one look at the folder and the next.
                attempts += 1
                if attempts <= 3 { continue }
                guard mode == .readOnlyUpToDamage else { throw error }
                return try openOnce(at: root, environment, mode, options, damage: error)
            }
        }
    }

    /// Whether an error says that bytes or files of a history are not what was written.
    package static func isDamage(_ error: DatabaseError) -> Bool {
        [.damaged, .missingFile, .foreignFile].contains(error.code)
    }

    private static func openOnce(
        at root: String, _ environment: StorageEnvironment, _ mode: Mode, _ options: LogOptions,
        damage: DatabaseError?
    ) throws -> DatabaseDirectory {
        let system = environment.fileSystem
        try checkIsDatabase(root, system)
        let writes = mode == .readWrite
        let lock =
            writes ? try system.lock(root + "/" + FileNames.lock, holder: holder) : nil
        do {
            if writes { try syncEverything(root, system) }
            let store = try ManifestStore.open(in: root, system, forWriting: writes)
            var report = RecoveryReport()
            let files = try prepareFiles(
                root, system, store, writes: writes, acceptsDamage: damage != nil, &report)
            let witness = try Witness.find(system, root: root, files, store.current) { error in
                guard damage != nil else { throw error }
                report.note(.damage, error)
            }
            var recovery = LogRecovery(
                fileSystem: system, root: root, manifest: store.current,
                witnessedPosition: witness.position, witness: witness.name, repairs: writes,
                acceptsDamage: damage != nil)
            recovery.trustsSeal = mode != .readOnlyUpToDamage
            let tail = try findEnd(files, recovery, &report)
            witness.noteUnproven(after: report.lastPosition, &report)
            let log = tail.flatMap {
                writes
                    ? Log(environment, root: root, manifest: store, options: options, tail: $0)
                    : nil
            }
            return DatabaseDirectory(
                root: root, environment: environment, manifestStore: store, log: log,
                report: report, lastTime: tail?.lastTime ?? .min, lock: lock,
                worksInBackground: options.worksInBackground, damage: damage)
        } catch {
            lock?.release()
            throw error
        }
    }

    /// Where the log ends; nil where damage is accepted and the last segment cannot be read at all.
    private static func findEnd(
        _ files: HistoryFiles, _ recovery: LogRecovery, _ report: inout RecoveryReport
    ) throws -> LogTail? {
        let last = files.segments.last ?? 1
        do {
            let tail = try recovery.run(lastSegment: FileNames.segment(last), &report)
            report.lastPosition = tail.nextPosition - 1
            return tail
        } catch let error as DatabaseError where recovery.acceptsDamage && isDamage(error) {
            let archived = files.lastArchived(base: recovery.manifest.basePosition)
            report.note(.damage, error)
            report.lastPosition = max(archived, files.segments.isEmpty ? 0 : last - 1)
            return nil
        }
    }

    static func checkIsDatabase(_ root: String, _ system: any FileSystem) throws {
        guard let status = try system.status(of: root) else {
            throw DatabaseError(
                .notADatabase, "There is nothing at this path.", file: root,
                advice: "Check the path, or make a database there.")
        }
        guard status.isDirectory else {
            throw DatabaseError(
                .notADatabase, "This is a file; a database is a folder.", file: root,
                advice: "Check the path.")
        }
        if try isDatabase(at: root, system) { return }
        let names = try system.list(root)
        if names.contains(FileNames.log),
            try !system.list(root + "/" + FileNames.log).isEmpty
        {
            throw DatabaseError(
                .missingFile, "The folder holds a database without its manifest.",
                file: FileNames.manifest, advice: "Restore it from a backup.")
        }
        throw DatabaseError(
            .notADatabase, "The folder holds no manifest, so it is not a database.", file: root,
            advice: "Check the path, or make a database in an empty folder.")
    }

    /// Makes sure that what is about to be read cannot be taken away by a crash afterwards.
    static func syncEverything(_ root: String, _ system: any FileSystem) throws {
        for folder in FileNames.folders where try system.exists(root + "/" + folder) {
            if folder == FileNames.log {
                for name in try system.list(root + "/" + folder) {
                    let file = try system.open(root + "/" + folder + "/" + name, .readWrite)
                    try file.syncData()
                    try file.close()
                }
            }
            try system.syncDirectory(root + "/" + folder)
        }
        try system.syncDirectory(root)
    }

    /// Checks that no file is missing, and clears what a crash has left half done.
    private static func prepareFiles(
        _ root: String, _ system: any FileSystem, _ store: ManifestStore, writes: Bool,
        acceptsDamage: Bool, _ report: inout RecoveryReport
    ) throws -> HistoryFiles {
        // Nobody reads the quarantine, and it is made where something is to be put into it.
        for folder in FileNames.folders where folder != FileNames.quarantine {
            guard try system.exists(root + "/" + folder) else {
                throw DatabaseError(
                    .missingFile, "The database lacks a folder that it once had.", file: folder,
                    advice: "Put the folder back, or restore from a backup.")
            }
        }
        var files = try HistoryFiles.list(root, system)
        do {
            try files.checkComplete(store.current)
        } catch let error as DatabaseError {
            // Files of others leave gaps by their names: they are named instead of the gap.
            try files.requireOwnArchives(root, system, store.current)
            guard acceptsDamage else { throw error }
            report.note(.damage, error)
        }
        guard writes else { return files }
        let snapshots = try system.list(root + "/" + FileNames.snapshots)
            .filter { $0.hasSuffix(FileNames.unfinished) }
            .map { FileNames.snapshots + "/" + $0 }
        for name in files.unfinished + snapshots {
            try system.unlink(root + "/" + name)
            report.note(.unfinishedFile, name, 0, "The file was not finished and is removed.")
        }
        files.unfinished = []
        try noteArchives(root, system, store)
        let archived = files.lastArchived(base: store.current.basePosition)
        let count = files.segments.count
        while files.segments.count > 1, files.segments[1] <= archived + 1 {
            let name = FileNames.segment(files.segments.removeFirst())
            try system.unlink(root + "/" + name)
            report.note(.archivedSegment, name, 0, "An archive holds the segment; it is removed.")
        }
        if files.segments.count < count, let oldest = files.segments.first {
            try system.syncDirectory(root + "/" + FileNames.log)
            try store.update { $0.oldestSegment = oldest }
        }
        return files
    }
}
