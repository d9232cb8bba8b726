internal import TufaBytes

/// The files that hold the history of a database, by their names.
struct HistoryFiles {
    /// The ranges of the archives, in order.
    var archives: [ClosedRange<UInt64>] = []
    /// The first positions of the segments, in order.
    var segments: [UInt64] = []
    /// Files that were not finished, relative to the folder of the database.
    var unfinished: [String] = []

    /// Lists them; names that nobody gave are refused.
    ///
    /// - Parameter stranger: told of each such name; may throw it.
    static func list(
        _ root: String, _ fileSystem: any FileSystem,
        stranger: (DatabaseError) throws -> Void = { throw $0 }
    ) throws -> HistoryFiles {
        var files = HistoryFiles()
        // The log first: what turns from a segment into an archive meanwhile is then seen twice,
        // and never not at all.
        for name in try fileSystem.list(root + "/" + FileNames.log) {
            if name.hasSuffix(FileNames.unfinished) {
                files.unfinished.append(FileNames.log + "/" + name)
            } else if let position = FileNames.segmentPosition(name) {
                files.segments.append(position)
            } else {
                try stranger(foreign(FileNames.log + "/" + name))
            }
        }
        for name in try fileSystem.list(root + "/" + FileNames.archive) {
            if name.hasSuffix(FileNames.unfinished) {
                files.unfinished.append(FileNames.archive + "/" + name)
            } else if let range = FileNames.archiveRange(name) {
                files.archives.append(range)
            } else {
                try stranger(foreign(FileNames.archive + "/" + name))
            }
        }
        files.archives.sort { $0.lowerBound < $1.lowerBound }
        files.segments.sort()
        return files
    }

    private static func foreign(_ name: String) -> DatabaseError {
        DatabaseError(
            .foreignFile, "The file does not belong into a database.", file: name,
            advice: "Move it elsewhere.")
    }

    /// The last position in the archives, or that before the first.
    func lastArchived(base: UInt64) -> UInt64 { archives.last?.upperBound ?? base }

    /// Throws unless archives and segments together leave no gap after `base`.
    func checkComplete(_ manifest: Manifest) throws {
        var next = manifest.basePosition + 1
        for range in archives {
            guard range.lowerBound == next else {
                throw missing(
                    FileNames.archive + "/" + FileNames.padded(next) + "-….arc", "an archive")
            }
            next = range.upperBound + 1
        }
        if next <= manifest.lastArchivedPosition {
            throw missing(
                FileNames.archive + "/" + FileNames.padded(next) + "-….arc", "an archive")
        }
        guard let first = segments.first, let last = segments.last else {
            throw missing(FileNames.segment(max(next, manifest.durableSegment)), "the live log")
        }
        guard first <= next else { throw missing(FileNames.segment(next), "a log segment") }
        if last < manifest.durableSegment {
            throw missing(FileNames.segment(manifest.durableSegment), "a log segment")
        }
    }

    /// Throws for an archive of another database or history, and for one that repeats another.
    ///
    /// - Complexity: one page of each archive.
    func requireOwnArchives(
        _ root: String, _ system: any FileSystem, _ manifest: Manifest
    ) throws {
        for range in archives {
            do {
                try ArchiveReader.requireOwn(system, root: root, range, manifest)
            } catch let error as DatabaseError where error.code != .foreignFile {
                // Whoever reads it says what is wrong with it.
            }
        }
        for (before, range) in zip(archives, archives.dropFirst())
        where range.lowerBound <= before.upperBound {
            throw DatabaseError(
                .foreignFile,
                "The archive repeats positions of "
                    + "\(FileNames.archive(before.lowerBound, before.upperBound)).",
                file: FileNames.archive(range.lowerBound, range.upperBound),
                advice: "Move one of the two elsewhere.")
        }
    }

    private func missing(_ name: String, _ what: String) -> DatabaseError {
        DatabaseError(
            .missingFile, "The database lacks \(what) that it once had.", file: name,
            advice: "Put the file back, or restore from a backup.")
    }
}
