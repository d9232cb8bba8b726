internal import TufaBytes

/// Reads one archive.
struct ArchiveReader {
    init(
        _ fileSystem: any FileSystem, root: String, range: ClosedRange<UInt64>, manifest: Manifest
    ) throws {
        throw DatabaseError(.unsupported, "Archives cannot be read.")
    }

    func read(
        from first: UInt64, through last: UInt64, _ body: (CommitReader.Commit) throws -> Bool
    ) throws -> Bool { false }
}
