import Testing
import TufaBytes

@testable import TufaStorage

/// What is left to do when a file was damaged, taken away or put where it does not belong.
@Suite struct DamageTests {
    /// Archives 1 to 160, then segments, then a tail: 320 events in commits of 3 and 5.
    func database() throws -> TestDatabase {
        let database = try TestDatabase()
        for _ in 0..<20 { try database.write([3, 5], byteCount: 200) }
        try database.directory.log?.rotate()
        _ = try database.directory.archive(maximumSegmentByteCount: 20_000)
        for _ in 0..<20 { try database.write([3, 5], byteCount: 200) }
        return database
    }

    func snapshot(_ database: TestDatabase, _ position: UInt64) throws {
        let writer = try SnapshotWriter(database.directory, position: position, time: 1)
        writer.begin(SnapshotSection(kind: 1))
        try [UInt8](repeating: 5, count: 40_000).withUnsafeBytes { try writer.write($0) }
        try writer.endSection()
        try writer.finish(metadata: [], stateHash: .none)
    }

    func flip(_ system: MemoryFileSystem, _ name: String, at offset: UInt64) throws {
        let file = try system.open("db/" + name, .readWrite)
        let byte = try file.bytes(count: 1, at: offset)
        try file.write([byte[0] ^ 0x40], at: offset)
    }

    func upToDamage(_ system: MemoryFileSystem) throws -> DatabaseDirectory {
        try DatabaseDirectory.open(
            at: "db", .test(system), mode: .readOnlyUpToDamage, .small)
    }

    func verify(_ system: MemoryFileSystem) throws -> VerifyReport {
        var verifier = StorageVerifier(system, root: "db")
        return try verifier.run()
    }

    // MARK: up to the damage

    @Test func whatLiesBeforeDamageOfTheLiveLogIsReadAndRestored() throws {
        let database = try database()
        try database.directory.close()
        let last = try #require(database.system.list("db/log").last)
        let first = try #require(FileNames.segmentPosition(last))
        try flip(database.system, "log/" + last, at: 4096 + 100)
        let error = #expect(throws: DatabaseError.self) {
            try TestDatabase(opening: database.system)
        }
        #expect(error?.code == .damaged && error?.file == "log/" + last)
        #expect(error?.advice?.contains("position \(first - 1) ") == true)
        #expect(error?.advice?.contains("--up-to-damage") == true)

        let source = try upToDamage(database.system)
        #expect(source.damage?.code == .damaged)
        #expect(source.lastPosition == first - 1)
        let whole = database.commits.filter { $0.position < first }
        #expect(try source.allCommits() == whole)
        let target = try #require(whole.dropLast(3).last)
        #expect(try source.resolve(.time(target.time)).position == target.position)
        for position in [target.position, first - 1] {
            let plan = try source.planRestore(to: .position(position))
            let copy = try source.copyHistory(plan, into: "copy\(position)", .small)
            #expect(try copy.allCommits() == whole.filter { $0.position <= position })
        }
        #expect(errorCode { try source.planRestore(to: .position(first)) } == .noSuchMoment)
        #expect(source.log == nil)
    }

    @Test func aSegmentWhoseHeaderIsGoneEndsTheHistoryBeforeIt() throws {
        let database = try database()
        try database.directory.close()
        let last = try #require(database.system.list("db/log").last)
        let first = try #require(FileNames.segmentPosition(last))
        for harm in 0..<3 {
            let system = database.system.crashed(keeping: .all)
            switch harm {
            case 0: try flip(system, "log/" + last, at: 70)
            case 1: try system.open("db/log/" + last, .readWrite).truncate(to: 5000)
            default: try system.unlink("db/log/" + last)
            }
            let code = errorCode { try TestDatabase(opening: system) }
            #expect(code == .damaged || code == .missingFile)
            let source = try upToDamage(system)
            #expect(source.lastPosition == first - 1, "\(harm)")
            #expect(try source.allCommits() == database.commits.filter { $0.position < first })
            #expect(try source.resolve(.time(3500)).position == 3)
        }
    }

    @Test func aMissingArchiveIsDamageUpToWhichOneReads() throws {
        let database = try database()
        try database.directory.close()
        let names = try database.system.list("db/archive")
        #expect(names.count > 2)
        let range = try #require(FileNames.archiveRange(names[1]))
        try database.system.unlink("db/archive/" + names[1])
        #expect(errorCode { try TestDatabase(opening: database.system) } == .missingFile)
        let source = try upToDamage(database.system)
        #expect(source.damage?.code == .missingFile)
        let plan = try source.planRestore(to: .position(range.lowerBound - 1))
        #expect(plan.moment.position == range.lowerBound - 1)
        #expect(
            errorCode { try source.planRestore(to: .position(range.upperBound)) } == .missingFile)
    }

    @Test func aSoundDatabaseIsReadToItsEnd() throws {
        let database = try database()
        let source = try upToDamage(database.system)
        #expect(source.damage == nil)
        #expect(try source.allCommits() == database.commits)
    }

    // MARK: files of others

    func stranger() throws -> (MemoryFileSystem, [UInt8], [UInt8]) {
        let other = try TestDatabase()
        // Another identity: the seed of the environment makes it.
        let system = MemoryFileSystem()
        let directory = try DatabaseDirectory.create(at: "db", .test(system, seed: 77), .small)
        let group = GroupBuffer()
        try other.write([5])
        for commit in other.commits { try commit.append(to: group) }
        try directory.writable().append(group, sync: true)
        let writer = try SnapshotWriter(directory, position: 5, time: 1)
        try writer.finish(metadata: [], stateHash: .none)
        try directory.writable().rotate()
        let archive = try #require(try directory.archive().first).name
        return (
            system, try system.contents(of: "db/" + FileNames.snapshot(5), limit: 1 << 20),
            try system.contents(of: "db/" + archive, limit: 1 << 20)
        )
    }

    @Test(arguments: [7, 1_000_001] as [UInt64])
    func aForeignSnapshotIsNamed(_ position: UInt64) throws {
        let database = try database()
        try database.directory.close()
        let (_, bytes, _) = try stranger()
        let name = FileNames.snapshot(position)
        try database.system.open("db/" + name, .create).write(bytes, at: 0)
        for mode in [DatabaseDirectory.Mode.readWrite, .readOnly] {
            let error = #expect(throws: DatabaseError.self) {
                try DatabaseDirectory.open(at: "db", .test(database.system), mode: mode, .small)
            }
            #expect(error?.code == .foreignFile && error?.file == name)
        }
        #expect(try upToDamage(database.system).allCommits() == database.commits)
        let report = try verify(database.system)
        #expect(report.findings.map(\.file) == [name])
        #expect(report.findings.map(\.kind) == ["foreign_file"] && !report.isSound)
    }

    @Test(arguments: [(2, 50), (1, 3), (161, 200), (900, 1000)] as [(UInt64, UInt64)])
    func aForeignArchiveIsNamed(_ first: UInt64, _ last: UInt64) throws {
        let database = try database()
        try database.directory.close()
        let (_, _, bytes) = try stranger()
        let name = FileNames.archive(first, last)
        try database.system.open("db/" + name, .create).write(bytes, at: 0)
        for mode in [DatabaseDirectory.Mode.readWrite, .readOnly] {
            let error = #expect(throws: DatabaseError.self) {
                try DatabaseDirectory.open(at: "db", .test(database.system), mode: mode, .small)
            }
            #expect(
                error?.code == .foreignFile && error?.file == name, "\(String(describing: error))")
        }
    }

    @Test func anArchiveThatRepeatsAnotherIsNamed() throws {
        let database = try database()
        try database.directory.close()
        let names = try database.system.list("db/archive")
        let bytes = try database.system.contents(of: "db/archive/" + names[0], limit: 1 << 20)
        let name = FileNames.archive(2, 50)
        try database.system.open("db/" + name, .create).write(bytes, at: 0)
        let error = #expect(throws: DatabaseError.self) {
            try TestDatabase(opening: database.system)
        }
        #expect(error?.code == .foreignFile && error?.file == name)
    }

    // MARK: snapshots are a cache

    @Test func aSnapshotThatCannotBeReadIsDoneWithout() throws {
        let database = try database()
        try snapshot(database, 160)
        try database.directory.close()
        for position in [200, 1_000_000] as [UInt64] {
            let system = database.system.crashed(keeping: .all)
            let name = FileNames.snapshot(position)
            try system.createDirectory("db/" + name)
            let again = try TestDatabase(opening: system)
            var report = again.directory.report
            #expect(
                try SnapshotCatalog(again.directory).openNewest(
                    atOrBefore: 320, &report)?.position == 160)
            #expect(report.findings.map(\.kind) == [.badSnapshot])
            #expect(report.findings.map(\.file) == [name])
            // A later snapshot counts the good ones, and leaves what it cannot remove.
            for position in [240, 320] as [UInt64] { try snapshot(again, position) }
            try SnapshotCatalog(again.directory).prune()
            #expect(try SnapshotCatalog(again.directory).positions().contains(position))
        }
    }

    @Test func aDamagedSnapshotIsHarmlessWhileTheHistoryIsWhole() throws {
        let database = try database()
        try snapshot(database, 160)
        try database.directory.close()
        try flip(database.system, FileNames.snapshot(160), at: 20_000)
        let report = try verify(database.system)
        #expect(report.findings.map(\.isHarmless) == [true] && report.isSound)
        let name = try #require(database.system.list("db/log").first)
        try flip(database.system, "log/" + name, at: 4200)
        let second = try verify(database.system)
        #expect(second.findings.map(\.isHarmless) == [false, false])
    }

    @Test func damageOfTheLogIsNotBlamedOnASnapshot() throws {
        let database = try TestDatabase()
        for _ in 0..<5 { try database.write([2]) }
        try snapshot(database, 6)
        let log = try #require(database.directory.log)
        let end = log.offset
        try database.write([1])
        try database.directory.close()
        try flip(database.system, log.name, at: end + 70)
        let report = try verify(database.system)
        #expect(report.lastPosition == 10)
        #expect(report.findings.map(\.file) == [log.name])
        // The log ends before the snapshot: the log is what is damaged.
        let file = try database.system.open("db/" + log.name, .readWrite)
        try file.write([UInt8](repeating: 0, count: Int(end)), at: 4096)
        let second = try verify(database.system)
        #expect(second.findings.map(\.file) == [log.name] && !second.isSound)
    }

    // MARK: what is said of it

    @Test func aFileThatWasCutSaysSo() throws {
        let database = try database()
        try snapshot(database, 160)
        try database.directory.close()
        let archive = "archive/" + (try #require(database.system.list("db/archive").first))
        for name in [FileNames.snapshot(160), archive] {
            let file = try database.system.open("db/" + name, .readWrite)
            let size = try file.byteCount()
            for length in [size - 1, size - 4096, size / 2, 4097, 4096, 100, 0] {
                try file.truncate(to: length)
                let finding = try #require(
                    try verify(database.system).findings.first { $0.file == name })
                #expect(finding.message.contains("cut off at \(length) bytes"), "\(finding)")
                #expect(finding.offset == length)
            }
        }
    }

    @Test func whatStandsBehindASealIsTold() throws {
        let database = try database()
        try database.directory.close()
        for name in try database.system.list("db/log").map({ "log/" + $0 }) {
            let system = database.system.crashed(keeping: .all)
            let file = try system.open("db/" + name, .readWrite)
            try file.write([7], at: try file.byteCount() - 10)
            let report = try verify(system)
            #expect(report.findings.map(\.kind) == ["stray_bytes"])
            #expect(report.findings.map(\.file) == [name] && report.isSound)
            #expect(try TestDatabase(opening: system).commits == database.commits)
        }
    }

    @Test func aMissingManifestIsAFinding() throws {
        let database = try database()
        try database.directory.close()
        try database.system.unlink("db/MANIFEST")
        let report = try verify(database.system)
        #expect(report.findings.map(\.kind) == ["missing_file"] && !report.isSound)
        #expect(report.notChecked.count == 1)
    }

    @Test func aDatabaseIsNotRestoredIntoAnother() throws {
        let database = try database()
        let plan = try database.directory.planRestore(to: .position(8))
        for target in ["db", "db/sub", "db/log/x/y"] {
            #expect(
                errorCode { try database.directory.copyHistory(plan, into: target, .small) }
                    == .alreadyExists, "\(target)")
        }
        #expect(try !database.system.exists("db/sub"))
        let folder = try TestFolder()
        let real = try DatabaseDirectory.create(
            at: folder.path + "/db", .test(PosixFileSystem()), .small)
        for target in ["/db/sub", "/db/log/../sub", "/db/sub/below"] {
            #expect(
                errorCode {
                    try DatabaseDirectory.requireOutsideOfDatabases(
                        folder.path + target, PosixFileSystem())
                } == .alreadyExists, "\(target)")
        }
        try DatabaseDirectory.requireOutsideOfDatabases(folder.path + "/new", PosixFileSystem())
        try real.close()
    }
}
