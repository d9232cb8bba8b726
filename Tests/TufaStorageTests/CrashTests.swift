import Synchronization
import Testing
import TufaBytes

@testable import TufaStorage

/// The power goes out before every single call, with every mix of what survives.
@Suite struct CrashTests {
    struct Image: Sendable {
        var system: MemoryFileSystem
        var acknowledged: Int
    }

    /// Runs a workload and keeps a disk for each call and mix.
    func images(
        _ system: MemoryFileSystem, seeds: Range<UInt64>,
        acknowledged: @escaping @Sendable () -> Int,
        _ body: () throws -> Void
    ) throws -> [Image] {
        let images = Mutex<[Image]>([])
        system.onCall { call in
            var mixes: [MemoryFileSystem.Survivors] = [.synced, .all]
            for seed in seeds { mixes.append(.random(seed: UInt64(call.number) &* 1000 &+ seed)) }
            let count = acknowledged()
            for mix in mixes {
                let image = Image(system: system.crashed(keeping: mix), acknowledged: count)
                images.withLock { $0.append(image) }
            }
            return nil
        }
        defer { system.onCall(nil) }
        try body()
        return images.withLock { $0 }
    }

    func check(_ image: Image, _ all: [TestCommit], _ hint: String) throws -> TestDatabase {
        let again = try TestDatabase(opening: image.system)
        #expect(all.starts(with: again.commits), "\(hint)")
        #expect(again.commits.count >= image.acknowledged, "\(hint)")
        return again
    }

    @Test func nothingAcknowledgedIsLost() throws {
        let database = try TestDatabase()
        let count = Mutex(0)
        let images = try images(
            database.system, seeds: 0..<3, acknowledged: { count.withLock { $0 } }
        ) {
            for round in 0..<20 {
                let isSynced = round % 4 != 1
                try database.write([1, 3], byteCount: 300 + round * 40, sync: isSynced)
                if isSynced { count.withLock { $0 = database.commits.count } }
                if round % 10 == 9 { try database.directory.log?.noteDurable() }
            }
            try database.directory.close()
        }
        #expect(try database.system.list("db/log").count > 4)
        #expect(images.count > 250)
        for (index, image) in images.enumerated() {
            let again = try check(image, database.commits, "image \(index)")
            // What was recovered goes on like any other.
            let kept = again.commits
            try again.write([2, 2])
            #expect(again.commits.count == kept.count + 2)
            try again.directory.close()
            #expect(try TestDatabase(opening: image.system).commits == again.commits)
        }
    }

    @Test func aCrashDuringRecoveryLosesNothingMore() throws {
        let database = try TestDatabase()
        let count = Mutex(0)
        let first = try images(
            database.system, seeds: 0..<3, acknowledged: { count.withLock { $0 } }
        ) {
            for _ in 0..<6 {
                try database.write([2], byteCount: 700)
                count.withLock { $0 = database.commits.count }
            }
        }
        var recovered = 0
        for (index, image) in first.enumerated() {
            let copy = image.system.crashed(keeping: .all)
            let second = try images(
                image.system, seeds: 0..<2, acknowledged: { image.acknowledged }
            ) {
                try TestDatabase(opening: image.system).directory.close()
            }
            let once = try TestDatabase(opening: copy).commits
            for again in second {
                // A seal or a note in the manifest may already vouch for what the first one found.
                #expect(try check(again, database.commits, "image \(index)").commits == once)
                recovered += 1
            }
        }
        #expect(recovered > 300)
    }

    @Test func nothingStandsBehindASeal() throws {
        let system = MemoryFileSystem()
        try TestDatabase(system: system).directory.close()
        let images = try images(system, seeds: 0..<6, acknowledged: { 0 }) {
            for round in 1...4 {
                let database = try TestDatabase(opening: system)
                for _ in 0..<round { try database.write([3], byteCount: 500, sync: false) }
                try database.directory.close()
            }
        }
        var sealed = 0
        for image in images {
            let again = try TestDatabase(opening: image.system)
            guard again.directory.report.wasSealed else { continue }
            let log = try #require(again.directory.log)
            let bytes = try image.system.contents(of: "db/" + log.name, limit: 1 << 20)
            let rest = bytes[(Int(log.offset) + FrameHeader.byteCount)...]
            #expect(rest.allSatisfy { $0 == 0 })
            sealed += 1
        }
        #expect(sealed > 10)
    }

    @Test func creatingIsDoneOrCanBeDoneAgain() throws {
        let system = MemoryFileSystem()
        let images = try images(system, seeds: 0..<4, acknowledged: { 0 }) {
            let database = try TestDatabase(system: system)
            try database.write([1])
        }
        for image in images {
            if try DatabaseDirectory.isDatabase(at: "db", image.system) {
                try TestDatabase(opening: image.system).write([1])
            } else {
                try TestDatabase(system: image.system).write([1])
            }
        }
    }

    @Test func aRestoreIsWholeOrNoDatabase() throws {
        let database = try TestDatabase()
        for _ in 0..<12 { try database.write([4], byteCount: 300) }
        try database.directory.log?.rotate()
        _ = try database.directory.archive()
        for _ in 0..<12 { try database.write([4], byteCount: 300) }
        let plan = try database.directory.planRestore(to: .position(80))
        let images = try images(database.system, seeds: 0..<3, acknowledged: { 0 }) {
            try database.directory.copyHistory(plan, into: "new", .small).close()
        }
        let expected = database.commits.filter { $0.position <= 80 }
        var whole = 0
        for image in images
        where try DatabaseDirectory.isDatabase(at: "new", image.system) {
            let copy = try DatabaseDirectory.open(at: "new", .test(image.system), .small)
            #expect(try copy.allCommits() == expected)
            whole += 1
        }
        #expect(whole > 0 && whole < images.count)
    }

    @Test func aFailureAtEveryCallIsAnErrorAndNotALoss() throws {
        let calls = 80
        for failing in 1...calls {
            for code in [DatabaseError.Code.io, .diskFull] {
                let database = try TestDatabase()
                let base = database.system.callCount
                database.system.onCall {
                    $0.number == base + failing
                        ? DatabaseError(code, "Injected.", file: $0.path) : nil
                }
                var refusals = 0
                for _ in 0..<24 {
                    do { try database.write([2], byteCount: 900) } catch { refusals += 1 }
                }
                database.system.onCall(nil)
                try? database.directory.close()
                let acknowledged = database.commits
                let again = try TestDatabase(opening: database.system)
                #expect(
                    again.commits.prefix(acknowledged.count) == acknowledged[...],
                    "\(code) at call \(failing)")
                #expect(again.commits.count <= acknowledged.count + refusals)
            }
        }
    }
}
