internal import TufaBytes

/// Which database and history a folder holds: by its manifest, or by what most of its files say.
struct SalvageIdentity {
    /// The manifest, or one made up of what the files say, which knows of no end.
    let manifest: Manifest
    /// Why the manifest of the folder could not be used; nil where it could.
    let problem: DatabaseError?

    init(_ fileSystem: any FileSystem, root: String, _ files: HistoryFiles) throws {
        do {
            manifest = try ManifestStore.open(in: root, fileSystem, forWriting: false).current
            problem = nil
        } catch let error as DatabaseError
            where [.damaged, .missingFile, .foreignFile, .io].contains(error.code)
        {
            manifest = try Self.guess(fileSystem, root, files)
            problem = error
        }
    }

    /// A file by what its first or its last page says.
    private struct Mark {
        var prologue: FilePrologue
        var kind: FilePrologue.Magic
        var last: UInt64
    }

    private static func guess(
        _ fileSystem: any FileSystem, _ root: String, _ files: HistoryFiles
    ) throws -> Manifest {
        var marks: [Mark] = []
        func look(_ name: String, _ kind: FilePrologue.Magic, _ last: UInt64) {
            guard let prologue = prologue(of: root + "/" + name, kind, fileSystem) else { return }
            marks.append(Mark(prologue: prologue, kind: kind, last: last))
        }
        for range in files.archives {
            look(
                FileNames.archive(range.lowerBound, range.upperBound), .archive, range.upperBound)
        }
        for position in files.segments { look(FileNames.segment(position), .segment, position) }
        let snapshots = ((try? fileSystem.list(root + "/" + FileNames.snapshots)) ?? [])
            .compactMap(FileNames.snapshotPosition)
        for position in snapshots { look(FileNames.snapshot(position), .snapshot, position) }
        var counts: [RowID: Int] = [:]
        for mark in marks { counts[mark.prologue.databaseID, default: 0] += 1 }
        guard let id = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key else {
            throw DatabaseError(
                .notADatabase, "No file in the folder says of which database it is.", file: root,
                advice: "Check the path.")
        }
        marks.removeAll { $0.prologue.databaseID != id }
        // The segment that was begun last is of the history that was written last.
        let newest =
            marks.filter { $0.kind == .segment }.max { $0.last < $1.last }
            ?? marks.max { $0.last < $1.last }
        let lineage = newest?.prologue.lineage ?? .none
        var manifest = Manifest(databaseID: id, lineage: lineage)
        // What other histories left lies before everything of the newest one.
        let begin = marks.filter { $0.prologue.lineage == lineage }.map(\.last).min() ?? .max
        for mark in marks where mark.prologue.lineage != lineage && mark.last < begin {
            let through = max(mark.last, manifest.through(mark.prologue.lineage) ?? 0)
            manifest.ancestors.removeAll { $0.lineage == mark.prologue.lineage }
            manifest.ancestors.append(.init(lineage: mark.prologue.lineage, through: through))
        }
        return manifest
    }

    /// What the first or the last page of a file says; nil where neither is whole.
    static func prologue(
        of path: String, _ kind: FilePrologue.Magic, _ fileSystem: any FileSystem
    ) -> FilePrologue? {
        guard let file = try? fileSystem.open(path, .read), let size = try? file.byteCount() else {
            return nil
        }
        let pageByteCount = UInt64(FilePrologue.pageByteCount)
        var offsets: [UInt64] = [0]
        if kind != .segment, size >= 2 * pageByteCount { offsets.append(size - pageByteCount) }
        for offset in offsets {
            guard let page = try? file.bytes(count: FilePrologue.pageByteCount, at: offset) else {
                continue
            }
            if let found = try? FilePrologue.read(
                kind, page, file: path, forWriting: false, { prologue, _ in prologue })
            {
                return found
            }
        }
        return nil
    }
}

extension Manifest {
    fileprivate func through(_ lineage: RowID) -> UInt64? {
        ancestors.first { $0.lineage == lineage }?.through
    }
}
