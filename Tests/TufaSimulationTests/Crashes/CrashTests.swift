import Testing
import Tufa
import TufaSimulation
import TufaStorage
import TufaTesting

/// The power goes out between calls that change a file; `Tools/prove` does so at all of them.
@Suite(.timeLimit(.minutes(5)))
struct CrashTests {
    private func expectSound(_ report: MatrixReport) {
        for failure in report.failures { Issue.record("\(failure)") }
    }

    @Test(arguments: SimulationScript.all)
    func `nothing acknowledged is lost, whatever a crash leaves`(script: SimulationScript) {
        var matrix = CrashMatrix(script)
        matrix.stride = 9 * Settings.crashStride
        matrix.recoveryStride = 0
        let report = matrix.run()
        expectSound(report)
        #expect(report["crashes"] > 20 / Settings.crashStride)
    }

    @Test(arguments: SimulationScript.all)
    func `a crash during the recovery from a crash changes nothing`(script: SimulationScript) {
        var matrix = CrashMatrix(script)
        matrix.seed = 500
        matrix.stride = 61 * Settings.crashStride
        matrix.recoveryStride = 2
        let report = matrix.run()
        expectSound(report)
        #expect(report["crashes in recovery"] > 5 / Settings.crashStride)
    }

    @Test(arguments: [UInt64(Settings.seed), UInt64(Settings.seed) + 1])
    func `a crash in a history by chance loses nothing`(seed: UInt64) {
        var matrix = CrashMatrix(.random(seed: seed, steps: 30))
        matrix.seed = seed
        matrix.stride = 11 * Settings.crashStride
        matrix.recoveryStride = 31
        let report = matrix.run()
        expectSound(report)
        #expect(report["crashes"] > 15 / Settings.crashStride)
    }

    @Test(arguments: SimulationScript.all)
    func `the same script gives the same bytes`(script: SimulationScript) throws {
        let disks = try (0..<2).map { _ in
            let system = MemoryFileSystem()
            try ScriptRun(script, on: system).run()
            return system
        }
        func files(_ folder: String, _ system: MemoryFileSystem) throws -> [String: [UInt8]] {
            var found: [String: [UInt8]] = [:]
            for name in try system.list(folder) {
                let path = folder.isEmpty ? name : folder + "/" + name
                if try system.status(of: path)?.isDirectory == true {
                    found.merge(try files(path, system)) { $1 }
                } else {
                    found[path] = try system.contents(of: path, limit: 1 << 24)
                }
            }
            return found
        }
        let (first, second) = (try files("", disks[0]), try files("", disks[1]))
        #expect(first.keys.sorted() == second.keys.sorted() && first.count > 3)
        for (path, bytes) in first { #expect(second[path] == bytes, "\(path)") }
    }

    @Test func `a creation that was cut off can be done again, with a schema given as a value`()
        throws
    {
        let schema = DatabaseSchema([
            TableSchema("notes", fields: [FieldSchema("text", .text)])
        ])
        let world = InMemoryWorld()
        let disks = Shared<[MemoryFileSystem]>([])
        world.fileSystem.onCall { [weak system = world.fileSystem] call in
            for mix in [.synced, .all, .random(seed: UInt64(call.number))]
                as [MemoryFileSystem.Survivors]
            {
                if let left = system?.crashed(keeping: mix) { disks.withLock { $0.append(left) } }
            }
            return nil
        }
        _ = try world.create("db", schema)
        world.fileSystem.onCall(nil)
        #expect(disks.value.count > 60)
        for (number, left) in disks.value.enumerated() {
            let again = InMemoryWorld(left)
            let db: Database
            do {
                db = try again.create("db", schema)
            } catch let error as DatabaseError where error.code == .alreadyExists {
                // Only where the whole of it was there already.
                db = try again.open("db", .quiet, [])
            }
            #expect(db.view().schema.tables.map(\.name) == ["notes"], "image \(number)")
            try db.closeBlocking()
        }
    }

    /// A buffered commit is visible before it is on the disk, also to a snapshot.
    @Test func `a snapshot never reaches further than the log`() throws {
        let world = InMemoryWorld()
        let db = try world.open("db", .quiet, Library.types)
        try db.writeBlocking { tx in _ = try tx.insert(Library.author(1)) }
        let isDone = Shared(false)
        world.fileSystem.onCall { [weak db] call in
            guard call.name == "sync", call.path.hasSuffix(".log"),
                isDone.withLock({ done in
                    defer { done = true }
                    return !done
                })
            else { return nil }
            // Another thread writes while the snapshot waits for the disk.
            _ = try? db?.writeBlocking(durability: .buffered(within: .seconds(3600))) { tx in
                try tx.insert(Library.author(3))
            }
            return nil
        }
        try db.writeBlocking(durability: .buffered(within: .seconds(3600))) { tx in
            _ = try tx.insert(Library.author(2))
        }
        let report = try db.snapshotBlocking()
        world.fileSystem.onCall(nil)
        let left = InMemoryWorld(world.fileSystem.crashed(keeping: .synced))
        let again = try left.open("db", .quiet, Library.types)
        #expect(again.view().position >= report.position && report.position > 0)
        #expect(try again.view().find(Author.ID(Library.id(2))) != nil)
    }

    /// The position that a durable write gives is durable, also when another wrote it.
    @Test func `a durable write that changes nothing waits for what it saw`() async throws {
        for isBlocking in [true, false] {
            let world = InMemoryWorld()
            let db = try world.open("db", .quiet, Library.types)
            try db.writeBlocking(durability: .buffered(within: .seconds(3600))) { tx in
                _ = try tx.insert(Library.author(1))
            }
            let seen =
                isBlocking
                ? try db.writeBlocking { tx in try tx.find(Author.ID(Library.id(1))) != nil }
                : try await db.write { tx in try tx.find(Author.ID(Library.id(1))) != nil }
            #expect(seen.value)
            let left = InMemoryWorld(world.fileSystem.crashed(keeping: .synced))
            let again = try left.open("db", .quiet, Library.types).view()
            #expect(again.position == seen.position)
            #expect(try again.find(Author.ID(Library.id(1))) != nil)
        }
    }
}
