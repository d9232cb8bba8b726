import Testing
import TufaBytes

@testable import TufaStorage

@Suite struct ArchiveTests {
    /// A database of several segments.
    func database(_ groups: Int = 40, byteCount: Int? = 100) throws -> TestDatabase {
        let database = try TestDatabase()
        for _ in 0..<groups { try database.write([4, 4], byteCount: byteCount) }
        return database
    }

    @Test func archivesReplaceSegments() throws {
        let database = try database()
        let segments = try database.system.list("db/log").count
        #expect(segments > 3)
        let summaries = try database.directory.archive()
        #expect(summaries.count == 1)
        #expect(try database.system.list("db/log").count == 1)
        #expect(summaries[0].byteCount < summaries[0].segmentByteCount / 2)
        #expect(try database.directory.allCommits(through: 320) == database.commits)
        try database.write([4, 4])
        try database.directory.log?.rotate()
        #expect(try database.directory.archive().count == 1)
        #expect(try database.directory.archive().isEmpty)
        try database.write([1])
        try database.directory.close()
        let again = try TestDatabase(opening: database.system)
        #expect(again.commits == database.commits)
        #expect(again.directory.report.findings.isEmpty)
        for after in [0, 1, 7, 8, 200, 319, 320, 321, 328] as [UInt64] {
            let rest = try again.directory.allCommits(after: after)
            #expect(rest == database.commits.filter { $0.position > after })
        }
    }

    @Test func manySmallArchivesMakeAChain() throws {
        let database = try database(60)
        let summaries = try database.directory.archive(maximumSegmentByteCount: 1)
        #expect(summaries.count > 4)
        let manifest = database.directory.manifest
        var previous = RowID.none
        for summary in summaries {
            let reader = try ArchiveReader(
                database.system, root: "db", range: summary.range, manifest: manifest)
            #expect(reader.trailer.previousHash == previous)
            previous = reader.trailer.hash
            try reader.verify()
        }
        #expect(manifest.lastArchiveHash == previous)
        try database.directory.close()
        let again = try TestDatabase(opening: database.system)
        #expect(again.commits == database.commits)
        again.system.onCall(nil)
        try again.directory.close()
        try database.system.unlink("db/" + summaries[1].name)
        #expect(errorCode { try TestDatabase(opening: database.system) } == .missingFile)
    }

    @Test func aCommitLargerThanABlockAndBytesThatDoNotShrink() throws {
        let database = try TestDatabase()
        try database.write([1], byteCount: 300_000)
        var noise: UInt64 = 1
        let group = GroupBuffer()
        var commit = TestCommit.sample(2, events: 1, byteCount: 70_000)
        for index in commit.events[0].payload.indices {
            noise = noise &* 6_364_136_223_846_793_005 &+ 1
            commit.events[0].payload[index] = UInt8(noise >> 56)
        }
        try commit.append(to: group)
        try database.directory.log?.append(group, sync: true)
        database.commits.append(commit)
        for _ in 0..<300 { try database.write([2]) }
        try database.directory.log?.rotate()
        let summary = try #require(try database.directory.archive().first)
        let reader = try ArchiveReader(
            database.system, root: "db", range: summary.range,
            manifest: database.directory.manifest)
        #expect(reader.entries.contains { $0.block.flags == ArchiveBlock.storedRaw })
        #expect(reader.entries.contains { $0.block.rawByteCount > 300_000 })
        #expect(try database.directory.allCommits(through: 602) == database.commits)
    }

    @Test func everyDamagedByteIsNoticed() throws {
        let database = try database(20)
        let summary = try #require(try database.directory.archive().first)
        let path = "db/" + summary.name
        let good = try database.system.contents(of: path, limit: 1 << 20)
        let file = try database.system.open(path, .readWrite)
        let manifest = database.directory.manifest
        func check() throws {
            try ArchiveReader(
                database.system, root: "db", range: summary.range, manifest: manifest
            ).verify()
        }
        try check()
        for at in stride(from: 0, to: good.count, by: 7) {
            try file.write([good[at] ^ 0x10], at: UInt64(at))
            let code = errorCode(check)
            #expect(code == .damaged || code == .newerFormat, "at byte \(at)")
            try file.write([good[at]], at: UInt64(at))
        }
        for length in stride(from: 0, to: good.count, by: 97) {
            try file.truncate(to: UInt64(length))
            #expect(errorCode(check) == .damaged)
        }
    }

    @Test(arguments: [3, 4, 5, 1 << 31] as [UInt32])
    func unknownFlagsOfABlockAreDamage(flags: UInt32) throws {
        for rawByteCount in [0, 88] as [UInt32] {
            var block = ArchiveBlock(firstPosition: 1, firstTime: 0, lastTime: 0)
            block.eventCount = 1
            block.commitCount = 1
            block.rawByteCount = rawByteCount
            block.storedByteCount = 88
            for known in [0, ArchiveBlock.storedRaw, ArchiveBlock.byColumns] {
                block.flags = known
                let isWhole = known != ArchiveBlock.storedRaw || rawByteCount == 88
                #expect((read(block) != nil) == isWhole)
            }
            block.flags = flags
            #expect(read(block) == nil)
        }
    }

    private func read(_ block: ArchiveBlock) -> ArchiveBlock? {
        var writer = ByteWriter()
        block.append(to: &writer)
        return writer.array.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            return try? ArchiveBlock.read(&reader)
        }
    }

    @Test func aSwappedArchiveIsRefused() throws {
        let database = try database()
        let other = try self.database()
        let name = try #require(try database.directory.archive().first).name
        _ = try other.directory.archive()
        // Another database with the same positions: same name, other identity.
        let foreign = MemoryFileSystem()
        let made = try DatabaseDirectory.create(at: "db", .test(foreign, seed: 99), .small)
        let bytes = try database.system.contents(of: "db/" + name, limit: 1 << 20)
        try made.log?.close()
        try foreign.open("db/" + name, .create).write(bytes, at: 0)
        let range = try #require(FileNames.archiveRange(String(name.dropFirst(8))))
        #expect(
            errorCode {
                try ArchiveReader(foreign, root: "db", range: range, manifest: made.manifest)
            } == .foreignFile)
    }

    @Test func aCrashAtEveryCallLosesNothing() throws {
        let database = try database(20)
        let images = Images()
        let system = database.system
        system.onCall { _ in
            for survivors in Images.survivors { images.add(system.crashed(keeping: survivors)) }
            return nil
        }
        _ = try database.directory.archive(maximumSegmentByteCount: 20_000)
        system.onCall(nil)
        #expect(images.all.count > 100)
        for image in images.all {
            let again = try TestDatabase(opening: image)
            #expect(again.commits == database.commits)
            _ = try again.directory.archive(maximumSegmentByteCount: 20_000)
            #expect(try again.directory.allCommits() == database.commits)
            try again.directory.close()
            let third = try TestDatabase(opening: image)
            #expect(third.commits == database.commits)
            #expect(third.directory.manifest.lastArchivedPosition > 0)
        }
    }

    /// The disk spoils a byte on its way.
    @Test func anArchiveThatIsReadBackOtherwiseCostsNoSegment() throws {
        let database = try database()
        let segments = try database.system.list("db/log")
        database.system.spoil("archive", at: 4096 + 100)
        #expect(errorCode { try database.directory.archive() } == .damaged)
        database.system.onCall(nil)
        #expect(try database.system.list("db/log") == segments)
        #expect(try database.system.list("db/archive").isEmpty)
        #expect(try database.directory.allCommits() == database.commits)
        #expect(try database.directory.archive().count == 1)
        #expect(try database.directory.allCommits() == database.commits)
    }
}
