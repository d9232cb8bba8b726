internal import TufaBytes

extension DatabaseDirectory {
    /// Writes the history up to a plan's moment into a new folder, as a lineage of its own.
    ///
    /// The source is only read. The new database keeps every event up to the moment: archives are
    /// copied, the rest becomes log. Whatever fails, the new folder is removed again; after a crash
    /// it is a folder without a manifest, never half a database.
    /// - Returns: the new database, open for writing, everything in it synced.
    package func copyHistory(
        _ plan: RestorePlan, into target: String, _ options: LogOptions = LogOptions()
    ) throws -> DatabaseDirectory {
        try Self.requireOutsideOfDatabases(target, fileSystem)
        let wasThere = try fileSystem.exists(target)
        if wasThere, try !fileSystem.list(target).isEmpty {
            throw DatabaseError(
                .alreadyExists, "A database cannot be restored here: the folder is not empty.",
                file: target, advice: "Choose a folder that is missing or empty.")
        }
        do {
            return try makeCopy(plan, target, options)
        } catch {
            Self.removeTree(target, fileSystem, keepingRoot: wasThere)
            throw error
        }
    }

    /// Throws where a new database would lie in the folder of another one.
    ///
    /// Whoever copies, moves or removes that folder would take the new one along, and a file in it
    /// would be foreign to the other database.
    package static func requireOutsideOfDatabases(
        _ target: String, _ fileSystem: any FileSystem
    ) throws {
        var existing = target
        while try !fileSystem.exists(existing) {
            let above = parent(of: existing)
            if above == existing { break }
            existing = above
        }
        var folder = try fileSystem.canonicalPath(of: existing)
        // The target itself may hold one; that it is not empty is told elsewhere.
        if existing == target { folder = parent(of: folder) }
        while true {
            if try isDatabase(at: folder, fileSystem) {
                throw DatabaseError(
                    .alreadyExists,
                    "A database cannot be restored into the folder of another one, \(folder).",
                    file: target, advice: "Choose a folder outside of it.")
            }
            let above = parent(of: folder)
            if above == folder { return }
            folder = above
        }
    }

    /// Throws where a new database would lie in a folder, whether that is one of a database or not.
    package static func requireOutside(
        _ target: String, of folder: String, _ fileSystem: any FileSystem
    ) throws {
        guard try fileSystem.exists(folder) else { return }
        var existing = target
        while try !fileSystem.exists(existing), parent(of: existing) != existing {
            existing = parent(of: existing)
        }
        let inner = try fileSystem.canonicalPath(of: existing)
        let outer = try fileSystem.canonicalPath(of: folder)
        if inner == outer || inner.hasPrefix(outer + "/") {
            throw DatabaseError(
                .alreadyExists, "The new database would lie in the folder that it is made from.",
                file: target, advice: "Choose a folder outside of it.")
        }
    }

    private func makeCopy(
        _ plan: RestorePlan, _ target: String, _ options: LogOptions
    ) throws -> DatabaseDirectory {
        let source = manifest
        guard source.ancestors.count < Manifest.maximumAncestorCount else {
            throw DatabaseError(
                .limitExceeded,
                "A history can be continued \(Manifest.maximumAncestorCount) times.",
                advice: "Export the database and import it into a new one.")
        }
        let now = environment.now()
        var next = Manifest(
            databaseID: source.databaseID, lineage: Self.newID(environment.random, now))
        next.basePosition = source.basePosition
        next.createdAt = now
        next.ancestors =
            source.ancestors.map {
                .init(lineage: $0.lineage, through: min($0.through, plan.moment.position))
            } + [.init(lineage: source.lineage, through: plan.moment.position)]
        var lastTime = Int64.min
        if let range = plan.archives.last {
            let last = try ArchiveReader(
                fileSystem, root: root, range: range, manifest: source)
            next.lastArchivedPosition = range.upperBound
            next.lastArchiveHash = last.trailer.hash
            lastTime = last.trailer.lastTime
        }
        let manifest = next
        let copy = try Self.create(
            at: target, environment, options, manifest, lastTime: lastTime,
            before: { try copyFiles(plan, target, manifest) },
            after: { log, _ in try copyLog(plan, log) })
        guard copy.log?.nextPosition == plan.moment.position + 1 else {
            throw DatabaseError(.damaged, "The restored history is not complete.", file: target)
        }
        return copy
    }

    private func copyFiles(_ plan: RestorePlan, _ target: String, _ manifest: Manifest) throws {
        for range in plan.archives {
            let name = FileNames.archive(range.lowerBound, range.upperBound)
            try copyFile(name, target)
            try ArchiveReader(
                fileSystem, root: target, range: range, manifest: manifest,
                suffix: FileNames.unfinished
            ).verify()
            try fileSystem.rename(
                target + "/" + name + FileNames.unfinished, to: target + "/" + name)
        }
        if let position = plan.snapshot {
            let name = FileNames.snapshot(position)
            try copyFile(name, target)
            try SnapshotReader(
                fileSystem, root: target, position: position, manifest: manifest,
                suffix: FileNames.unfinished
            ).verify()
            try fileSystem.rename(
                target + "/" + name + FileNames.unfinished, to: target + "/" + name)
        }
        try fileSystem.syncDirectory(target + "/" + FileNames.archive)
        try fileSystem.syncDirectory(target + "/" + FileNames.snapshots)
    }

    private func copyFile(_ name: String, _ target: String) throws {
        let from = try fileSystem.open(root + "/" + name, .read)
        let to = try fileSystem.open(target + "/" + name + FileNames.unfinished, .replace)
        var offset: UInt64 = 0
        while true {
            let piece = try from.bytes(count: 4 << 20, at: offset)
            if piece.isEmpty { break }
            try to.write(piece, at: offset)
            offset += UInt64(piece.count)
        }
        try to.syncData()
        try to.close()
    }

    private func copyLog(_ plan: RestorePlan, _ log: Log) throws {
        let group = GroupBuffer(capacity: 2 << 20)
        try history.read(from: plan.firstLogPosition, through: plan.moment.position) { commit in
            if group.byteCount >= 1 << 20 {
                try log.append(group, sync: false)
                group.reset()
            }
            group.append(copying: commit)
            return true
        }
        try log.append(group, sync: false)
        try log.sync()
        try log.noteDurable()
    }

    /// Removes what a restore has made; whatever cannot be removed stays.
    static func removeTree(
        _ root: String, _ system: any FileSystem, keepingRoot: Bool
    ) {
        for folder in FileNames.folders {
            for name in (try? system.list(root + "/" + folder)) ?? [] {
                try? system.unlink(root + "/" + folder + "/" + name)
            }
            try? system.removeDirectory(root + "/" + folder)
        }
        for name in [
            FileNames.manifest, FileNames.manifest + FileNames.unfinished, FileNames.lock,
        ] { try? system.unlink(root + "/" + name) }
        if !keepingRoot { try? system.removeDirectory(root) }
    }
}
