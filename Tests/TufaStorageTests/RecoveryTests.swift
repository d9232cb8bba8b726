import Testing
import TufaBytes

@testable import TufaStorage

/// One test for each cell of the table in `Docs/Format/Log.md`, "Recovery".
@Suite struct RecoveryTests {
    let log = "db/" + FileNames.segment(1)

    /// A closed-by-crash log of one segment, and where its frames begin.
    func frames(_ groups: Int = 5, seal: Bool = false) throws -> (TestDatabase, [UInt64]) {
        let database = try TestDatabase()
        var offsets: [UInt64] = []
        for _ in 0..<groups {
            offsets.append(try #require(database.directory.log).offset)
            try database.write([2])
        }
        offsets.append(try #require(database.directory.log).offset)
        if seal { try database.directory.close() }
        return (database, offsets)
    }

    /// The disk after a power cut, with everything that was written.
    func image(_ database: TestDatabase) -> MemoryFileSystem {
        database.system.crashed(keeping: .all)
    }

    func damage(_ system: MemoryFileSystem, _ path: String, at offset: UInt64) throws {
        let file = try system.open(path, .readWrite)
        let byte = try file.bytes(count: 1, at: offset)
        try file.write([byte[0] ^ 0x40], at: offset)
        try file.syncData()
    }

    func zero(_ system: MemoryFileSystem, _ path: String, _ range: Range<UInt64>) throws {
        let file = try system.open(path, .readWrite)
        try file.write([UInt8](repeating: 0, count: range.count), at: range.lowerBound)
        try file.syncData()
    }

    // MARK: zeros to the end, or a seal: a clean end

    @Test func zerosToTheEndOpen() throws {
        let (database, _) = try frames()
        let again = try TestDatabase(opening: image(database))
        #expect(again.commits == database.commits)
        #expect(again.directory.report.findings.map(\.kind) == [.uncleanEnd])
        #expect(!again.directory.report.wasSealed)
    }

    @Test func aSealOpens() throws {
        let (database, _) = try frames(seal: true)
        let again = try TestDatabase(opening: image(database))
        #expect(again.commits == database.commits)
        #expect(again.directory.report.findings.isEmpty)
    }

    // MARK: a bad frame that nothing proves to have been synced: a torn write

    @Test func aTornLastWriteIsCutOffAndKept() throws {
        let (database, offsets) = try frames()
        let system = image(database)
        try damage(system, log, at: offsets[4] + 70)
        let written = try system.contents(of: log, limit: 1 << 20)
        let again = try TestDatabase(opening: system)
        #expect(again.commits == database.commits.dropLast())
        let finding = try #require(again.directory.report.findings.first)
        #expect(finding.kind == .tornWrite)
        #expect(finding.offset == offsets[4])
        let kept = try system.list("db/quarantine")
        #expect(kept.count == 1)
        let bytes = try system.contents(of: "db/quarantine/" + kept[0], limit: 1 << 20)
        #expect(bytes == Array(written[Int(offsets[4])..<Int(offsets[4]) + bytes.count]))
        #expect(written[(Int(offsets[4]) + bytes.count)...].allSatisfy { $0 == 0 })
        let synced = try system.crashed(keeping: .synced).contents(of: log, limit: 1 << 20)
        #expect(synced[Int(offsets[4])...].allSatisfy { $0 == 0 })
        try again.write([3])
        try again.directory.close()
        let third = try TestDatabase(opening: system)
        #expect(third.commits == again.commits)
        #expect(third.directory.report.findings.isEmpty)
    }

    @Test func whatIsCutOffIsOnTheDiskBeforeItIsZeroed() throws {
        let (database, offsets) = try frames()
        let system = image(database)
        try damage(system, log, at: offsets[4] + 70)
        func torn(_ system: MemoryFileSystem, _ path: String, _ offset: UInt64) throws -> [UInt8] {
            try system.open(path, .read).bytes(count: Int(offsets[5] - offsets[4]), at: offset)
        }
        let written = try torn(system, log, offsets[4])
        let images = Images()
        system.onCall { [weak system] _ in
            if let system { images.add(system.crashed(keeping: .synced)) }
            return nil
        }
        _ = try TestDatabase(opening: system)
        system.onCall(nil)
        images.add(system.crashed(keeping: .synced))
        for image in images.all where try torn(image, log, offsets[4]) != written {
            let kept = try image.list("db/quarantine")
            #expect(kept.count == 1)
            let bytes = try kept.first.map { try torn(image, "db/quarantine/" + $0, 0) }
            #expect(bytes.map { !$0.isEmpty && written.starts(with: $0) } == true)
        }
        let last = try #require(images.all.last)
        #expect(try torn(last, log, offsets[4]) != written)
    }

    @Test func aLostHeaderBeforeALeftPayloadIsTorn() throws {
        let (database, offsets) = try frames()
        let system = image(database)
        try zero(system, log, offsets[4]..<offsets[4] + 64)
        let again = try TestDatabase(opening: system)
        #expect(again.commits == database.commits.dropLast())
        #expect(again.directory.report.findings.map(\.kind) == [.tornWrite])
    }

    @Test func laterWholeFramesOfUnsyncedGroupsProveNothing() throws {
        let database = try TestDatabase()
        try database.write([2])
        let offset = try #require(database.directory.log).offset
        for _ in 0..<4 { try database.write([2], sync: false) }
        let system = image(database)
        try damage(system, log, at: offset + 70)
        let again = try TestDatabase(opening: system)
        #expect(again.commits == Array(database.commits.prefix(1)))
        #expect(again.directory.report.findings.map(\.kind) == [.tornWrite])
        try again.write([1])
        #expect(try again.directory.allCommits() == again.commits)
    }

    @Test func aTornSealIsCutOff() throws {
        let (database, offsets) = try frames(seal: true)
        let system = image(database)
        try damage(system, log, at: offsets[5] + 20)
        let again = try TestDatabase(opening: system)
        #expect(again.commits == database.commits)
        #expect(again.directory.report.findings.map(\.kind) == [.tornWrite])
    }

    @Test func aReaderLeavesATornWriteAlone() throws {
        let (database, offsets) = try frames()
        let system = image(database)
        try damage(system, log, at: offsets[4] + 70)
        let before = try system.contents(of: log, limit: 1 << 20)
        let reader = try DatabaseDirectory.open(at: "db", .test(system), mode: .readOnly, .small)
        #expect(try reader.allCommits() == database.commits.dropLast())
        #expect(try system.contents(of: log, limit: 1 << 20) == before)
        #expect(try system.list("db/quarantine") == [])
        #expect(errorCode { try reader.archive() } == .readOnly)
    }

    // MARK: a bad frame that something proves to have been synced: damage

    func expectDamage(
        _ system: MemoryFileSystem, at offset: UInt64, whole commits: [TestCommit],
        file: String? = nil
    ) throws {
        let before = try system.contents(of: log, limit: 1 << 20)
        let error = #expect(throws: DatabaseError.self) { try TestDatabase(opening: system) }
        #expect(error?.code == .damaged)
        #expect(error?.file == file ?? FileNames.segment(1))
        #expect(error?.offset == offset)
        #expect(try system.contents(of: log, limit: 1 << 20) == before)
        #expect(
            errorCode {
                try DatabaseDirectory.open(at: "db", .test(system), mode: .readOnly).allCommits()
            } == .damaged)
        let reader = try DatabaseDirectory.open(
            at: "db", .test(system), mode: .readOnlyUpToDamage, .small)
        #expect(reader.report.findings.map(\.kind) == [.damage])
        #expect(try reader.allCommits() == commits)
    }

    @Test func aDurableOffsetFurtherOnProvesDamage() throws {
        let (database, offsets) = try frames()
        for index in 0..<4 {
            for place in [3, 20, 61, 66, 90] as [UInt64] {
                let system = image(database)
                try damage(system, log, at: offsets[index] + place)
                try expectDamage(
                    system, at: offsets[index], whole: Array(database.commits.prefix(index)))
            }
        }
    }

    @Test func aZeroedFrameInTheMiddleIsDamage() throws {
        let (database, offsets) = try frames()
        let system = image(database)
        try zero(system, log, offsets[2]..<offsets[3])
        try expectDamage(system, at: offsets[2], whole: Array(database.commits.prefix(2)))
    }

    @Test func aSealFurtherOnProvesDamageOfTheLastFrame() throws {
        let (database, offsets) = try frames(seal: true)
        let system = image(database)
        try damage(system, log, at: offsets[4] + 70)
        try expectDamage(system, at: offsets[4], whole: database.commits.dropLast())
    }

    @Test func theManifestProvesDamageOfTheLastFrame() throws {
        let (database, offsets) = try frames()
        try database.directory.log?.noteDurable()
        let system = image(database)
        try damage(system, log, at: offsets[4] + 70)
        try expectDamage(system, at: offsets[4], whole: database.commits.dropLast())
    }

    @Test func theManifestProvesThatZerosAreALoss() throws {
        let (database, offsets) = try frames()
        try database.directory.log?.noteDurable()
        let system = image(database)
        try zero(system, log, offsets[3]..<offsets[5])
        try expectDamage(system, at: offsets[3], whole: Array(database.commits.prefix(3)))
    }

    @Test func aSnapshotProvesDamageOfTheLastFrame() throws {
        let (database, offsets) = try frames()
        try SnapshotWriter(database.directory, position: 10, time: 1)
            .finish(metadata: [], stateHash: .none)
        let system = image(database)
        try damage(system, log, at: offsets[4] + 70)
        try expectDamage(system, at: offsets[4], whole: database.commits.dropLast())
    }

    @Test func aLaterSegmentProvesDamage() throws {
        let (database, offsets) = try frames()
        try database.directory.log?.rotate()
        try database.write([2])
        for place in [offsets[4] + 70, offsets[5] + 3] {
            let system = image(database)
            try damage(system, log, at: place)
            // Opening reads the last segment only: the damage is met by whoever reads the first.
            let again = try DatabaseDirectory.open(at: "db", .test(system), .small)
            let error = #expect(throws: DatabaseError.self) { try again.allCommits() }
            #expect(error?.code == .damaged)
            #expect(error?.file == FileNames.segment(1))
        }
    }

    @Test func aFrameOfAnotherPastIsDamage() throws {
        let (database, offsets) = try frames(2)
        let system = image(database)
        let fork = try TestDatabase(opening: image(database))
        // Both go on from the same state with frames of the same length and positions.
        try fork.write([2])
        try fork.write([2])
        let last = try #require(fork.directory.log).offset
        let forked = try fork.system.contents(of: log, limit: 1 << 20)
        let other = try TestDatabase(opening: system)
        let group = GroupBuffer()
        var commit = TestCommit.sample(5, events: 2)
        commit.time += 1
        try commit.append(to: group)
        try other.directory.log?.append(group, sync: true)
        let second = try #require(other.directory.log).offset
        let mixed = image(other)
        try mixed.open(log, .readWrite).write(
            Array(forked[Int(second)..<Int(last)]), at: second)
        let again = try TestDatabase(opening: mixed)
        #expect(again.commits == database.commits + [commit])
        #expect(again.directory.report.findings.map(\.offset) == [second])
        #expect(offsets[2] < second)
    }

    @Test func aSegmentOfAnotherPastIsRefused() throws {
        let (database, _) = try frames(2)
        let fork = try TestDatabase(opening: image(database))
        for (one, byteCount) in [(database, 8), (fork, 90)] {
            try one.write([2], byteCount: byteCount)
            try one.directory.log?.rotate()
            try one.write([2])
        }
        let name = FileNames.segment(7)
        let system = image(database)
        try system.open("db/" + name, .replace).write(
            fork.system.contents(of: "db/" + name, limit: 1 << 20), at: 0)
        // Opening reads the last segment only: whoever reads the first meets the wrong link.
        let again = try DatabaseDirectory.open(at: "db", .test(system), .small)
        let error = #expect(throws: DatabaseError.self) { try again.allCommits() }
        #expect(error?.code == .foreignFile)
        #expect(error?.file == name)
    }

    @Test func whatAnOpeningHasSeenIsOnTheDisk() throws {
        let system = MemoryFileSystem()
        var database: TestDatabase? = try TestDatabase(system: system)
        for _ in 0..<5 { try database?.write([2], sync: false) }
        // The program stops; the machine goes on, and so does what it has not yet written.
        database = nil
        let again = try TestDatabase(opening: system)
        #expect(again.commits.count == 5)
        let after = try TestDatabase(opening: system.crashed(keeping: .synced))
        #expect(after.commits == again.commits)
    }

    // MARK: an error of the disk is never the end of the log

    @Test func anErrorOfTheDiskIsRefused() throws {
        let (database, _) = try frames()
        let system = image(database)
        for name in ["log", "MANIFEST"] {
            system.onRead {
                $0.name == "read" && $0.path.contains(name)
                    ? DatabaseError(.io, "Input/output error.", file: $0.path) : nil
            }
            #expect(errorCode { try TestDatabase(opening: system) } == .io)
            system.onRead(nil)
        }
        #expect(try system.list("db/quarantine") == [])
        #expect(try TestDatabase(opening: system).commits == database.commits)
    }

    // MARK: a file missing, swapped, of another lineage, of a newer format

    @Test func missingFilesAreNamed() throws {
        let (database, _) = try frames()
        try database.directory.log?.rotate()
        try database.write([2])
        try database.directory.log?.rotate()
        try database.write([2])
        let names = try database.system.list("db/log")
        #expect(names.count == 3)
        for name in names {
            let system = image(database)
            try system.unlink("db/log/" + name)
            // The middle one is missed by whoever reads it, the others when the log is opened.
            let error = #expect(throws: DatabaseError.self) {
                try DatabaseDirectory.open(at: "db", .test(system), .small).allCommits()
            }
            #expect(error?.code == .missingFile)
            #expect(error?.file == "log/" + name)
            if name == names[1] { continue }
            let opening = image(database)
            try opening.unlink("db/log/" + name)
            #expect(
                errorCode { try DatabaseDirectory.open(at: "db", .test(opening), .small) }
                    == .missingFile)
        }
        for folder in ["log", "archive", "snapshots"] {
            let system = image(database)
            for name in try system.list("db/" + folder) {
                try system.unlink("db/\(folder)/\(name)")
            }
            try system.removeDirectory("db/" + folder)
            let error = #expect(throws: DatabaseError.self) { try TestDatabase(opening: system) }
            #expect(error?.code == .missingFile)
        }
        let system = image(database)
        try system.unlink("db/MANIFEST")
        let error = #expect(throws: DatabaseError.self) { try TestDatabase(opening: system) }
        #expect(error?.code == .missingFile)
        #expect(error?.file == "MANIFEST")
    }

    @Test func filesOfAnotherDatabaseAreRefused() throws {
        let (database, _) = try frames()
        let other = MemoryFileSystem()
        try DatabaseDirectory.create(at: "db", .test(other, seed: 77), .small).close()
        let system = image(database)
        let bytes = try other.contents(of: log, limit: 1 << 20)
        try system.open(log, .replace).write(bytes, at: 0)
        #expect(errorCode { try TestDatabase(opening: system) } == .foreignFile)
        let renamed = image(database)
        try renamed.rename(log, to: "db/" + FileNames.segment(7))
        #expect(errorCode { try TestDatabase(opening: renamed) } == .missingFile)
        let stranger = image(database)
        try stranger.open("db/log/notes.txt", .create).close()
        #expect(errorCode { try TestDatabase(opening: stranger) } == .foreignFile)
    }

    @Test(arguments: [8, 24] as [Int])
    func aNewerFormatIsRefusedByName(_ offset: Int) throws {
        for name in ["db/MANIFEST", log] {
            let (database, _) = try frames()
            let system = image(database)
            let file = try system.open(name, .readWrite)
            for slot in 0..<(name == log ? 1 : 2) {
                let base = UInt64(slot * FilePrologue.pageByteCount)
                var page = try file.bytes(count: FilePrologue.pageByteCount, at: base)
                if page.allSatisfy({ $0 == 0 }) { continue }
                page[offset] = 2
                let checksum = CRC32C.checksum(Array(page.dropLast(4)))
                for index in 0..<4 {
                    page[4092 + index] = UInt8(truncatingIfNeeded: checksum >> (8 * index))
                }
                try file.write(page, at: base)
            }
            #expect(errorCode { try TestDatabase(opening: system) } == .newerFormat)
        }
    }

    @Test func aReadOnlyFeatureOpensForReading() throws {
        let (database, _) = try frames()
        let system = image(database)
        let file = try system.open(log, .readWrite)
        var page = try file.bytes(count: FilePrologue.pageByteCount, at: 0)
        page[20] = 1
        let checksum = CRC32C.checksum(Array(page.dropLast(4)))
        for index in 0..<4 {
            page[4092 + index] = UInt8(truncatingIfNeeded: checksum >> (8 * index))
        }
        try file.write(page, at: 0)
        #expect(errorCode { try TestDatabase(opening: system) } == .newerFormat)
        let reader = try DatabaseDirectory.open(at: "db", .test(system), mode: .readOnly, .small)
        #expect(try reader.allCommits() == database.commits)
    }

    @Test func aFolderThatIsNoDatabaseIsRefused() throws {
        let system = MemoryFileSystem()
        #expect(errorCode { try DatabaseDirectory.open(at: "db", .test(system)) } == .notADatabase)
        try system.open("db", .create).close()
        #expect(errorCode { try DatabaseDirectory.open(at: "db", .test(system)) } == .notADatabase)
        try system.unlink("db")
        try system.createDirectory("db")
        #expect(errorCode { try DatabaseDirectory.open(at: "db", .test(system)) } == .notADatabase)
        try system.open("db/file", .create).close()
        #expect(errorCode { try DatabaseDirectory.open(at: "db", .test(system)) } == .notADatabase)
        #expect(
            errorCode { try DatabaseDirectory.create(at: "db", .test(system)) } == .alreadyExists)
    }

    @Test func aSecondWriterIsRefusedAtOnce() throws {
        let (database, _) = try frames()
        let error = #expect(throws: DatabaseError.self) {
            try TestDatabase(opening: database.system)
        }
        #expect(error?.code == .locked)
        #expect(error?.message.contains("process ") == true)
        let reader = try DatabaseDirectory.open(
            at: "db", .test(database.system), mode: .readOnly, .small)
        #expect(try reader.allCommits() == database.commits)
        #expect(
            errorCode { try DatabaseDirectory.create(at: "db", .test(database.system)) }
                == .alreadyExists)
    }

    // MARK: the segment itself

    @Test func everyTruncationOfTheLogIsRefused() throws {
        let (database, _) = try frames()
        let size = try database.system.contents(of: log, limit: 1 << 20).count
        for length in stride(from: 0, to: size, by: 411) {
            let system = image(database)
            let file = try system.open(log, .readWrite)
            try file.truncate(to: UInt64(length))
            #expect(errorCode { try TestDatabase(opening: system) } == .damaged)
        }
    }

    @Test func noFlippedByteIsEverTakenForData() throws {
        let (database, offsets) = try frames()
        let good = try image(database).contents(of: log, limit: 1 << 20)
        let system = image(database)
        let file = try system.open(log, .readWrite)
        for at in 0..<Int(offsets[5]) + 40 {
            try file.write([good[at] ^ 0x21], at: UInt64(at))
            do {
                let reader = try DatabaseDirectory.open(
                    at: "db", .test(system), mode: .readOnly, .small)
                let commits = try reader.allCommits()
                #expect(commits == database.commits || commits == database.commits.dropLast())
                #expect(at >= Int(offsets[4]))
            } catch let error as DatabaseError {
                #expect([.damaged, .newerFormat].contains(error.code))
                #expect(at < Int(offsets[4]))
            }
            try file.write([good[at]], at: UInt64(at))
        }
    }

    @Test func oneSlotOfTheManifestIsEnough() throws {
        let (database, _) = try frames()
        try database.directory.log?.noteDurable()
        for slot in 0..<2 {
            let system = image(database)
            try damage(system, "db/MANIFEST", at: UInt64(slot * 4096 + 100))
            #expect(try TestDatabase(opening: system).commits == database.commits)
        }
        let system = image(database)
        try damage(system, "db/MANIFEST", at: 100)
        try damage(system, "db/MANIFEST", at: 5000)
        #expect(errorCode { try TestDatabase(opening: system) } == .damaged)
    }
}
