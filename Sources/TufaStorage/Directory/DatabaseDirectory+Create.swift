internal import TufaBytes

extension DatabaseDirectory {
    /// Whether a database lies at a path.
    package static func isDatabase(at root: String, _ fileSystem: any FileSystem) throws -> Bool {
        try fileSystem.exists(root + "/" + FileNames.manifest)
    }

    /// Makes an empty database in a folder that is missing or empty, and opens it for writing.
    ///
    /// A crash on the way leaves a folder in which it can be made again.
    package static func create(
        at root: String, _ environment: StorageEnvironment, _ options: LogOptions = LogOptions()
    ) throws -> DatabaseDirectory {
        let random = environment.random
        var manifest = Manifest(
            databaseID: newID(random, environment.now()),
            lineage: newID(random, environment.now()))
        manifest.createdAt = environment.now()
        return try create(at: root, environment, options, manifest) { _, _ in }
    }

    static func newID(_ random: () -> UInt64, _ now: Int64) -> RowID {
        // Version 7 of RFC 9562: milliseconds, then chance.
        let milliseconds = UInt64(truncatingIfNeeded: now.flooredMilliseconds) & 0xFFFF_FFFF_FFFF
        return RowID(
            high: milliseconds << 16 | 0x7000 | random() & 0x0FFF,
            low: 1 << 63 | random() & (1 << 62 - 1))
    }

    /// Makes a database with a history: `before` puts the archives there, `after` fills the log.
    ///
    /// The manifest gets its name last, so that nothing half made is ever taken for a database.
    static func create(
        at root: String, _ environment: StorageEnvironment, _ options: LogOptions,
        _ manifest: Manifest, lastTime: Int64 = .min, before: () throws -> Void = {},
        after: (Log, inout RecoveryReport) throws -> Void
    ) throws -> DatabaseDirectory {
        let system = environment.fileSystem
        if try !system.exists(root) {
            try system.createDirectory(root)
            try system.syncDirectory(parent(of: root))
        }
        try clearUnfinished(root, system)
        let lock = try system.lock(root + "/" + FileNames.lock, holder: holder)
        do {
            for folder in FileNames.folders where try !system.exists(root + "/" + folder) {
                try system.createDirectory(root + "/" + folder)
            }
            try system.syncDirectory(root)
            try before()
            let tail = try firstSegment(root, environment, options, manifest, lastTime)
            var first = manifest
            first.durableSegment = tail.segment.firstPosition
            first.oldestSegment = tail.segment.firstPosition
            first.durableOffset = tail.offset
            first.durablePosition = tail.nextPosition - 1
            let store = try ManifestStore.create(first, in: root, system)
            var report = RecoveryReport()
            let log = Log(environment, root: root, manifest: store, options: options, tail: tail)
            try after(log, &report)
            report.lastPosition = log.nextPosition - 1
            try store.publish(in: root, system)
            return DatabaseDirectory(
                root: root, environment: environment, manifestStore: store, log: log,
                report: report, lastTime: log.lastTime, lock: lock,
                worksInBackground: options.worksInBackground)
        } catch {
            lock.release()
            throw error
        }
    }

    static var holder: String {
        "process \(Platform.processID)\nhost \(Platform.hostName)\nboot \(Platform.bootID)"
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func firstSegment(
        _ root: String, _ environment: StorageEnvironment, _ options: LogOptions,
        _ manifest: Manifest, _ lastTime: Int64
    ) throws -> LogTail {
        let system = environment.fileSystem
        let folder = root + "/" + FileNames.log
        let first = max(manifest.basePosition, manifest.lastArchivedPosition) + 1
        let prepared = try SegmentPreparer(environment, folder: folder)
            .take(least: 0, usual: options.firstSegmentByteCount)
        let segment = SegmentHeader(
            prologue: manifest.prologue, firstPosition: first, salt: environment.random(),
            byteCount: prepared.byteCount, previousChecksum: 0, previousTime: lastTime)
        try prepared.file.write(segment.encoded(), at: 0)
        try prepared.file.syncData()
        try prepared.file.close()
        let name = FileNames.segment(first)
        try system.rename(prepared.path, to: root + "/" + name)
        try system.syncDirectory(folder)
        return LogTail(
            segment: segment, file: try system.open(root + "/" + name, .readWrite), name: name,
            offset: UInt64(SegmentHeader.byteCount), previousChecksum: 0, sealChecksum: nil,
            nextPosition: first, lastTime: lastTime)
    }

    /// Whether a folder holds nothing but what a creation that a crash cut off has left.
    package static func isUnfinished(at root: String, _ fileSystem: any FileSystem) throws -> Bool {
        guard try fileSystem.status(of: root)?.isDirectory == true else { return false }
        do {
            _ = try unfinishedFiles(root, fileSystem)
            return try !fileSystem.list(root).isEmpty
        } catch let error as DatabaseError
            where error.code == .alreadyExists || error.code == .missingFile
        {
            return false
        }
    }

    /// Removes what a creation that a crash cut off has left; refuses anything else.
    private static func clearUnfinished(_ root: String, _ system: any FileSystem) throws {
        for path in try unfinishedFiles(root, system) { try system.unlink(path) }
    }

    /// The files of a creation that a crash cut off; throws where there is anything else.
    private static func unfinishedFiles(
        _ root: String, _ system: any FileSystem
    ) throws -> [String] {
        let names = try system.list(root)
        if names.isEmpty { return [] }
        let known = Set(
            FileNames.folders + [FileNames.lock, FileNames.manifest + FileNames.unfinished])
        func taken(_ why: String) -> DatabaseError {
            DatabaseError(
                .alreadyExists, "A database cannot be made here: \(why).", file: root,
                advice: "Choose a folder that is missing or empty.")
        }
        if names.contains(FileNames.manifest) { throw taken("there is one already") }
        guard names.allSatisfy(known.contains) else { throw taken("the folder is not empty") }
        let wasBegun = names.contains(FileNames.manifest + FileNames.unfinished)
        var files: [String] = []
        for folder in FileNames.folders where names.contains(folder) {
            for name in try system.list(root + "/" + folder) {
                let path = root + "/" + folder + "/" + name
                let isEmptySegment =
                    try folder == FileNames.log && isUnused(path, system)
                guard name.hasSuffix(FileNames.unfinished) || isEmptySegment else {
                    if wasBegun { throw taken("a restore was begun and not finished") }
                    throw DatabaseError(
                        .missingFile, "The folder holds a database without its manifest.",
                        file: FileNames.manifest, advice: "Restore it from a backup.")
                }
                files.append(path)
            }
        }
        return files
    }

    private static func isUnused(_ path: String, _ system: any FileSystem) throws -> Bool {
        let file = try system.open(path, .read)
        let head = try file.bytes(count: FrameHeader.byteCount, at: UInt64(SegmentHeader.byteCount))
        return head.allSatisfy { $0 == 0 }
    }
}

extension Int64 {
    fileprivate var flooredMilliseconds: Int64 {
        let quotient = self / 1000
        return self % 1000 < 0 ? quotient - 1 : quotient
    }
}
