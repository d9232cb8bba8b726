internal import TufaBytes

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
                return try openOnce(at: root, environment, mode, options)
            } catch let error as DatabaseError
                where mode != .readWrite && attempts < 3
                && (error.code == .missingFile || error.code == .damaged)
            {
                // A writer may have moved on between one look at the folder and the next.
                attempts += 1
            }
        }
    }

    private static func openOnce(
        at root: String, _ environment: StorageEnvironment, _ mode: Mode, _ options: LogOptions
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
            let files = try prepareFiles(root, system, store, writes: writes, &report)
            let witness = try newestWitness(root, system, files)
            let recovery = LogRecovery(
                fileSystem: system, root: root, manifest: store.current,
                witnessedPosition: witness.position, witness: witness.name, repairs: writes,
                acceptsDamage: mode == .readOnlyUpToDamage)
            let last = files.segments.last ?? 1
            let tail = try recovery.run(lastSegment: FileNames.segment(last), &report)
            report.lastPosition = tail.nextPosition - 1
            let log =
                writes
                ? Log(environment, root: root, manifest: store, options: options, tail: tail) : nil
            return DatabaseDirectory(
                root: root, environment: environment, manifestStore: store, log: log,
                report: report, lastTime: tail.lastTime, lock: lock)
        } catch {
            lock?.release()
            throw error
        }
    }

    private static func checkIsDatabase(_ root: String, _ system: any FileSystem) throws {
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
    private static func syncEverything(_ root: String, _ system: any FileSystem) throws {
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
        _ report: inout RecoveryReport
    ) throws -> HistoryFiles {
        for folder in FileNames.folders where try !system.exists(root + "/" + folder) {
            guard writes, folder == FileNames.quarantine else {
                throw DatabaseError(
                    .missingFile, "The database lacks a folder that it once had.", file: folder,
                    advice: "Put the folder back, or restore from a backup.")
            }
        }
        var files = try HistoryFiles.list(root, system)
        try files.checkComplete(store.current)
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

    /// The furthest position that anything but the log tells of.
    private static func newestWitness(
        _ root: String, _ system: any FileSystem, _ files: HistoryFiles
    ) throws -> (position: UInt64, name: String) {
        var best: (position: UInt64, name: String) = (0, "")
        if let range = files.archives.last {
            best = (range.upperBound, FileNames.archive(range.lowerBound, range.upperBound))
        }
        for name in try system.list(root + "/" + FileNames.snapshots) {
            if let position = FileNames.snapshotPosition(name), position > best.position {
                best = (position, FileNames.snapshot(position))
            }
        }
        return best
    }
}
