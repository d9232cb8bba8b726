import Testing
import TufaBytes

@testable import TufaStorage

@Suite struct RestoreTests {
    /// Archives, then segments, then a tail; commits of 3 and 5 events with times 1000 x position.
    func database() throws -> TestDatabase {
        let database = try TestDatabase()
        for _ in 0..<20 { try database.write([3, 5], byteCount: 200) }
        try database.directory.log?.rotate()
        _ = try database.directory.archive(maximumSegmentByteCount: 20_000)
        for _ in 0..<20 { try database.write([3, 5], byteCount: 200) }
        return database
    }

    @Test func momentsAreFound() throws {
        let database = try database()
        let commits = database.commits
        for commit in commits {
            let moment = Moment(position: commit.position, time: commit.time)
            #expect(try database.directory.resolve(.position(commit.position)) == moment)
            #expect(try database.directory.resolve(.time(commit.time)) == moment)
            #expect(try database.directory.resolve(.time(commit.time + 999)) == moment)
            if !commit.label.isEmpty {
                #expect(try database.directory.resolve(.label(commit.label)) == moment)
            }
        }
        for (before, commit) in zip(commits, commits.dropFirst()) {
            #expect(
                try database.directory.resolve(.position(commit.position - 1)).position
                    == before.position)
            #expect(
                try database.directory.resolve(.time(commit.time - 1)).position == before.position)
        }
        #expect(try database.directory.resolve(.time(.max)).position == commits.last?.position)
        for target: MomentTarget in [
            .position(0), .position(1), .position(999_999), .time(0), .label("none"), .label(""),
        ] {
            #expect(errorCode { try database.directory.resolve(target) } == .noSuchMoment)
        }
    }

    @Test func everyMomentCanBeRestored() throws {
        let database = try database()
        for commit in database.commits.enumerated().filter({ $0.offset % 7 == 3 }).map(\.element) {
            let plan = try database.directory.planRestore(to: .position(commit.position))
            let copy = try database.directory.copyHistory(
                plan, into: "copy\(commit.position)", .small)
            let expected = database.commits.filter { $0.position <= commit.position }
            #expect(try copy.allCommits() == expected)
            #expect(copy.manifest.lineage != database.directory.manifest.lineage)
            #expect(copy.manifest.ancestors.last?.through == commit.position)
            try copy.close()
            let again = try DatabaseDirectory.open(
                at: "copy\(commit.position)", .test(database.system, seed: 5), .small)
            #expect(try again.allCommits() == expected)
            try again.close()
            var verifier = StorageVerifier(database.system, root: "copy\(commit.position)")
            #expect(try verifier.run().findings == [])
        }
    }

    @Test func aRestoredDatabaseGoesOnAndIsRestoredAgain() throws {
        let database = try database()
        let plan = try database.directory.planRestore(to: .position(200))
        #expect(plan.archives.count >= 2)
        var copy = try database.directory.copyHistory(plan, into: "a", .small)
        var commits = database.commits.filter { $0.position <= 200 }
        let group = GroupBuffer()
        for _ in 0..<60 {
            let next = TestCommit.sample(
                (commits.last?.position ?? 0) + 1, events: 4, byteCount: 90)
            group.reset()
            try next.append(to: group)
            try copy.log?.append(group, sync: true)
            commits.append(next)
        }
        try copy.log?.rotate()
        _ = try copy.archive(maximumSegmentByteCount: 20_000)
        for target in [100, 160, 200, 240, 440] as [UInt64] {
            let plan = try copy.planRestore(to: .position(target))
            let second = try copy.copyHistory(plan, into: "b\(target)", .small)
            let position = second.lastPosition
            #expect(try second.allCommits() == commits.filter { $0.position <= position })
            try second.close()
            copy = try reopen(copy)
            var verifier = StorageVerifier(database.system, root: "b\(target)")
            #expect(try verifier.run().findings == [])
        }
    }

    func reopen(_ directory: DatabaseDirectory) throws -> DatabaseDirectory {
        try directory.close()
        return try DatabaseDirectory.open(at: directory.root, directory.environment, .small)
    }

    @Test func aSnapshotIsTakenAlong() throws {
        let database = try database()
        for position in [72, 160, 240] as [UInt64] {
            let writer = try SnapshotWriter(database.directory, position: position, time: 1)
            writer.begin(SnapshotSection(kind: 1))
            try writer.endSection()
            try writer.finish(metadata: [], stateHash: .none)
        }
        let file = try database.system.open("db/" + FileNames.snapshot(160), .readWrite)
        try file.write([1], at: 100)
        let plan = try database.directory.planRestore(to: .position(200))
        #expect(plan.snapshot == 72)
        let copy = try database.directory.copyHistory(plan, into: "copy", .small)
        #expect(try SnapshotCatalog(copy).positions() == [72])
        #expect(try SnapshotCatalog(copy).open(72).position == 72)
    }

    @Test func nothingIsLeftWhenARestoreFails() throws {
        let database = try database()
        let plan = try database.directory.planRestore(to: .position(200))
        let start = database.system.callCount
        try database.directory.copyHistory(plan, into: "whole", .small).close()
        let calls = database.system.callCount - start
        for failing in stride(from: 1, through: calls - 4, by: 3) {
            let base = database.system.callCount
            database.system.onCall {
                // For want of room the manifest is left as it is, and that is no failure.
                let code: DatabaseError.Code = $0.path.contains("MANIFEST") ? .io : .diskFull
                return $0.number == base + failing
                    ? DatabaseError(code, "Injected.", file: $0.path) : nil
            }
            let code = errorCode { try database.directory.copyHistory(plan, into: "new", .small) }
            database.system.onCall(nil)
            #expect(code == .diskFull || code == .io, "call \(failing) of \(calls)")
            #expect(try !database.system.exists("new"), "call \(failing) of \(calls)")
            if code == nil { break }
        }
        try database.directory.copyHistory(plan, into: "new", .small).close()
        #expect(
            errorCode { try database.directory.copyHistory(plan, into: "new", .small) }
                == .alreadyExists)
    }

    @Test func aDamagedSourceIsRefusedBeforeAnythingIsWritten() throws {
        let database = try database()
        let range = try #require(
            try HistoryFiles.list("db", database.system).archives.first)
        let name = FileNames.archive(range.lowerBound, range.upperBound)
        let file = try database.system.open("db/" + name, .readWrite)
        try file.write([0xff, 0xfe], at: 4300)
        #expect(errorCode { try database.directory.planRestore(to: .position(200)) } == .damaged)
    }

    func snapshot(_ directory: DatabaseDirectory, _ position: UInt64) throws {
        try SnapshotWriter(directory, position: position, time: 1)
            .finish(metadata: [], stateHash: .none)
    }

    @Test func filesOfAHistoryThatWasLeftAreRefused() throws {
        let database = try database()
        let system = database.system
        for position in [72, 240] as [UInt64] { try snapshot(database.directory, position) }
        let plan = try database.directory.planRestore(to: .position(200))
        let copy = try database.directory.copyHistory(plan, into: "copy", .small)
        let group = GroupBuffer()
        for first in stride(from: 201, to: 241, by: 8) as StrideTo<UInt64> {
            group.reset()
            try TestCommit.sample(first, events: 8).append(to: group)
            try copy.log?.append(group, sync: true)
        }
        try snapshot(copy, 240)
        try database.directory.close()
        try copy.close()
        let name = FileNames.snapshot(240)
        let (left, right) = (
            try system.contents(of: "db/" + name, limit: 1 << 20),
            try system.contents(of: "copy/" + name, limit: 1 << 20)
        )
        func code(_ root: String) -> DatabaseError.Code? {
            errorCode { try DatabaseDirectory.open(at: root, .test(system), .small).close() }
        }
        // What it took over from the history before is its own.
        #expect(code("copy") == nil && code("db") == nil)
        // What that history did afterwards is not, nor the other way round.
        try system.open("copy/" + name, .replace).write(left, at: 0)
        #expect(code("copy") == .foreignFile)
        try system.open("db/" + name, .replace).write(right, at: 0)
        #expect(code("db") == .foreignFile)
    }
}
