internal import TufaBytes

/// The furthest position that anything but the log tells of.
struct Witness {
    /// That position, or 0.
    var position: UInt64 = 0
    /// What tells of it, relative to the folder of the database.
    var name = ""
    /// Snapshots of which nobody can tell whether they are this database's: they prove nothing.
    private(set) var unproven: [(position: UInt64, problem: DatabaseError)] = []

    /// Asks the last archive and every snapshot; a name counts for as much as the file behind it.
    ///
    /// - Parameter foreign: told of each file of another database or history; may throw it.
    static func find(
        _ system: any FileSystem, root: String, _ files: HistoryFiles, _ manifest: Manifest,
        foreign: (DatabaseError) throws -> Void
    ) throws -> Witness {
        var best = Witness()
        if let range = files.archives.last {
            do {
                try ArchiveReader.requireOwn(system, root: root, range, manifest)
                best.position = range.upperBound
                best.name = FileNames.archive(range.lowerBound, range.upperBound)
            } catch let error as DatabaseError where error.code == .foreignFile {
                try foreign(error)
            }
        }
        let catalog = SnapshotCatalog(fileSystem: system, root: root, manifest: manifest)
        for position in try catalog.positions() {
            do {
                try catalog.requireOwn(position)
                if position > best.position {
                    best.position = position
                    best.name = FileNames.snapshot(position)
                }
            } catch let error as DatabaseError where error.code == .foreignFile {
                try foreign(error)
            } catch let error as DatabaseError where error.code != .missingFile {
                // A snapshot is a cache, so it cannot keep a database from being opened.
                best.unproven.append((position, error))
            } catch is DatabaseError {
                // A writer has removed it since the folder was listed.
            }
        }
        return best
    }

    /// Reports the unproven snapshots past the end of the log, which no reader will look at.
    func noteUnproven(after last: UInt64, _ report: inout RecoveryReport) {
        for (position, problem) in unproven where position > last {
            report.note(
                .badSnapshot, FileNames.snapshot(position), problem.offset ?? 0,
                "\(problem.message) By its name it reaches past the end of the log, at \(last), "
                    + "and nothing else does.")
        }
    }
}
