internal import Synchronization
package import TufaBytes

/// The folder of one database, open: its lock, its manifest and its log.
package final class DatabaseDirectory: Sendable {
    /// How a database is opened.
    package enum Mode: Sendable {
        /// For reading and writing, as the only writer.
        case readWrite
        /// For reading; nothing is changed, and no lock is taken.
        case readOnly
        /// For reading, as ``readOnly`` where nothing is damaged, and else up to the damage.
        case readOnlyUpToDamage
    }

    /// The path of the folder.
    package let root: String
    /// Files, chance and time.
    package let environment: StorageEnvironment
    /// The manifest.
    package let manifestStore: ManifestStore
    /// The log, if the database is open for writing.
    package let log: Log?
    /// What was found when it was opened.
    package let report: RecoveryReport
    /// The time of the last commit when it was opened, or the least number.
    package let openedLastTime: Int64
    /// What an opening that goes up to damage has met; nil where there was none.
    package let damage: DatabaseError?
    /// Whether threads may be started for it.
    package let worksInBackground: Bool
    private let lock: (any FileLock)?
    private let end: Atomic<UInt64>
    let archiving = Mutex<Void>(())

    init(
        root: String, environment: StorageEnvironment, manifestStore: ManifestStore, log: Log?,
        report: RecoveryReport, lastTime: Int64, lock: (any FileLock)?, worksInBackground: Bool,
        damage: DatabaseError? = nil
    ) {
        self.worksInBackground = worksInBackground
        self.root = root
        self.environment = environment
        self.manifestStore = manifestStore
        self.log = log
        self.report = report
        openedLastTime = lastTime
        self.lock = lock
        self.damage = damage
        end = Atomic(report.lastPosition)
    }

    /// The file system.
    package var fileSystem: any FileSystem { environment.fileSystem }

    /// The manifest as it is now.
    package var manifest: Manifest { manifestStore.current }

    /// Seals and closes the log and gives the lock back.
    package func close() throws {
        defer { lock?.release() }
        try log?.close()
        try manifestStore.close()
    }

    /// Hands every commit after `position`, up to the one that holds `last`, to `body`, in order,
    /// until it answers false.
    ///
    /// Without `last` it goes to ``lastPosition``.
    /// - Complexity: O(bytes), read once in large pieces into one buffer that is kept.
    package func replay(
        after position: UInt64, through last: UInt64? = nil,
        _ body: (CommitReader.Commit) throws -> Bool
    ) throws {
        let end = last ?? lastPosition
        try history.read(from: position + 1, through: end, body)
    }

    var history: HistoryReader {
        HistoryReader(fileSystem: fileSystem, root: root, manifest: manifest)
    }

    /// The last position on the disk: that of the open log, or that found at opening.
    package var lastPosition: UInt64 { log?.durablePosition ?? end.load(ordering: .relaxed) }

    /// Lets the history of a reader end earlier, where damage was met on the way to its end.
    package func endHistory(at position: UInt64) {
        precondition(log == nil, "A log that is written ends where it ends.")
        end.store(min(position, lastPosition), ordering: .relaxed)
    }

    /// Takes a snapshot that cannot be read out of use.
    ///
    /// - Parameter error: What was wrong with it; it names the file.
    /// - Returns: The name that it has now, relative to the folder; nil where nothing was done,
    ///   because the database is open for reading only or the file is gone.
    /// - Throws: ``DatabaseError`` `.io`.
    package func setSnapshotAside(_ error: DatabaseError) throws -> String? {
        guard log != nil, let name = error.file, try fileSystem.exists(root + "/" + name) else {
            return nil
        }
        return try Quarantine(fileSystem: fileSystem, root: root).move(name)
    }

    func writable() throws -> Log {
        guard let log else {
            throw DatabaseError(
                .readOnly, "The database was opened for reading only.", file: root,
                advice: "Open it for writing.")
        }
        return log
    }
}
