package import TufaBytes

/// What a database is and how far it is known to reach (`Docs/Format/Manifest.md`).
package struct Manifest: Sendable, Equatable {
    /// A history that this one continues.
    package struct Ancestor: Sendable, Equatable {
        /// The identity of that history.
        package var lineage: RowID
        /// The last position that was taken over from it.
        package var through: UInt64
    }

    /// How many ancestors fit into a slot.
    static let maximumAncestorCount = 128

    /// The identity of the database, which a restore keeps.
    package var databaseID: RowID
    /// The identity of this one history.
    package var lineage: RowID
    /// The histories before, the oldest first.
    package var ancestors: [Ancestor] = []
    /// Counts the versions of the manifest.
    package var generation: UInt64 = 0
    /// The position before the first event that the files hold.
    package var basePosition: UInt64 = 0
    /// A segment known to be there, by its first position.
    package var durableSegment: UInt64 = 0
    /// How far that segment is known to be synced, in bytes.
    package var durableOffset: UInt64 = 0
    /// The last position known to be synced.
    package var durablePosition: UInt64 = 0
    /// The first position of the oldest segment that was not archived.
    package var oldestSegment: UInt64 = 1
    /// The last position in the archives, or 0.
    package var lastArchivedPosition: UInt64 = 0
    /// The hash of the last archive, or none.
    package var lastArchiveHash: RowID = .none
    /// When the database was made, in microseconds since 1970, UTC.
    package var createdAt: Int64 = 0

    init(databaseID: RowID, lineage: RowID) {
        self.databaseID = databaseID
        self.lineage = lineage
    }

    var prologue: FilePrologue { FilePrologue(databaseID: databaseID, lineage: lineage) }

    /// Whether a file of this identity, whose last event is `last`, belongs to this history.
    func accepts(_ prologue: FilePrologue, last: UInt64) -> Bool {
        guard prologue.databaseID == databaseID else { return false }
        return prologue.lineage == lineage
            || ancestors.contains { $0.lineage == prologue.lineage && last <= $0.through }
    }

    /// Throws unless ``accepts(_:last:)``.
    func requireOwn(_ prologue: FilePrologue, last: UInt64, file: String) throws {
        guard prologue.databaseID == databaseID else {
            throw DatabaseError(
                .foreignFile,
                "The file belongs to the database \(prologue.databaseID), not to "
                    + "\(databaseID).", file: file, advice: "Put the right file in its place.")
        }
        guard accepts(prologue, last: last) else {
            throw DatabaseError(
                .foreignFile,
                "The file belongs to the history \(prologue.lineage), not to "
                    + "\(lineage).", file: file, advice: "Put the right file in its place.")
        }
    }
}

extension Manifest {
    func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: FilePrologue.pageByteCount)
        prologue.append(.manifest, to: &writer)
        writer.u64(generation)
        writer.u64(basePosition)
        writer.u64(durableSegment)
        writer.u64(durableOffset)
        writer.u64(durablePosition)
        writer.u64(oldestSegment)
        writer.u64(lastArchivedPosition)
        FilePrologue.appendID(lastArchiveHash, to: &writer)
        writer.i64(createdAt)
        writer.u32(UInt32(ancestors.count))
        writer.u32(0)
        for ancestor in ancestors {
            FilePrologue.appendID(ancestor.lineage, to: &writer)
            writer.u64(ancestor.through)
        }
        FilePrologue.close(&writer, pageStart: 0)
        return writer.array
    }

    static func decode(_ slot: [UInt8], forWriting: Bool) throws -> Manifest {
        try FilePrologue.read(
            .manifest, slot, file: FileNames.manifest, forWriting: forWriting
        ) { prologue, reader in
            var manifest = Manifest(databaseID: prologue.databaseID, lineage: prologue.lineage)
            manifest.generation = try reader.u64()
            manifest.basePosition = try reader.u64()
            manifest.durableSegment = try reader.u64()
            manifest.durableOffset = try reader.u64()
            manifest.durablePosition = try reader.u64()
            manifest.oldestSegment = try reader.u64()
            manifest.lastArchivedPosition = try reader.u64()
            manifest.lastArchiveHash = try FilePrologue.readID(&reader)
            manifest.createdAt = try reader.i64()
            let count = try reader.u32()
            try reader.skip(4)
            guard count <= maximumAncestorCount else {
                throw DatabaseError(
                    .damaged, "The manifest names \(count) histories before this one.",
                    file: FileNames.manifest)
            }
            for _ in 0..<count {
                manifest.ancestors.append(
                    Ancestor(
                        lineage: try FilePrologue.readID(&reader), through: try reader.u64()))
            }
            return manifest
        }
    }
}
