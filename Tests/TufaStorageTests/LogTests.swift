import Testing
import TufaBytes

@testable import TufaStorage

@Suite struct LogTests {
    @Test func commitsComeBackAsTheyWereWritten() throws {
        let database = try TestDatabase()
        try database.write([1])
        try database.write([3, 1, 2])
        try database.write([40])
        #expect(database.directory.log?.durablePosition == 47)
        try database.directory.close()
        let again = try TestDatabase(opening: database.system)
        #expect(again.commits == database.commits)
        #expect(again.directory.report.wasSealed)
        #expect(again.directory.report.findings.isEmpty)
        #expect(again.directory.report.lastPosition == 47)
        #expect(again.directory.openedLastTime == database.commits.last?.time)
    }

    @Test func writingGoesOnAfterReopening() throws {
        var database = try TestDatabase()
        var commits: [TestCommit] = []
        for round in 0..<12 {
            try database.write([round % 3 + 1, 2])
            if round % 2 == 0 { try database.write([5]) }
            commits = database.commits
            try database.directory.close()
            database = try TestDatabase(opening: database.system)
            #expect(database.commits == commits)
        }
    }

    @Test func theLogGoesOnInFurtherSegments() throws {
        let database = try TestDatabase()
        for _ in 0..<60 { try database.write([4, 4], byteCount: 100) }
        let names = try database.system.list("db/log")
        #expect(names.count > 4)
        try database.directory.close()
        let again = try TestDatabase(opening: database.system)
        #expect(again.commits == database.commits)
        for after in [0, 1, 7, 8, 200, 479, 480] as [UInt64] {
            let rest = try again.directory.allCommits(after: after)
            #expect(rest == database.commits.filter { $0.position > after })
        }
        let some = try again.directory.allCommits(after: 100, through: 200)
        #expect(some.first?.position == 104)
        #expect(some.last?.position == 200)
    }

    @Test func aFrameLargerThanASegmentGetsItsOwn() throws {
        let database = try TestDatabase()
        try database.write([1], byteCount: 50_000)
        try database.write([1])
        try database.write([1], byteCount: 100_000)
        try database.write([2])
        try database.directory.close()
        let again = try TestDatabase(opening: database.system)
        #expect(again.commits == database.commits)
    }

    @Test func aPreparedSegmentThatIsTooShortIsReplaced() throws {
        var options = LogOptions(segmentByteCount: 1 << 20, worksInBackground: true)
        options.firstSegmentByteCount = 8192
        let database = try TestDatabase(options)
        for byteCount in [2500, 100_000, 40, 300_000, 2_000_000, 3000, 900_000, 900_000, 1] {
            try database.directory.log?.checkRoom(for: byteCount + 500)
            try database.write([1], byteCount: byteCount)
        }
        try database.directory.close()
        let again = try TestDatabase(opening: database.system, options)
        #expect(again.commits == database.commits)
        #expect(again.directory.report.findings.isEmpty)
        #expect(try database.system.list("db/log").allSatisfy { $0.hasSuffix(".log") })
    }

    @Test func aCancelledCommitLeavesNothing() throws {
        let group = GroupBuffer()
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        try group.beginCommit(firstPosition: 1, actor: "a", label: "", key: "", metadata: none)
        group.append(TestEvent.sample(1).header, payload: none)
        group.cancelCommit()
        #expect(group.isEmpty)
        #expect(group.byteCount == FrameHeader.byteCount)
        try TestCommit.sample(9, events: 2).append(to: group)
        #expect(group.firstPosition == 9)
        #expect(group.lastPosition == 10)
    }

    @Test func tooLongNamesAreRefused() {
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        let long = String(repeating: "x", count: 65_536)
        #expect(
            errorCode {
                try GroupBuffer().beginCommit(
                    firstPosition: 1, actor: long, label: "", key: "", metadata: none)
            } == .valueTooLong)
    }

    @Test(arguments: ["write", "sync"])
    func aFailureOfTheDiskPoisonsTheLog(_ call: String) throws {
        let database = try TestDatabase()
        try database.write([1])
        let commits = database.commits
        database.system.onCall {
            $0.name == call ? DatabaseError(.io, "The disk is gone.", file: $0.path) : nil
        }
        #expect(errorCode { try database.write([1]) } == .io)
        database.system.onCall(nil)
        #expect(errorCode { try database.write([1]) } == .poisoned)
        #expect(database.directory.log?.poison?.code == .io)
        try database.directory.close()
        let again = try TestDatabase(opening: database.system)
        #expect(again.commits.starts(with: commits))
        try again.write([2])
    }

    @Test func aFullDiskRefusesAndThenGoesOn() throws {
        let database = try TestDatabase()
        try database.write([1], byteCount: 11_000)
        database.system.onCall {
            $0.name == "write" && $0.path.hasSuffix(".tmp")
                ? DatabaseError(.diskFull, "There is no room.", file: $0.path) : nil
        }
        #expect(errorCode { try database.write([1], byteCount: 6000) } == .diskFull)
        #expect(database.directory.log?.poison == nil)
        try database.write([1], byteCount: 100)
        database.system.onCall(nil)
        try database.write([1], byteCount: 6000)
        try database.directory.close()
        let again = try TestDatabase(opening: database.system)
        #expect(again.commits == database.commits)
        #expect(try database.system.list("db/log").count == 2)
    }

    @Test func theNextSegmentIsPreparedInTheBackground() throws {
        let folder = try TestFolder()
        let path = folder.path + "/db"
        let environment = StorageEnvironment.test(PosixFileSystem())
        var options = LogOptions(segmentByteCount: 1 << 20, worksInBackground: true)
        options.firstSegmentByteCount = 1 << 16
        let directory = try DatabaseDirectory.create(at: path, environment, options)
        let group = GroupBuffer()
        var commits: [TestCommit] = []
        for index in 0..<400 {
            group.reset()
            let commit = TestCommit.sample(UInt64(index) + 1, events: 1, byteCount: 3000)
            try commit.append(to: group)
            commits.append(commit)
            try directory.log?.checkRoom(for: group.byteCount)
            try directory.log?.append(group, sync: index % 10 == 0)
        }
        try directory.close()
        let names = try PosixFileSystem().list(path + "/log")
        #expect(names.allSatisfy { $0.hasSuffix(".log") })
        let again = try DatabaseDirectory.open(at: path, environment, options)
        #expect(try again.allCommits() == commits)
        try again.close()
    }

    @Test(arguments: [true, false])
    func checkRoomMeetsAFullDiskFirst(_ worksInBackground: Bool) throws {
        let options = LogOptions(
            segmentByteCount: 65536, worksInBackground: worksInBackground)
        let database = try TestDatabase(options)
        let log = try #require(database.directory.log)
        database.system.onCall {
            $0.name == "write" && $0.path.hasSuffix(".tmp")
                ? DatabaseError(.diskFull, "There is no room.", file: $0.path) : nil
        }
        var accepted = 0
        while errorCode({ try log.checkRoom(for: 3000) }) == nil {
            // One group more than was asked about may be on its way.
            try database.write([1], byteCount: 2500)
            accepted += 1
            #expect(log.poison == nil)
        }
        #expect(accepted > 15)
        #expect(errorCode { try log.checkRoom(for: 3000) } == .diskFull)
        try database.write([1], byteCount: 2500)
        database.system.onCall(nil)
        try log.checkRoom(for: 3000)
        for _ in 0..<30 {
            try log.checkRoom(for: 3000)
            try database.write([1], byteCount: 2500)
        }
        try database.directory.close()
        let again = try TestDatabase(opening: database.system)
        #expect(again.commits == database.commits)
    }

    @Test(arguments: [(16384, 4096), (1 << 20, 1 << 18), (64 << 20, 4 << 20)])
    func aGroupIsLargeBeforeItFillsAShortSegment(_ segment: UInt64, _ large: Int) throws {
        let options = LogOptions(segmentByteCount: segment, worksInBackground: false)
        let database = try TestDatabase(options)
        #expect(database.directory.log?.largeGroupByteCount == large)
    }
}
