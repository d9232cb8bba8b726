package import TufaBytes

/// The snapshots of a database.
package struct SnapshotCatalog {
    /// One snapshot file.
    package struct Entry: Sendable {
        /// The position as of which the state is.
        package var position: UInt64
        /// The name, relative to the folder of the database.
        package var name: String
        /// Length, in bytes.
        package var byteCount: UInt64
        /// Why it cannot be used; nil when its first and last pages and its index are whole.
        package var problem: DatabaseError?
    }

    let fileSystem: any FileSystem
    let root: String
    let manifest: Manifest

    /// The snapshots of an open database.
    package init(_ directory: DatabaseDirectory) {
        fileSystem = directory.fileSystem
        root = directory.root
        manifest = directory.manifest
    }

    init(fileSystem: any FileSystem, root: String, manifest: Manifest) {
        self.fileSystem = fileSystem
        self.root = root
        self.manifest = manifest
    }

    /// The positions of the snapshots, the newest first.
    package func positions() throws -> [UInt64] {
        try fileSystem.list(root + "/" + FileNames.snapshots)
            .compactMap(FileNames.snapshotPosition).sorted(by: >)
    }

    /// Every snapshot, the newest first, each with what is wrong with it.
    package func entries() throws -> [Entry] {
        try positions().map { position in
            let name = FileNames.snapshot(position)
            let size = try fileSystem.status(of: root + "/" + name)?.byteCount ?? 0
            var entry = Entry(position: position, name: name, byteCount: size, problem: nil)
            do {
                _ = try open(position)
            } catch let error as DatabaseError {
                entry.problem = error
            }
            return entry
        }
    }

    /// Opens one snapshot.
    package func open(_ position: UInt64) throws -> SnapshotReader {
        try SnapshotReader(fileSystem, root: root, position: position, manifest: manifest)
    }

    /// Throws unless the first or the last page of a snapshot is of this history and its name.
    func requireOwn(_ position: UInt64) throws {
        let name = FileNames.snapshot(position)
        let file = try fileSystem.open(root + "/" + name, .read)
        let pageByteCount = FilePrologue.pageByteCount
        var head: SnapshotTrailer
        do {
            head = try SnapshotTrailer.decode(
                try file.bytes(count: pageByteCount, at: 0), file: name)
        } catch let error as DatabaseError where error.code == .damaged {
            let size = try file.byteCount()
            guard size >= UInt64(2 * pageByteCount),
                let last = try? SnapshotTrailer.decode(
                    try file.bytes(count: pageByteCount, at: size - UInt64(pageByteCount)),
                    file: name)
            else { throw error }
            head = last
        }
        try manifest.requireOwn(head.prologue, last: head.position, file: name)
        try head.requirePosition(position, file: name)
    }

    /// Opens the newest snapshot at or before a position that can be used, or none; the others on
    /// the way are reported.
    package func openNewest(
        atOrBefore last: UInt64 = .max, _ report: inout RecoveryReport
    ) throws -> SnapshotReader? {
        for position in try positions() where position <= last {
            do {
                return try open(position)
            } catch let error as DatabaseError where error.code == .missingFile {
                // A writer has removed it since the folder was listed.
            } catch let error as DatabaseError {
                // A snapshot is a cache: one that the disk does not give is done without.
                report.note(
                    .badSnapshot, FileNames.snapshot(position), error.offset ?? 0, error.message)
            }
        }
        return nil
    }

    /// Removes all but the newest `count` snapshots that can be used; at least two are kept.
    package func prune(keeping count: Int = 2) throws {
        var kept = 0
        for entry in try entries() {
            if kept < max(2, count) {
                if entry.problem == nil { kept += 1 }
            } else if try fileSystem.status(of: root + "/" + entry.name)?.isDirectory == false {
                try fileSystem.unlink(root + "/" + entry.name)
            }
        }
        try fileSystem.syncDirectory(root + "/" + FileNames.snapshots)
    }
}
