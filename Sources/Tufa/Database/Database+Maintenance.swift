internal import Logging
internal import Synchronization
internal import TufaBytes
internal import TufaIndex
internal import TufaModel
internal import TufaStorage

extension Database {
    /// Writes a snapshot of the state as of the last commit; the next open replays less.
    ///
    /// Writes go on meanwhile, and while there are any the snapshot works a twentieth of the time,
    /// so that they hardly feel it. It is synced and read back before it counts; a crash before
    /// leaves the snapshots that there were.
    /// - Throws: ``DatabaseError``: `read_only`, `disk_full`, `io`.
    /// - Complexity: O(bytes of rows, indexes and texts).
    @discardableResult
    public func snapshot() async throws -> SnapshotReport {
        try await offThread { try self.snapshotBlocking() }
    }

    /// Like `snapshot`, for code that is not asynchronous.
    ///
    /// - Throws: as `snapshot`.
    @discardableResult
    public func snapshotBlocking() throws -> SnapshotReport {
        let committer = try writable()
        let view = view()
        // What a snapshot holds must be on disk in the log first. The view comes before the flush,
        // since a buffered commit may become visible at any time, ahead of the disk.
        try committer.flush()
        let file = try view.read { state in
            let pace = directory.worksInBackground ? pace() : nil
            let writer = try SnapshotWriter(
                directory, position: state.position, time: state.time, pace: pace)
            do {
                return (state.position, try SnapshotState.save(state, to: writer, pace: pace))
            } catch {
                writer.abandon()
                throw error
            }
        }
        let size = try directory.fileSystem.byteCount(ofRenamed: file.1, in: path)
        try SnapshotCatalog(directory).prune(keeping: options.keptSnapshotCount)
        snapshotPosition.store(file.0, ordering: .relaxed)
        options.logger.debug("snapshot of position \(file.0) written: \(file.1), \(size) bytes")
        return SnapshotReport(position: file.0, file: file.1, byteCount: size)
    }

    /// Gives way to commits.
    private func pace() -> Pace {
        Pace { [publication] in publication.publishedGroup }
    }

    /// Turns the log so far into LZ4-compressed archives and removes its segments.
    ///
    /// Each archive is synced, read back and verified before its segments go; a crash at any point
    /// leaves every event in a segment, in an archive, or in both.
    /// - Throws: ``DatabaseError``: `read_only`, `damaged`, `disk_full`, `io`.
    /// - Complexity: O(bytes of the log).
    @discardableResult
    public func archive() async throws -> ArchiveReport {
        try await offThread { try self.archiveBlocking() }
    }

    /// Like `archive`, for code that is not asynchronous.
    ///
    /// - Throws: as `archive`.
    @discardableResult
    public func archiveBlocking() throws -> ArchiveReport {
        try writable().rotateLog()
        let summaries = try directory.archive()
        return ArchiveReport(
            files: summaries.map(\.name),
            eventCount: summaries.reduce(0) { $0 + UInt64($1.range.count) },
            rawByteCount: summaries.reduce(0) { $0 + $1.rawByteCount },
            storedByteCount: summaries.reduce(0) { $0 + $1.byteCount })
    }
}
