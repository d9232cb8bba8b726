import Testing
import TufaBytes

@testable import TufaStorage

@Suite struct VerifierTests {
    func database() throws -> TestDatabase {
        let database = try TestDatabase()
        for _ in 0..<40 { try database.write([4, 4], byteCount: 100) }
        _ = try database.directory.archive(through: 200, maximumSegmentByteCount: 20_000)
        let writer = try SnapshotWriter(database.directory, position: 320, time: 320_000)
        writer.begin(SnapshotSection(kind: 1))
        try [UInt8](repeating: 5, count: 40_000).withUnsafeBytes { try writer.write($0) }
        try writer.endSection()
        try writer.finish(metadata: [], stateHash: .none)
        return database
    }

    func verify(_ system: MemoryFileSystem) throws -> VerifyReport {
        var verifier = StorageVerifier(system, root: "db")
        return try verifier.run()
    }

    @Test func aHealthyDatabaseIsSound() throws {
        let database = try database()
        let live = try verify(database.system)
        #expect(live.isSound)
        #expect(live.findings.map(\.kind) == ["unclean_end"])
        #expect(live.eventCount == 320)
        #expect(live.lastPosition == 320)
        try database.directory.close()
        #expect(try verify(database.system).findings == [])
    }

    @Test func everyFileIsLookedAt() throws {
        let database = try database()
        try database.directory.close()
        var names = ["MANIFEST"]
        for folder in ["log", "archive", "snapshots"] {
            names += try database.system.list("db/" + folder).map { folder + "/" + $0 }
        }
        #expect(names.count > 6)
        for name in names {
            let file = try database.system.open("db/" + name, .readWrite)
            let old = try file.bytes(count: 1, at: 4500)
            try file.write([old[0] ^ 1], at: 4500)
            let report = try verify(database.system)
            // One slot of the manifest is spare, and a snapshot is a cache.
            let isSpare = name == "MANIFEST" || name.hasPrefix("snapshots")
            #expect(report.isSound == isSpare, "\(name)")
            #expect(report.findings.map(\.file).contains(name), "\(name)")
            try file.write(old, at: 4500)
        }
        for name in names where name != "MANIFEST" {
            let bytes = try database.system.contents(of: "db/" + name, limit: 1 << 20)
            try database.system.unlink("db/" + name)
            let isSound = try verify(database.system).isSound
            // A snapshot is a copy, so nothing is missing without it.
            #expect(isSound == name.hasPrefix("snapshots"), "\(name)")
            try database.system.open("db/" + name, .create).write(bytes, at: 0)
        }
        #expect(try verify(database.system).findings == [])
    }

    @Test func anArchiveOfAnotherPastIsFoundAndNotRead() throws {
        let database = try TestDatabase()
        try database.write([1])
        let fork = try TestDatabase(opening: database.system.crashed(keeping: .all))
        // Both go on from the same state with commits of the same positions and times.
        for (one, byteCount) in [(database, 50), (fork, 90)] {
            for _ in 0..<2 {
                try one.write([4], byteCount: byteCount)
                try one.directory.log?.rotate()
            }
            #expect(try one.directory.archive(maximumSegmentByteCount: 1).count == 2)
            try one.directory.close()
        }
        #expect(try verify(database.system).findings == [])
        let names = [FileNames.archive(1, 5), FileNames.archive(6, 9)]
        let other = try fork.system.contents(of: "db/" + names[0], limit: 1 << 20)
        try database.system.open("db/" + names[0], .replace).write(other, at: 0)
        let report = try verify(database.system)
        #expect(report.findings.map(\.kind) == ["foreign_file"] && !report.isSound)
        #expect(report.findings.map(\.file) == [names[1]])
        // Nor is it read: its commits and those behind it are of two pasts.
        let again = try DatabaseDirectory.open(at: "db", .test(database.system), .small)
        let error = #expect(throws: DatabaseError.self) { try again.allCommits() }
        #expect(error?.code == .foreignFile && error?.file == names[1])
    }
}
