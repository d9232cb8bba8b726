import Synchronization
import Testing
import Tufa
import TufaStorage
import TufaTesting

/// What a repair puts right, what it leaves alone, and that nothing is lost on the way.
struct RepairTests {
    private let types: [any Entity.Type] = [User.self, Post.self]

    private func open(_ system: MemoryFileSystem, _ path: String = "db") throws -> Database {
        try InMemoryWorld(system, seed: 7).open(path, .quiet, types)
    }

    private func repair(
        _ system: MemoryFileSystem, apply: Bool = true
    ) throws -> RepairReport {
        try Database.repair(
            "db", apply: apply, InMemoryWorld(system, seed: 9).environment,
            InMemoryWorld.logOptions)
    }

    private func add(_ db: Database, _ numbers: ClosedRange<Int>) throws {
        for number in numbers {
            try db.writeBlocking { tx in
                let user = try tx.insert(User(email: "u\(number)", name: "n"))
                try tx.insert(Post(userID: user.id, title: "Title \(number)", content: "words"))
            }
        }
    }

    /// An archive, two snapshots and a log, with everything wrong that a repair can put right.
    ///
    /// - Parameter isTorn: Whether the log ends in a write that was cut off; else it is closed, and
    ///   something stands behind its seal.
    private func spoiled(isTorn: Bool) throws -> (system: MemoryFileSystem, hash: String) {
        let stranger = MemoryFileSystem()
        let other = try InMemoryWorld(stranger, seed: 77).open("other", .quiet, types)
        try add(other, 1...3)
        let foreign = try other.snapshotBlocking().file
        let world = InMemoryWorld()
        var system = world.fileSystem
        let db = try world.open("db", .quiet, types)
        try add(db, 1...4)
        let segment = "db/" + FileNames.segment(1)
        let unsealed = try system.contents(of: segment, limit: 1 << 20)
        let sealed = Mutex<[UInt8]>([])
        system.onCall { [system] call in
            guard call.name == "unlink", call.path == segment else { return nil }
            let bytes = try? system.contents(of: segment, limit: 1 << 20)
            sealed.withLock { $0 = bytes ?? [] }
            return nil
        }
        try db.archiveBlocking()
        system.onCall(nil)
        // Nobody misses the seal of a segment whose events an archive holds.
        let old = isTorn ? unsealed : sealed.withLock { $0 }
        try add(db, 5...6)
        let good = try db.snapshotBlocking().file
        try add(db, 7...8)
        let bad = try db.snapshotBlocking().file
        try add(db, 9...10)
        let hash = try db.view().stateHash()
        if isTorn {
            system = system.crashed(keeping: .all)
        } else {
            try db.closeBlocking()
        }
        let live = "db/log/" + (try #require(system.list("db/log").last))
        let bytes = try system.contents(of: live, limit: 1 << 20)
        let end = try #require(bytes.lastIndex { $0 != 0 })
        try system.open(live, .readWrite).write(
            [UInt8](repeating: 0xAB, count: 100), at: UInt64(end + 8) & ~7)
        try system.put(segment, old)
        try system.flip("db/" + bad, at: 20_000)
        try system.put("db/" + foreign.replacing("0000", with: "0001"), [1, 2, 3])
        try system.put("db/snapshots/readme.txt", [1])
        try system.put(
            "db/" + foreign, try stranger.contents(of: "other/" + foreign, limit: 1 << 20))
        try system.put("db/log/next-1.tmp", [0, 0])
        try system.put("db/" + good + ".tmp", [5])
        try system.put("db/archive/notes", [6])
        // The slot that is not the newest, or is, as it comes.
        try system.flip("db/MANIFEST", at: isTorn ? 100 : 4196)
        return (system.crashed(keeping: .all), hash)
    }

    @Test(arguments: [false, true])
    func `everything that needs no guess is put right`(isTorn: Bool) throws {
        let (system, hash) = try spoiled(isTorn: isTorn)
        let before = try system.files(below: "db")
        #expect(code { _ = try open(system) } == "foreign_file")

        let plan = try repair(system, apply: false)
        #expect(try system.files(below: "db") == before)
        #expect(!plan.isApplied && plan.steps.count > 5)
        #expect(plan.steps.allSatisfy { $0.copy == nil && !$0.reason.isEmpty })

        let report = try repair(system)
        #expect(report.isApplied && report.isOK, "\(report.unmended)")
        #expect(report.unmended == [] && report.notChecked == [])
        #expect(report.stateHash == hash)
        let kinds = Set(report.steps.map(\.kind))
        #expect(
            kinds == [
                "unfinished_file", "foreign_file", "bad_snapshot", "archived_segment",
                "manifest_slot", isTorn ? "torn_write" : "stray_bytes",
            ])
        // Whatever was taken away is in the quarantine.
        let after = try system.files(below: "db")
        for step in report.steps {
            let name = try #require(step.copy)
            let copy = try #require(after["db/" + name], "\(step)")
            let original = try #require(before["db/" + step.file])
            let start = Int(step.offset)
            switch step.kind {
            case "torn_write": #expect(copy == [UInt8](repeating: 0xAB, count: 100))
            case "stray_bytes": #expect(copy.suffix(100).allSatisfy { $0 == 0xAB })
            case "manifest_slot": #expect(copy == Array(original[start..<start + 4096]))
            default:
                #expect(copy == original)
                #expect(after["db/" + step.file] == nil)
            }
        }
        #expect(try repair(system).steps == [])
        let db = try open(system)
        #expect(try db.view().stateHash() == hash)
        try add(db, 21...22)
        try db.closeBlocking()
        #expect(
            try Database.verify(
                "db", InMemoryWorld(system).environment, InMemoryWorld.logOptions
            ).findings == [])
    }

    /// The database opens with what it held, or is refused for the file that was foreign before.
    private func check(_ system: MemoryFileSystem, _ hash: String, _ hint: String) throws {
        let copy = system.crashed(keeping: .all)
        var opened: String?
        let code = code { opened = try open(copy).view().stateHash() }
        #expect(code == nil && opened == hash || code == "foreign_file", "\(hint): \(code ?? "")")
        let report = try repair(system)
        #expect(report.isOK && report.unmended == [], "\(hint): \(report.unmended)")
        #expect(report.stateHash == hash, "\(hint)")
        #expect(try open(system).view().stateHash() == hash, "\(hint)")
    }

    @Test(arguments: [false, true])
    func `a crash at any call of a repair leaves no less, and a second one finishes`(
        isTorn: Bool
    ) throws {
        let (system, hash) = try spoiled(isTorn: isTorn)
        let images = Mutex<[MemoryFileSystem]>([])
        system.onCall { call in
            for mix in RescueDepth.survivors(of: call.number) {
                let image = system.crashed(keeping: mix)
                images.withLock { $0.append(image) }
            }
            return nil
        }
        #expect(try repair(system).isOK)
        system.onCall(nil)
        let all = images.withLock { $0 }
        #expect(all.count > 50)
        // Many calls leave what the one before left.
        var seen: Set<[String: [UInt8]]> = []
        for (number, image) in all.enumerated() {
            if try !seen.insert(image.files(below: "db")).inserted { continue }
            try check(image, hash, "image \(number)")
        }
    }

    @Test(arguments: [false, true])
    func `an error at any call of a repair leaves no less, and a second one finishes`(
        isTorn: Bool
    ) throws {
        let (system, hash) = try spoiled(isTorn: isTorn)
        let whole = system.crashed(keeping: .all)
        let base = whole.callCount
        #expect(try repair(whole).isOK)
        let calls = whole.callCount - base
        for failing in RescueDepth.failing(calls, isTorn) {
            let copy = system.crashed(keeping: .all)
            copy.onCall {
                $0.number == failing ? DatabaseError(.diskFull, "No room.", file: $0.path) : nil
            }
            #expect(code { _ = try repair(copy) } == "disk_full", "call \(failing) of \(calls)")
            copy.onCall(nil)
            try check(copy, hash, "call \(failing) of \(calls)")
        }
    }

    // MARK: what is left alone

    private func filled() throws -> MemoryFileSystem {
        let world = InMemoryWorld()
        let db = try world.open("db", .quiet, types)
        try add(db, 1...10)
        try db.archiveBlocking()
        try add(db, 11...14)
        try db.snapshotBlocking()
        try add(db, 15...18)
        try db.closeBlocking()
        return world.fileSystem
    }

    /// Everything but the text of the lock.
    private func content(_ system: MemoryFileSystem) throws -> [String: [UInt8]] {
        try system.files(below: "db").filter { $0.key != "db/LOCK" }
    }

    @Test(arguments: ["log", "archive", "manifest", "no manifest", "no segment", "no archive"])
    func `what would be a guess is left alone and explained`(_ what: String) throws {
        let system = try filled()
        let log = "db/log/" + (try #require(system.list("db/log").last))
        let archive = "db/archive/" + (try #require(system.list("db/archive").last))
        switch what {
        case "log": try system.flip(log, at: 4096 + 100)
        case "archive": try system.flip(archive, at: 4096 + 100)
        case "manifest":
            for offset: UInt64 in [100, 4196] { try system.flip("db/MANIFEST", at: offset) }
        case "no manifest": try system.unlink("db/MANIFEST")
        case "no segment": try system.unlink(log)
        default: try system.unlink(archive)
        }
        let snapshot = "db/snapshots/" + (try #require(system.list("db/snapshots").last))
        try system.flip(snapshot, at: 20_000)
        let before = try content(system)
        let report = try repair(system)
        #expect(!report.isOK && report.steps == [], "\(report.steps)")
        #expect(report.unmended.contains { $0.advice.lowercased().contains("salvage") })
        #expect(try content(system) == before)
    }

    @Test func `a plan takes no lock and an application needs it`() throws {
        let system = try filled()
        let db = try open(system)
        #expect(try repair(system, apply: false).isOK)
        #expect(code { _ = try repair(system) } == "locked")
        try db.closeBlocking()
        #expect(try repair(system).steps == [])
        #expect(code { try open(system).closeBlocking() } == nil)
        let nothing = MemoryFileSystem()
        #expect(code { _ = try repair(nothing) } == "not_a_database")
    }

    @Test func `a foreign file in the place of the right one is not taken away`() throws {
        let system = try filled()
        let archive = try #require(system.list("db/archive").last)
        let stranger = InMemoryWorld(MemoryFileSystem(), seed: 77)
        let other = try stranger.open("db", .quiet, types)
        try add(other, 1...10)
        try other.archiveBlocking()
        let bytes = try stranger.fileSystem.contents(of: "db/archive/" + archive, limit: 1 << 20)
        try system.put("db/archive/" + archive, bytes)
        let before = try content(system)
        let report = try repair(system)
        #expect(!report.isOK && report.steps == [])
        #expect(report.unmended.contains { $0.finding.kind == "foreign_file" })
        #expect(try content(system) == before)
    }

    @Test func `snapshots under the names of each other are moved aside`() throws {
        let system = try filled()
        let db = try open(system)
        try add(db, 30...31)
        try db.snapshotBlocking()
        let hash = try db.view().stateHash()
        try db.closeBlocking()
        let names = try system.list("db/snapshots")
        let bytes = try names.map {
            try system.contents(of: "db/snapshots/" + $0, limit: 1 << 20)
        }
        for (name, other) in zip(names, bytes.reversed()) {
            try system.put("db/snapshots/" + name, other)
        }
        let report = try repair(system)
        #expect(report.isOK && report.steps.map(\.kind) == ["foreign_file", "foreign_file"])
        #expect(report.stateHash == hash && report.unmended == [])
    }

    @Test func `half a copy does not stay where the disk is full`() throws {
        let (system, _) = try spoiled(isTorn: true)
        let before = try system.files(below: "db").keys.sorted()
        system.onCall {
            $0.name == "write" && $0.path.contains("quarantine")
                ? DatabaseError(.diskFull, "No room.", file: $0.path) : nil
        }
        #expect(code { _ = try repair(system) } == "disk_full")
        system.onCall(nil)
        #expect(
            try system.files(below: "db").keys.filter { $0 != "db/LOCK" }.sorted()
                == before.filter { $0 != "db/LOCK" })
    }
}
