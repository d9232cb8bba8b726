internal import TufaBytes

/// Finds everything in the folder of a database that can still be read, whatever is missing or
/// damaged around it; writes nothing and takes no lock.
package struct SalvageSource {
    /// The commits that are there and the gaps between them, in the order of the history.
    package private(set) var steps: [SalvageStep] = []
    /// The places that could not be read, file by file.
    package private(set) var spots: [SalvageSpot] = []
    /// The schemas that commits carry, in the order of their positions.
    package private(set) var schemas: [(position: UInt64, bytes: [UInt8])] = []
    /// The positions of the snapshots that are whole, the oldest first.
    package private(set) var snapshots: [UInt64] = []
    /// Whether the manifest is whole; without it nobody knows where the history ended.
    package private(set) var knowsEnd: Bool
    /// Whether the manifest could be used.
    private let hasManifest: Bool

    private let fileSystem: any FileSystem
    private let root: String
    private let manifest: Manifest
    private let files: HistoryFiles
    private var runs: [SalvageRun] = []
    /// The furthest position of which anything tells.
    private var knownEnd: UInt64 = 0
    private var isEndDamaged = false

    /// Looks through every file.
    ///
    /// - Complexity: O(bytes of the folder).
    /// - Throws: ``DatabaseError``: `.notADatabase` where no file is of any, `.newerFormat`.
    package init(_ fileSystem: any FileSystem, root: String) throws {
        self.fileSystem = fileSystem
        self.root = root
        guard try fileSystem.status(of: root)?.isDirectory == true else {
            throw DatabaseError(
                .notADatabase, "There is no folder at this path.", file: root,
                advice: "Check the path.")
        }
        let (listed, unlisted) = Self.list(fileSystem, root)
        files = listed
        let identity = try SalvageIdentity(fileSystem, root: root, files)
        manifest = identity.manifest
        hasManifest = identity.problem == nil
        knowsEnd = hasManifest
        if let problem = identity.problem { note(problem, FileNames.manifest, nil) }
        if hasManifest { checkSlots() }
        knownEnd = max(manifest.durablePosition, manifest.lastArchivedPosition)
        for (folder, error) in unlisted { noteFolder(folder, error) }
        for range in files.archives { readArchive(range) }
        for index in files.segments.indices { readSegment(index) }
        if manifest.durableSegment > files.segments.last ?? 0, unlisted[FileNames.log] == nil {
            isEndDamaged = true
            spots.append(
                SalvageSpot(
                    file: FileNames.segment(manifest.durableSegment), offset: 0,
                    reason: "The segment is missing, and the manifest knows of it.",
                    expected: manifest.durableSegment))
        }
        readSnapshots()
        schemas.sort { $0.position < $1.position }
        order()
    }

    /// The names that belong here, and why a folder could not be listed.
    private static func list(
        _ fileSystem: any FileSystem, _ root: String
    ) -> (HistoryFiles, [String: any Error]) {
        var problems: [String: any Error] = [:]
        func names(_ folder: String) -> [String] {
            do {
                return try fileSystem.list(root + "/" + folder)
            } catch {
                problems[folder] = error
                return []
            }
        }
        var files = HistoryFiles()
        files.archives = names(FileNames.archive).compactMap(FileNames.archiveRange)
            .sorted { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
        files.segments = names(FileNames.log).compactMap(FileNames.segmentPosition)
            .filter { $0 > 0 }.sorted()
        return (files, problems)
    }

    /// Whatever the folder held is missing, and nobody knows how much it was.
    private mutating func noteFolder(_ folder: String, _ error: any Error) {
        if folder == FileNames.log {
            isEndDamaged = true
            note(error, folder, max(manifest.lastArchivedPosition + 1, manifest.durableSegment))
        } else {
            note(error, folder, manifest.basePosition + 1)
        }
    }

    private mutating func note(_ error: any Error, _ file: String, _ expected: UInt64?) {
        let error = error as? DatabaseError
        spots.append(
            SalvageSpot(
                file: error?.file.map { $0.hasPrefix(root) ? file : $0 } ?? file,
                offset: error?.offset ?? 0, reason: error?.message ?? "It cannot be read.",
                expected: expected))
    }

    /// The newer of the two slots may be the one that is damaged.
    private mutating func checkSlots() {
        let size = FilePrologue.pageByteCount
        let bytes =
            (try? fileSystem.contents(of: root + "/" + FileNames.manifest, limit: 1 << 20)) ?? []
        for slot in 0..<2 {
            let page = Array(bytes.dropFirst(slot * size).prefix(size))
            let isUnused = page.count == size && page.allSatisfy { $0 == 0 }
            if isUnused || (try? Manifest.decode(page, forWriting: false)) != nil { continue }
            knowsEnd = false
            spots.append(
                SalvageSpot(
                    file: FileNames.manifest, offset: UInt64(slot * size),
                    reason: "One of the two slots is not whole; the other one is used.",
                    expected: nil))
        }
    }

    private mutating func readArchive(_ range: ClosedRange<UInt64>) {
        let name = FileNames.archive(range.lowerBound, range.upperBound)
        do {
            let file = try fileSystem.open(root + "/" + name, .read)
            let own = ArchiveReader.ownRange(file, name: name, manifest) ?? range
            var salvage = ArchiveSalvage(file, name: name, range: own)
            do {
                let reader = try ArchiveReader(
                    fileSystem, root: root, range: range, manifest: manifest)
                try salvage.run(reader.entries)
            } catch let error as DatabaseError
                where error.code == .damaged || error.code == .foreignFile && own != range
            {
                // Under another name it is still the history's own.
                if let prologue = SalvageIdentity.prologue(
                    of: root + "/" + name, .archive, fileSystem)
                {
                    try manifest.requireOwn(prologue, last: own.upperBound, file: name)
                }
                note(error, name, range.lowerBound)
                try salvage.scan()
            }
            runs += salvage.runs
            spots += salvage.spots
            schemas += salvage.schemas
            knownEnd = max(knownEnd, range.upperBound)
        } catch {
            note(error, name, range.lowerBound)
        }
    }

    private mutating func readSegment(_ index: Int) {
        var position = files.segments[index]
        let name = FileNames.segment(position)
        let isLast = index == files.segments.count - 1
        do {
            let file = try fileSystem.open(root + "/" + name, .read)
            let page = try file.bytes(count: SegmentHeader.byteCount, at: 0)
            var salt: UInt64?
            var limit: UInt64 = isLast ? .max : files.segments[index + 1]
            var cut: SalvageSpot?
            do {
                let header = try SegmentHeader.decodeAnyName(page, name: name)
                try manifest.requireOwn(header.prologue, last: .max, file: name)
                do {
                    try header.requireName(name)
                } catch {
                    // Under another name it is still the history's own.
                    note(error, name, position)
                    position = header.firstPosition
                    limit = .max
                    if isLast { isEndDamaged = true }
                }
                salt = header.salt
                let size = try file.byteCount()
                if size != header.byteCount {
                    cut = SalvageSpot(
                        file: name, offset: min(size, header.byteCount),
                        reason: "The segment has \(size) bytes; its header says "
                            + "\(header.byteCount).", expected: nil)
                }
            } catch let error as DatabaseError where error.code == .damaged {
                note(error, name, position)
                if isLast { isEndDamaged = true }
            }
            knownEnd = max(knownEnd, position - 1)
            var salvage = try SegmentSalvage(
                file, name: name, firstPosition: position, salt: salt, limit: limit,
                tornOffset: isLast ? tornOffset(name) : nil)
            try salvage.run()
            runs += salvage.runs
            spots += salvage.spots
            schemas += salvage.schemas
            if var cut {
                cut.expected = salvage.expected
                spots.append(cut)
            }
            if let sealed = salvage.sealedPosition {
                knownEnd = max(knownEnd, sealed - 1)
                if isLast, position == files.segments[index] { isEndDamaged = false }
            } else if isLast, cut != nil || salvage.spots.last?.expected == salvage.expected {
                isEndDamaged = true
            }
        } catch {
            note(error, name, position)
            if isLast { isEndDamaged = true }
        }
    }

    /// Where the last segment ends in a write that was never acknowledged; nil where it does not,
    /// and where only the manifest could tell and it is lost.
    private mutating func tornOffset(_ name: String) -> UInt64? {
        guard hasManifest else { return nil }
        let witness = (try? Witness.find(fileSystem, root: root, files, manifest) { _ in })
        var report = RecoveryReport()
        let recovery = LogRecovery(
            fileSystem: fileSystem, root: root, manifest: manifest,
            witnessedPosition: witness?.position ?? 0, witness: witness?.name ?? "",
            repairs: false, acceptsDamage: true)
        guard (try? recovery.run(lastSegment: name, &report)) != nil,
            let torn = report.findings.first(where: { $0.kind == .tornWrite })
        else { return nil }
        spots.append(
            SalvageSpot(
                file: name, offset: torn.offset, reason: torn.message, expected: nil,
                isHarmless: true))
        return torn.offset
    }

    private mutating func readSnapshots() {
        let names = (try? fileSystem.list(root + "/" + FileNames.snapshots)) ?? []
        for position in names.compactMap(FileNames.snapshotPosition).sorted() {
            do {
                try openSnapshot(position).verify()
                snapshots.append(position)
                knownEnd = max(knownEnd, position)
            } catch {
                note(error, FileNames.snapshot(position), nil)
            }
        }
    }

    /// Puts what was found in order, and finds the gaps.
    private mutating func order() {
        runs.sort { ($0.first, $0.file, $0.offset) < ($1.first, $1.file, $1.offset) }
        var next = manifest.basePosition + 1
        var lastTime = Int64.min
        for run in runs where run.last >= next {
            if run.first > next {
                guard run.firstTime > lastTime else {
                    spots.append(
                        SalvageSpot(
                            file: run.file, offset: run.offset,
                            reason: "The commits are older than those before them.",
                            expected: next))
                    continue
                }
                steps.append(.gap(first: next, last: run.first - 1))
                next = run.first
            }
            steps.append(.commits(run, from: next))
            next = run.last + 1
            lastTime = run.lastTime
        }
        if isEndDamaged {
            steps.append(.gap(first: next, last: nil))
        } else if knownEnd >= next {
            steps.append(.gap(first: next, last: knownEnd))
        }
    }

    /// Reads a run again and hands its commits from a position on to `body`.
    ///
    /// - Throws: ``DatabaseError`` `.io`; `.damaged` where the disk gives another answer now.
    package func read(
        _ run: SalvageRun, from position: UInt64, _ body: (CommitReader.Commit) throws -> Void
    ) throws {
        let file = try fileSystem.open(root + "/" + run.file, .read)
        do {
            let content: [UInt8]
            switch run.form {
            case .block(let block):
                content = try SalvageContent.block(block, in: file, at: run.offset)
            case .frame(let count):
                content = try file.bytes(
                    count: count, at: run.offset + UInt64(FrameHeader.byteCount))
            }
            try SalvageContent.walk(content, first: run.first, last: run.last) { commit in
                if commit.firstPosition >= position { try body(commit) }
            }
        } catch let problem as FormatProblem {
            throw problem.damage(file: run.file, base: run.offset)
        }
    }

    /// Opens one of ``snapshots``.
    package func openSnapshot(_ position: UInt64) throws -> SnapshotReader {
        try SnapshotReader(fileSystem, root: root, position: position, manifest: manifest)
    }
}
