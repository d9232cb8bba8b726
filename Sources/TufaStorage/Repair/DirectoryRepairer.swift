internal import TufaBytes

/// Puts things right in the folder of a database, as its one writer.
///
/// Whatever is overwritten or removed is first copied into the quarantine, and the copy synced with
/// its folder. A crash or an error at any call leaves what was there, or what was there put right
/// in part; doing it again goes on.
package final class DirectoryRepairer {
    private let fileSystem: any FileSystem
    private let root: String
    private let quarantine: Quarantine
    private let lock: any FileLock

    /// Takes the lock of the writer, and syncs what decisions will rest on.
    ///
    /// - Throws: ``DatabaseError``: `.notADatabase`, `.locked`, `.io`.
    package init(_ environment: StorageEnvironment, root: String) throws {
        fileSystem = environment.fileSystem
        self.root = root
        quarantine = Quarantine(fileSystem: fileSystem, root: root)
        do {
            try DatabaseDirectory.checkIsDatabase(root, fileSystem)
        } catch let error as DatabaseError where error.code == .missingFile {
            // Without its manifest it is a database still, and what is wrong is told.
        }
        lock = try fileSystem.lock(
            root + "/" + FileNames.lock, holder: DatabaseDirectory.holder)
        do {
            try DatabaseDirectory.syncEverything(root, fileSystem)
        } catch {
            lock.release()
            throw error
        }
    }

    /// Gives the lock back.
    package func release() { lock.release() }

    /// Does a step; gives it with the name of the copy that was made.
    ///
    /// - Throws: ``DatabaseError``: `.diskFull`, `.io`; and `.damaged` where the file is no longer
    ///   as it was planned.
    package func apply(_ step: RepairStep) throws -> RepairStep {
        var step = step
        switch step.kind {
        case .unfinishedFile, .foreignFile, .badSnapshot:
            step.copy = try quarantine.setAside(step.file)
        case .archivedSegment: step.copy = try setAsideArchived(step.file)
        case .strayBytes: step.copy = try clearBehindSeal(step.file)
        case .tornWrite: step.copy = try cutTornWrite(step.file)
        case .manifestSlot: step.copy = try rewriteSlot(step.offset)
        }
        return step
    }

    private func openManifest() throws -> ManifestStore {
        try ManifestStore.open(in: root, fileSystem, forWriting: true)
    }

    private func changed(_ name: String, _ what: String) -> DatabaseError {
        DatabaseError(
            .damaged, "The file is no longer as it was planned: \(what).", file: name,
            advice: "Plan the repair again.")
    }

    private func setAsideArchived(_ name: String) throws -> String {
        let store = try openManifest()
        let files = try HistoryFiles.list(root, fileSystem)
        try files.checkComplete(store.current)
        let archived = files.lastArchived(base: store.current.basePosition)
        guard
            let index = files.segments.firstIndex(where: { FileNames.segment($0) == name }),
            index + 1 < files.segments.count, files.segments[index + 1] <= archived + 1
        else { throw changed(name, "no archive holds the whole segment") }
        let range = files.segments[index]...(files.segments[index + 1] - 1)
        for archive in files.archives where archive.overlaps(range) {
            try ArchiveReader(fileSystem, root: root, range: archive, manifest: store.current)
                .verify()
        }
        // The manifest knows the archive before the segment goes, as when one is archived.
        try DatabaseDirectory.noteArchives(root, fileSystem, store)
        let copy = try quarantine.setAside(name)
        if index == 0 { try store.update { $0.oldestSegment = files.segments[1] } }
        try store.close()
        return copy
    }

    private func clearBehindSeal(_ name: String) throws -> String? {
        let file = try fileSystem.open(root + "/" + name, .readWrite)
        let segment = try SegmentHeader.read(file, name: name, forWriting: true)
        let frames = FrameReader(file, name: name, segment)
        while true {
            switch try frames.next() {
            case .frame: continue
            case .zeros, .bad: throw changed(name, "no seal is reached")
            case .seal: break
            }
            break
        }
        let start = frames.frameOffset + UInt64(FrameHeader.byteCount)
        guard let last = try SegmentRest(file, segment, from: start).lastNonZero else { return nil }
        let stem = FileNames.padded(segment.firstPosition) + "-" + String(start)
        let copy = try quarantine.keep(file, from: start, to: last + 1, as: stem, ".stray")
        try quarantine.clear(file, from: start, to: last + 1)
        try file.close()
        return copy
    }

    private func cutTornWrite(_ name: String) throws -> String? {
        let store = try openManifest()
        let files = try HistoryFiles.list(root, fileSystem)
        guard let last = files.segments.last, FileNames.segment(last) == name else {
            throw changed(name, "it is not the last segment")
        }
        let witness = try Witness.find(fileSystem, root: root, files, store.current) { throw $0 }
        var report = RecoveryReport()
        let tail = try LogRecovery(
            fileSystem: fileSystem, root: root, manifest: store.current,
            witnessedPosition: witness.position, witness: witness.name, repairs: true,
            acceptsDamage: false
        ).run(lastSegment: name, &report)
        try tail.file.close()
        try store.close()
        return report.findings.first { $0.kind == .tornWrite }?.copy
    }

    private func rewriteSlot(_ offset: UInt64) throws -> String? {
        let size = UInt64(FilePrologue.pageByteCount)
        let store = try openManifest()
        let file = try fileSystem.open(root + "/" + FileNames.manifest, .read)
        let end = min(offset + size, try file.byteCount())
        var copy: String?
        if offset < end {
            copy = try quarantine.keep(
                file, from: offset, to: end, as: "MANIFEST-\(offset)", ".slot")
        }
        try file.close()
        try store.rewrite(slot: offset / size)
        try store.close()
        return copy
    }
}
