import Testing
import Tufa
import TufaStorage
import TufaTesting

/// The power goes out before every call that changes a file.
@Suite(.timeLimit(.minutes(5)))
struct CrashTests {
    /// Runs the script and hands the disk over as each crash would leave it.
    private func crashEverywhere(
        _ stride: Int, _ mixes: @escaping @Sendable (Int) -> [MemoryFileSystem.Survivors],
        _ body: @escaping @Sendable (CrashedDisk) throws -> Void
    ) throws -> (script: Script, copies: Set<String>) {
        let script = Script()
        let copies = Shared<Set<String>>([])
        let system = script.world.fileSystem
        let ledger = script.ledger
        system.onCall { [weak system] call in
            guard let system, call.number % stride == 0 else { return nil }
            for mix in mixes(call.number) {
                let place = "before call \(call.number), \(call.name) \(call.path), keeping \(mix)"
                let disk = CrashedDisk(
                    fileSystem: system.crashed(keeping: mix), ledger: ledger.current,
                    call: call.number, place: place, copies: copies)
                do {
                    try body(disk)
                } catch {
                    Issue.record("\(place): \(error)")
                }
            }
            return nil
        }
        try script.run()
        system.onCall(nil)
        return (script, copies.value)
    }

    private func check(_ all: [CrashedDisk.Found], _ ledger: Ledger.Entry) {
        for found in all {
            #expect(
                ledger.hashes[found.position] == found.hash,
                "\(found.place): position \(found.position) shows \(found.hash)")
            #expect(
                found.position >= found.acknowledged,
                "\(found.place): \(found.acknowledged) was acknowledged")
        }
    }

    /// All three mixes at each call where everything is asked for, else each in its turn.
    private func mixes(_ call: Int) -> [MemoryFileSystem.Survivors] {
        let all: [MemoryFileSystem.Survivors] = [.synced, .all, .random(seed: UInt64(call))]
        return Settings.isThorough ? all : [all[call % 3]]
    }

    @Test func `nothing acknowledged is lost, whatever a crash leaves`() throws {
        let found = Shared<[CrashedDisk.Found]>([])
        let (script, copies) = try crashEverywhere(Settings.crashStride, mixes) { disk in
            let recovered = try disk.recover()
            found.withLock { $0.append(recovered) }
            if Settings.isThorough || disk.call % 4 == 0 { try disk.verify() }
            try disk.checkCopy()
        }
        check(found.value, script.ledger.current)
        #expect(copies.isSubset(of: script.ledger.current.copies))
        #expect(found.value.count > 200 / Settings.crashStride)
    }

    @Test func `a crash during the recovery from a crash changes nothing`() throws {
        let found = Shared<[CrashedDisk.Found]>([])
        let stride = Settings.isThorough ? 3 : 19 * Settings.crashStride
        let (script, _) = try crashEverywhere(stride, { [.random(seed: UInt64($0) &+ 500)] }) {
            disk in
            var again: [CrashedDisk] = []
            let disks = Shared<[MemoryFileSystem]>([])
            let first = disk.fileSystem
            first.onCall { [weak first] call in
                guard let first, call.number % 3 == disk.call % 3 else { return nil }
                let left = first.crashed(keeping: .random(seed: UInt64(call.number)))
                disks.withLock { $0.append(left) }
                return nil
            }
            let once = try disk.recover()
            first.onCall(nil)
            for (number, left) in disks.value.enumerated() {
                var other = disk
                other.fileSystem = left
                other.place += ", and then in recovery \(number)"
                again.append(other)
            }
            for disk in again {
                let twice = try disk.recover()
                #expect(twice.position == once.position && twice.hash == once.hash, "\(disk.place)")
                found.withLock { $0.append(twice) }
            }
        }
        check(found.value, script.ledger.current)
        #expect(found.value.count > 20 / Settings.crashStride)
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

    @Test func `a read that fails is an error and not the end of the log`() throws {
        let script = Script()
        let left = Shared<MemoryFileSystem?>(nil)
        script.world.fileSystem.onCall { [weak system = script.world.fileSystem] call in
            // In the middle of the run, with archives, a snapshot and an open log.
            if call.number == 200 { left.withLock { $0 = system?.crashed(keeping: .all) } }
            return nil
        }
        try script.run()
        let system = try #require(left.value)
        func recover() throws -> CrashedDisk.Found {
            try CrashedDisk(
                fileSystem: system.crashed(keeping: .all), ledger: script.ledger.current, call: 0,
                place: "", copies: Shared([])
            ).recover()
        }
        let expected = try recover()
        let counted = Shared(0)
        system.onRead { _ in
            counted.withLock { $0 += 1 }
            return nil
        }
        let world = InMemoryWorld(system)
        try world.open("db", .quiet, Library.types).closeBlocking()
        let reads = counted.value
        for failing in 1...reads {
            counted.withLock { $0 = 0 }
            system.onRead { call in
                let number = counted.withLock { count in
                    count += 1
                    return count
                }
                return number == failing ? DatabaseError(.io, "Injected.", file: call.path) : nil
            }
            do {
                try world.open("db", .quiet, Library.types).closeBlocking()
            } catch let error as DatabaseError {
                #expect(error.code == .io && error.file != nil, "read \(failing): \(error)")
            }
        }
        system.onRead(nil)
        #expect(try recover() == expected)
    }
}
