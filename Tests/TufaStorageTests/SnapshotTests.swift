import Testing
import TufaBytes

@testable import TufaStorage

@Suite struct SnapshotTests {
    static let lengths = [0, 1, 100, 16383, 16384, 16385, 70_000]

    func content(_ length: Int) -> [UInt8] {
        (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ length) }
    }

    func write(_ database: TestDatabase, position: UInt64, pieces: Int = 1000) throws {
        let writer = try SnapshotWriter(
            database.directory, position: position, time: Int64(position) * 1000)
        for (index, length) in Self.lengths.enumerated() {
            writer.begin(SnapshotSection(kind: 1, a: UInt32(index), b: 7))
            try content(length).withUnsafeBytes { bytes in
                for start in stride(from: 0, to: length, by: pieces) {
                    try writer.write(
                        UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + pieces, length)])
                    )
                }
            }
            try writer.endSection()
        }
        try writer.finish(metadata: [1, 2, 3], stateHash: RowID(high: 5, low: 6))
    }

    @Test(arguments: [1, 1000, 16384, 40_000, 100_000])
    func sectionsComeBack(_ pieces: Int) throws {
        let database = try TestDatabase()
        try database.write([3, 2])
        try write(database, position: 5, pieces: pieces)
        let snapshot = try SnapshotCatalog(database.directory).open(5)
        #expect(snapshot.time == 5000)
        #expect(snapshot.stateHash == RowID(high: 5, low: 6))
        #expect(snapshot.metadata == [1, 2, 3])
        #expect(snapshot.sections.count == Self.lengths.count)
        for (index, length) in Self.lengths.enumerated() {
            let section = SnapshotSection(kind: 1, a: UInt32(index), b: 7)
            #expect(snapshot.byteCount(of: section) == length)
            #expect(try snapshot.contents(of: section) == content(length))
            for (start, count) in [(0, 1), (1, 9), (16380, 10), (16384, 16384), (20_000, 49_999)]
            where start + count <= length {
                var part = [UInt8](repeating: 0, count: count)
                try part.withUnsafeMutableBytes { try snapshot.read(section, at: start, into: $0) }
                #expect(part == Array(content(length)[start..<start + count]))
            }
            #expect(throws: DatabaseError.self) {
                var part = [UInt8](repeating: 0, count: length + 1)
                try part.withUnsafeMutableBytes { try snapshot.read(section, into: $0) }
            }
        }
        #expect(snapshot.byteCount(of: SnapshotSection(kind: 2)) == nil)
    }

    @Test func everyDamagedByteIsNoticed() throws {
        let database = try TestDatabase()
        try database.write([5])
        try write(database, position: 5)
        let path = "db/" + FileNames.snapshot(5)
        let good = try database.system.contents(of: path, limit: 1 << 20)
        let file = try database.system.open(path, .readWrite)
        let catalog = SnapshotCatalog(database.directory)
        for at in stride(from: 0, to: good.count, by: 17) {
            try file.write([good[at] ^ 0x10], at: UInt64(at))
            let code = errorCode { try catalog.open(5).verify() }
            #expect(code == .damaged || code == .newerFormat, "at byte \(at)")
            try file.write([good[at]], at: UInt64(at))
        }
        for length in stride(from: 0, to: good.count, by: 997) {
            try file.truncate(to: UInt64(length))
            #expect(errorCode { try catalog.open(5) } == .damaged)
        }
    }

    @Test func theNewestGoodOneIsTakenAndTwoAreKept() throws {
        let database = try TestDatabase()
        for _ in 0..<4 { try database.write([5]) }
        for position in [5, 10, 15, 20] as [UInt64] { try write(database, position: position) }
        let catalog = SnapshotCatalog(database.directory)
        #expect(try catalog.positions() == [20, 15, 10, 5])
        let file = try database.system.open("db/" + FileNames.snapshot(20), .readWrite)
        try file.write([0], at: 3)
        var report = RecoveryReport()
        #expect(try catalog.openNewest(&report)?.position == 15)
        #expect(report.findings.map(\.kind) == [.badSnapshot])
        #expect(try catalog.openNewest(atOrBefore: 14, &report)?.position == 10)
        #expect(try catalog.entries().map { $0.problem?.code } == [.damaged, nil, nil, nil])
        try catalog.prune()
        #expect(try catalog.positions() == [20, 15, 10])
    }

    @Test func anUnfinishedSnapshotIsNone() throws {
        let database = try TestDatabase()
        try database.write([5])
        let writer = try SnapshotWriter(database.directory, position: 5, time: 5000)
        writer.begin(SnapshotSection(kind: 1))
        #expect(try SnapshotCatalog(database.directory).positions() == [])
        let crashed = database.system.crashed(keeping: .all)
        let again = try TestDatabase(opening: crashed)
        #expect(try crashed.list("db/snapshots") == [])
        #expect(again.directory.report.findings.map(\.kind).contains(.unfinishedFile))
        writer.abandon()
        #expect(try database.system.list("db/snapshots") == [])
    }

    @Test func aCrashAtEveryCallLeavesTheOldOrTheNew() throws {
        let database = try TestDatabase()
        try database.write([5])
        try write(database, position: 5, pieces: 100_000)
        let images = Images()
        let system = database.system
        system.onCall { _ in
            for survivors in Images.survivors {
                images.add(system.crashed(keeping: survivors))
            }
            return nil
        }
        try database.write([5])
        try write(database, position: 10, pieces: 100_000)
        database.system.onCall(nil)
        #expect(images.all.count > 50)
        for image in images.all {
            let again = try TestDatabase(opening: image)
            let catalog = SnapshotCatalog(again.directory)
            let positions = try catalog.positions()
            #expect(positions == [5] || positions == [10, 5])
            for position in positions { try catalog.open(position).verify() }
        }
    }

    @Test func aSnapshotThatWasFinishedIsOnTheDisk() throws {
        let database = try TestDatabase()
        try database.write([5])
        try write(database, position: 5)
        let left = database.system.crashed(keeping: .synced)
        let again = try TestDatabase(opening: left)
        #expect(try SnapshotCatalog(again.directory).positions() == [5])
        try SnapshotCatalog(again.directory).open(5).verify()
    }

    /// The disk spoils a byte on its way.
    @Test func aSnapshotThatIsReadBackOtherwiseIsNone() throws {
        let database = try TestDatabase()
        try database.write([5, 5])
        try write(database, position: 5)
        database.system.spoil("snapshots", at: 20_000)
        #expect(errorCode { try write(database, position: 10) } == .damaged)
        database.system.onCall(nil)
        #expect(try database.system.list("db/snapshots").count == 1)
        try write(database, position: 10)
        #expect(try SnapshotCatalog(database.directory).positions() == [10, 5])
    }
}
