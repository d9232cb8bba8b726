internal import Synchronization
internal import TufaBytes

/// One archive that was written.
package struct ArchiveSummary: Sendable {
    /// The name, relative to the folder of the database.
    package var name: String
    /// The positions in it.
    package var range: ClosedRange<UInt64>
    /// Length of the segments that it replaces, in bytes.
    package var segmentByteCount: UInt64
    /// Length of the commits in it, in bytes.
    package var rawByteCount: UInt64
    /// Length of the archive, in bytes.
    package var byteCount: UInt64
}

extension DatabaseDirectory {
    /// How many bytes of segments go into one archive at most, unless one segment has more.
    static let archiveSegmentByteCount: UInt64 = 1 << 30

    /// Turns sealed segments into archives and removes them; the live segment stays.
    ///
    /// Call ``Log/rotate()`` first to archive everything. It may run beside the writer. A crash at
    /// any point leaves each event in a segment, in an archive, or in both.
    /// - Parameter last: segments that reach past this position are left alone.
    package func archive(
        through last: UInt64 = .max, maximumSegmentByteCount: UInt64 = archiveSegmentByteCount
    ) throws -> [ArchiveSummary] {
        _ = try writable()
        return try archiving.withLock { _ in
            try Self.noteArchives(root, fileSystem, manifestStore)
            try removeArchivedSegments()
            var summaries: [ArchiveSummary] = []
            while let run = try nextRun(through: last, maximumSegmentByteCount) {
                summaries.append(try archive(run))
                try removeArchivedSegments()
            }
            return summaries
        }
    }

    /// Writes into the manifest what an archive that was finished just before a crash has added.
    static func noteArchives(
        _ root: String, _ fileSystem: any FileSystem, _ store: ManifestStore
    ) throws {
        let files = try HistoryFiles.list(root, fileSystem)
        let known = store.current
        guard let range = files.archives.last, range.upperBound > known.lastArchivedPosition
        else { return }
        let reader = try ArchiveReader(fileSystem, root: root, range: range, manifest: known)
        try store.update {
            $0.lastArchivedPosition = range.upperBound
            $0.lastArchiveHash = reader.trailer.hash
        }
    }

    private struct Run {
        var range: ClosedRange<UInt64>
        var segmentByteCount: UInt64
    }

    /// The oldest sealed segments that make up one archive.
    private func nextRun(through last: UInt64, _ limit: UInt64) throws -> Run? {
        let files = try HistoryFiles.list(root, fileSystem)
        var run: Run?
        for (segment, next) in zip(files.segments, files.segments.dropFirst()) {
            let size =
                try fileSystem.status(of: root + "/" + FileNames.segment(segment))?.byteCount ?? 0
            guard next - 1 <= last, run == nil || (run?.segmentByteCount ?? 0) + size <= limit
            else { break }
            run = Run(
                range: (run?.range.lowerBound ?? segment)...(next - 1),
                segmentByteCount: (run?.segmentByteCount ?? 0) + size)
        }
        return run
    }

    private func archive(_ run: Run) throws -> ArchiveSummary {
        let manifest = self.manifest
        let writer = try ArchiveWriter(
            fileSystem, root: root, manifest: manifest, range: run.range,
            previousHash: manifest.lastArchiveHash)
        var next = run.range.lowerBound
        try history.read(from: run.range.lowerBound, through: run.range.upperBound) { commit in
            try writer.append(commit)
            next = commit.position + 1
            return true
        }
        precondition(next == run.range.upperBound + 1, "A segment ends inside a commit.")
        let hash = try writer.finish()
        let name = FileNames.archive(run.range.lowerBound, run.range.upperBound)
        let byteCount = try fileSystem.byteCount(ofRenamed: name, in: root)
        try manifestStore.update {
            $0.lastArchivedPosition = run.range.upperBound
            $0.lastArchiveHash = hash
        }
        return ArchiveSummary(
            name: name, range: run.range, segmentByteCount: run.segmentByteCount,
            rawByteCount: writer.rawByteCount, byteCount: byteCount)
    }

    /// Removes the segments whose events the archives hold, the oldest first.
    private func removeArchivedSegments() throws {
        let files = try HistoryFiles.list(root, fileSystem)
        let archived = files.lastArchived(base: manifest.basePosition)
        var oldest = files.segments.first ?? 1
        for (segment, next) in zip(files.segments, files.segments.dropFirst())
        where next <= archived + 1 {
            try fileSystem.unlink(root + "/" + FileNames.segment(segment))
            oldest = next
        }
        guard oldest != files.segments.first else { return }
        try fileSystem.syncDirectory(root + "/" + FileNames.log)
        try manifestStore.update { $0.oldestSegment = oldest }
    }
}
