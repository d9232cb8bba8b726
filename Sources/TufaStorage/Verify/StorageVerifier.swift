internal import TufaBytes

/// Reads every file of a database and checks every checksum and every chain; changes nothing.
///
/// It needs no lock and goes on after each finding, so that one look shows everything.
package struct StorageVerifier {
    let fileSystem: any FileSystem
    let root: String
    var report = VerifyReport()

    /// Prepares to check the database in a folder.
    package init(_ fileSystem: any FileSystem, root: String) {
        self.fileSystem = fileSystem
        self.root = root
    }

    /// Checks everything.
    ///
    /// - Complexity: O(bytes of the database).
    /// - Throws: ``DatabaseError`` `.notADatabase` where there is nothing to check.
    package mutating func run() throws -> VerifyReport {
        do {
            try DatabaseDirectory.checkIsDatabase(root, fileSystem)
        } catch let error as DatabaseError where error.code == .missingFile {
            note(error, FileNames.manifest)
            noteNothingElse("the manifest is missing")
            return report
        }
        guard let manifest = checkManifest() else {
            noteNothingElse("the manifest cannot be read")
            return report
        }
        guard let files = listFiles(manifest) else {
            noteNothingElse("the folders cannot be listed")
            return report
        }
        checkArchives(files, manifest)
        checkSegments(files, manifest)
        checkSnapshots(manifest)
        return report
    }

    /// Notes an error as a finding, by its own file and place where it names them.
    mutating func note(_ error: any Error, _ file: String, isHarmless: Bool = false) {
        let error = error as? DatabaseError ?? DatabaseError(.io, "\(error)")
        // The system's calls name whole paths.
        let name = error.file ?? file
        let isInside = name.hasPrefix(root + "/")
        add(
            error.code.name, isInside ? String(name.dropFirst(root.count + 1)) : name,
            error.offset ?? 0, error.message,
            isHarmless: isHarmless)
    }

    private mutating func noteNothingElse(_ why: String) {
        report.notChecked.append(
            "The log, the archives and the snapshots were not checked, since \(why).")
    }

    private mutating func add(
        _ kind: String, _ file: String, _ offset: UInt64, _ message: String,
        isHarmless: Bool = false
    ) {
        report.findings.append(
            .init(file: file, offset: offset, kind: kind, message: message, isHarmless: isHarmless))
    }

    private mutating func count(_ file: String) {
        report.fileCount += 1
        let status = try? fileSystem.status(of: root + "/" + file)
        report.byteCount += status?.byteCount ?? 0
    }

    private mutating func checkManifest() -> Manifest? {
        count(FileNames.manifest)
        do {
            let manifest = try ManifestStore.open(in: root, fileSystem, forWriting: false).current
            let file = try fileSystem.open(root + "/" + FileNames.manifest, .read)
            for slot in 0..<2 {
                let offset = UInt64(slot * FilePrologue.pageByteCount)
                let bytes = try file.bytes(count: FilePrologue.pageByteCount, at: offset)
                if bytes.allSatisfy({ $0 == 0 }) && !bytes.isEmpty { continue }
                do {
                    _ = try Manifest.decode(bytes, forWriting: false)
                } catch {
                    add(
                        "torn_write", FileNames.manifest, offset,
                        "One of the two slots is not whole; the other one is used.",
                        isHarmless: true)
                }
            }
            return manifest
        } catch {
            note(error, FileNames.manifest)
            return nil
        }
    }

    private mutating func listFiles(_ manifest: Manifest) -> HistoryFiles? {
        do {
            var strangers: [DatabaseError] = []
            let files = try HistoryFiles.list(root, fileSystem) { strangers.append($0) }
            for error in strangers { note(error, root) }
            for name in files.unfinished {
                add(
                    "unfinished_file", name, 0, "The file was not finished.", isHarmless: true)
            }
            do { try files.checkComplete(manifest) } catch { note(error, root) }
            return files
        } catch {
            note(error, root)
            return nil
        }
    }

    private mutating func checkArchives(_ files: HistoryFiles, _ manifest: Manifest) {
        var previous: ArchiveTrailer?
        for range in files.archives {
            let name = FileNames.archive(range.lowerBound, range.upperBound)
            count(name)
            do {
                let archive = try ArchiveReader(
                    fileSystem, root: root, range: range, manifest: manifest)
                report.lastPosition = max(report.lastPosition, range.upperBound)
                report.eventCount += range.upperBound - range.lowerBound + 1
                if let previous {
                    if previous.last &+ 1 == range.lowerBound,
                        previous.hash != archive.trailer.previousHash
                            || previous.lastTime >= archive.trailer.firstTime
                    {
                        add(
                            DatabaseError.Code.foreignFile.name, name, 0,
                            "The archive does not follow the one before it.")
                    }
                } else if range.lowerBound == manifest.basePosition + 1,
                    archive.trailer.previousHash != .none
                {
                    add(
                        DatabaseError.Code.foreignFile.name, name, 0,
                        "The first archive names one before it.")
                }
                if range.upperBound == manifest.lastArchivedPosition,
                    archive.trailer.hash != manifest.lastArchiveHash
                {
                    add(
                        DatabaseError.Code.foreignFile.name, name, 0,
                        "The archive is not the one that the manifest knows.")
                }
                previous = archive.trailer
                try archive.verify()
            } catch {
                note(error, name)
            }
        }
    }

    /// Checks the snapshots, which are a cache: damage to them is harmless while the rest is whole.
    private mutating func checkSnapshots(_ manifest: Manifest) {
        let isWhole = report.isSound
        let catalog = SnapshotCatalog(fileSystem: fileSystem, root: root, manifest: manifest)
        do {
            for name in try fileSystem.list(root + "/" + FileNames.snapshots) {
                let path = FileNames.snapshots + "/" + name
                if name.hasSuffix(FileNames.unfinished) {
                    add(
                        "unfinished_file", path, 0, "The file was not finished.", isHarmless: true)
                    continue
                }
                guard let position = FileNames.snapshotPosition(name) else {
                    add(
                        DatabaseError.Code.foreignFile.name, path, 0,
                        "The file does not belong into a database.")
                    continue
                }
                count(path)
                do {
                    try catalog.open(position).verify()
                } catch {
                    let isForeign = (error as? DatabaseError)?.code == .foreignFile
                    note(error, path, isHarmless: isWhole && !isForeign)
                }
            }
        } catch {
            note(error, FileNames.snapshots)
        }
    }
}
