import Testing
import Tufa
import TufaBytes
import TufaModel
import TufaStorage
import TufaTesting

/// What is brought out of a database that is damaged in the middle, and that nothing is made up.
struct SalvageTests {
    private static let logOptions = LogOptions(
        segmentByteCount: 8192 + 4096, worksInBackground: false)
    private let types: [any Entity.Type] = [User.self, Post.self]

    /// Archives, segments and two snapshots of rows that come, change and go.
    private static func filled(
        closes: Bool = true
    ) throws -> (system: MemoryFileSystem, truth: HistoryTruth, hash: String) {
        let world = InMemoryWorld()
        let types: [any Entity.Type] = [User.self, Post.self]
        let db = try Database.openBlocking(
            "db", world.environment, logOptions, .quiet, types)
        var chance = SplitMix(state: 5)
        var ids: [User.ID] = []
        for number in 0..<80 {
            try db.writeBlocking(as: "w", label: "step \(number)") { tx in
                let user = try tx.insert(User(email: "u\(number)", name: "n"))
                ids.append(user.id)
                let text = String(repeating: "words ", count: chance.below(20))
                try tx.insert(Post(userID: user.id, title: "Title \(number)", content: text))
                if number > 5, number % 2 == 0 {
                    let id = ids[chance.below(ids.count)]
                    try tx.update(id) { $0.name = "changed \(number)" }
                }
                if number % 7 == 6 { try tx.delete(ids.remove(at: chance.below(ids.count))) }
            }
            if number == 12 || number == 24 { try db.archiveBlocking() }
            if number == 36 || number == 60 { try db.snapshotBlocking() }
        }
        let (truth, hash) = (try HistoryTruth(db), try db.view().stateHash())
        guard closes else { return (world.fileSystem.crashed(keeping: .all), truth, hash) }
        try db.closeBlocking()
        return (world.fileSystem, truth, hash)
    }

    private static func lastSegment(_ system: MemoryFileSystem) throws -> String {
        let names = try system.list("db/log").filter { $0.hasSuffix(".log") }
        return "db/log/" + (try #require(names.last))
    }

    private static func salvage(
        _ system: MemoryFileSystem, into target: String = "new"
    ) throws -> SalvageReport {
        try Database.salvage(
            "db", into: target, InMemoryWorld(system, seed: 3).environment,
            InMemoryWorld.logOptions)
    }

    /// Salvages, and checks what came of it; false where no schema was left to read rows by.
    private static func check(
        _ system: MemoryFileSystem, _ truth: HistoryTruth, _ hint: String
    ) throws -> SalvageReport? {
        let before = try system.files(below: "db")
        let report: SalvageReport
        do {
            report = try salvage(system)
        } catch let error as DatabaseError
            where error.message.contains("no commit and no snapshot")
        {
            #expect(try !system.exists("new"), "\(hint)")
            return nil
        }
        #expect(try system.files(below: "db") == before, "\(hint)")
        let world = InMemoryWorld(system, seed: 4)
        let verified = try Database.verify(
            "new", world.environment, InMemoryWorld.logOptions, deep: true)
        #expect(verified.findings == [], "\(hint): \(verified.findings)")
        #expect(verified.stateHash == report.stateHash, "\(hint)")
        #expect(verified.position == report.position, "\(hint)")
        let db = try Database.openBlocking(
            "new", world.environment, InMemoryWorld.logOptions, .quiet, [])
        try truth.check(db.view(), report, hint)
        try db.closeBlocking()
        return report
    }

    // MARK: without damage

    @Test(arguments: [true, false])
    func `a database without damage is brought over whole`(isClosed: Bool) throws {
        let (system, truth, hash) = try Self.filled(closes: isClosed)
        #expect(try system.list("db/log").count > 2)
        let report = try #require(try Self.check(system, truth, ""))
        #expect(report.isWhole && report.stateHash == hash)
        #expect(report.places == [] && report.notes == [])
        #expect(report.wholeThrough == report.position && report.eventCount == report.position)
        #expect(report.sources.reduce(0) { $0 + $1.rowCount } == report.rowCount)
        #expect(code { _ = try Self.salvage(system) } == "already_exists")
        #expect(code { _ = try Self.salvage(system, into: "db/sub") } == "already_exists")
    }

    @Test func `a torn last write is no loss`() throws {
        let (system, truth, hash) = try Self.filled(closes: false)
        let log = try Self.lastSegment(system)
        let bytes = try system.contents(of: log, limit: 1 << 20)
        let end = try #require(bytes.lastIndex { $0 != 0 })
        try system.open(log, .readWrite).write(
            [UInt8](repeating: 0xAB, count: 50), at: UInt64(end + 8) & ~7)
        let report = try #require(try Self.check(system, truth, ""))
        #expect(report.isWhole && report.stateHash == hash && report.places.count == 1)
    }

    @Test func `a lost manifest costs nothing but certainty of the end`() throws {
        let (system, truth, hash) = try Self.filled()
        try system.unlink("db/MANIFEST")
        let report = try #require(try Self.check(system, truth, ""))
        #expect(report.gaps == [] && report.stateHash == hash)
        #expect(!report.isEndKnown && !report.isWhole)
        #expect(report.notes.count == 1 && report.places.map(\.file) == ["MANIFEST"])
        #expect(code { _ = try Self.salvage(system, into: "db/sub") } == "already_exists")
    }

    @Test func `what is no database is refused`() throws {
        let system = MemoryFileSystem()
        #expect(code { _ = try Self.salvage(system) } == "not_a_database")
        try system.createDirectory("db")
        #expect(code { _ = try Self.salvage(system) } == "not_a_database")
    }

    // MARK: with damage

    /// The files of the database, by path.
    private static func names(_ system: MemoryFileSystem) throws -> [String] {
        try system.files(below: "db").keys.filter { $0 != "db/LOCK" }.sorted()
    }

    @Test(arguments: 0..<RescueDepth.seedCount)
    func `nothing is made up behind flips and cuts anywhere`(_ part: Int) throws {
        let (system, truth, hash) = try Self.filled(closes: part % 2 == 0)
        let names = try Self.names(system)
        var chance = SplitMix(state: UInt64(part))
        var (made, whole) = (0, 0)
        for round in 0..<RescueDepth.roundCount {
            let copy = system.crashed(keeping: .all)
            var hint = "part \(part) round \(round):"
            if part % 3 == 0 {
                for name in try copy.list("db/snapshots") {
                    try copy.unlink("db/snapshots/" + name)
                }
            }
            for _ in 0...chance.below(4) {
                let name = names[chance.below(names.count)]
                guard let file = try? copy.open(name, .readWrite) else { continue }
                let size = Int(try file.byteCount())
                let offset = size == 0 ? 0 : chance.below(min(size, 20_000))
                switch chance.below(5) {
                case 0:
                    try file.truncate(to: UInt64(offset))
                    hint += " cut \(name) at \(offset)"
                case 1 where round % 3 == 0:
                    try copy.unlink(name)
                    hint += " without \(name)"
                case 2:
                    let noise = (0..<chance.below(600)).map { _ in UInt8(chance.below(256)) }
                    try file.write(noise, at: UInt64(offset))
                    hint += " \(noise.count) bytes of noise in \(name) at \(offset)"
                default:
                    guard size > 0 else { continue }
                    try copy.flip(name, at: UInt64(offset))
                    hint += " flip \(name) at \(offset)"
                }
            }
            guard let report = try Self.check(copy, truth, hint) else { continue }
            made += 1
            if report.isWhole {
                whole += 1
                #expect(report.stateHash == hash || part % 2 == 1, "\(hint)")
            }
        }
        #expect(made > 3)
    }

    @Test func `every kind of file may be gone`() throws {
        let (system, truth, hash) = try Self.filled()
        for name in try Self.names(system) {
            let copy = system.crashed(keeping: .all)
            try copy.unlink(name)
            let report = try #require(try Self.check(copy, truth, "without \(name)"))
            let isNeeded = name.hasPrefix("db/log") || name.hasPrefix("db/archive")
            #expect(report.gaps.isEmpty != isNeeded, "without \(name)")
            #expect(report.isEndKnown == (name != "db/MANIFEST"), "without \(name)")
            #expect(report.isWhole == (report.gaps.isEmpty && report.isEndKnown))
            if !isNeeded { #expect(report.stateHash == hash) }
        }
    }

    @Test func `a snapshot behind a gap makes everything before it certain`() throws {
        let (system, truth, hash) = try Self.filled()
        // Whatever lies before the last snapshot may go, and the state is the same.
        let archive = try #require(system.list("db/archive").last)
        try system.unlink("db/archive/" + archive)
        let report = try #require(try Self.check(system, truth, ""))
        #expect(!report.isWhole && report.gaps.count == 1)
        #expect(report.stateHash == hash && report.uncertain.isEmpty && report.leftOut.isEmpty)
        #expect(report.gaps.first?.places.isEmpty == false)
        let again = system.crashed(keeping: .all)
        let other = try Self.salvage(again, into: "other")
        #expect(other.stateHash == hash && other.position == report.position)
        #expect(
            try again.files(below: "other").count == system.files(below: "new").count)
    }

    @Test func `a file under the name of another one is read all the same`() throws {
        let (system, truth, hash) = try Self.filled()
        for name in try system.list("db/snapshots") { try system.unlink("db/snapshots/" + name) }
        let archives = try system.list("db/archive")
        let bytes = try archives.map {
            try system.contents(of: "db/archive/" + $0, limit: 1 << 20)
        }
        try system.put("db/archive/" + archives[0], bytes[1])
        try system.put("db/archive/" + archives[1], bytes[0])
        let report = try #require(try Self.check(system, truth, ""))
        #expect(report.isWhole && report.stateHash == hash)
        #expect(report.places.map(\.file) == archives.map { "archive/" + $0 })

        let (other, life, end) = try Self.filled()
        let last = try Self.lastSegment(other)
        try other.put(
            "db/" + FileNames.segment(9_999),
            try other.contents(of: last, limit: 1 << 20))
        try other.unlink(last)
        let moved = try #require(try Self.check(other, life, ""))
        #expect(moved.stateHash == end && !moved.isWhole)
    }

    @Test func `nothing is lost without a word with a part of the manifest and the last segment`()
        throws
    {
        let (system, truth, hash) = try Self.filled()
        let last = try Self.lastSegment(system)
        for damage in ["none", "first slot", "second slot", "both"] {
            let copy = system.crashed(keeping: .all)
            if damage != "none", damage != "second slot" { try copy.flip("db/MANIFEST", at: 100) }
            if damage == "second slot" || damage == "both" {
                try copy.flip("db/MANIFEST", at: 4196)
            }
            try copy.unlink(last)
            let report = try #require(try Self.check(copy, truth, damage))
            #expect(!report.isWhole, "\(damage)")
            #expect(report.isEndKnown == (damage == "none"), "\(damage)")
            #expect(report.stateHash != hash, "\(damage)")
        }
    }

    // MARK: rows

    /// The offsets of the frames of a segment.
    private func frames(_ system: MemoryFileSystem, _ path: String) throws -> [UInt64] {
        let bytes = try system.contents(of: path, limit: 1 << 20)
        return stride(from: 4096, to: bytes.count - 64, by: 8).filter {
            bytes[$0..<$0 + 4].elementsEqual("TFRM".utf8)
        }.map(UInt64.init)
    }

    @Test func `a change whose base is missing is not guessed until all fields are known`() throws {
        let log = try PlantedLog()
        let system = log.world.fileSystem
        let db = try log.world.open("db", .quiet, [])
        let user = PlantedLog.user(2)
        let first = db.view().position
        for (field, value) in [("age", 40), ("email", "new"), ("age", 41)] as [(String, Value)] {
            try db.writeBlocking { tx in try tx.update("users", id: user, [field: value]) }
        }
        try db.closeBlocking()
        let path = "db/" + FileNames.segment(1)
        let offsets = try frames(system, path)
        // The last one is the seal.
        let lost = offsets[offsets.count - 4]
        try system.flip(path, at: lost + 70)

        let certain = try Self.salvage(system)
        #expect(certain.gaps.map(\.first) == [first + 1] && certain.uncertain.isEmpty)
        #expect(certain.gaps.first?.places.map(\.offset) == [lost])
        #expect(certain.gaps.first?.places.first?.file == FileNames.segment(1))
        let new = try log.world.open("new", .quiet, [])
        #expect(try new.view().find("users", user)?.values == ["new", 41])

        // Without the last change, only one field of the version after the gap is known.
        try system.flip(path, at: offsets[offsets.count - 2] + 70)
        let report = try Self.salvage(system, into: "other")
        #expect(report.uncertain.map(\.id) == [user] && report.gaps.count == 2)
        #expect(report.uncertain.first?.fields.map(\.name) == ["email"])
        #expect(report.uncertain.first?.kind == "unknown_base")
        let other = try log.world.open("other", .quiet, [])
        #expect(try other.view().find("users", user)?.values == ["u2", 30])
    }

    @Test func `rows that would break a rule are left out and told with all they hold`() throws {
        let log = try PlantedLog()
        let stranger = Value.uuid(PlantedLog.user(77))
        let (good, bad) = (PlantedLog.user(10), PlantedLog.user(11))
        try log.plant([
            log.event(.create, 0, good, log.body(0, ["good", 1])),
            log.event(.create, 0, bad, log.body(0, ["bad", 0])),
            log.event(.create, 0, PlantedLog.user(12), log.body(0, ["u2", 9])),
            log.event(.create, 1, PlantedLog.post(12), log.body(1, [stranger, "lost"])),
            log.event(.create, 1, PlantedLog.post(13), log.body(1, [.uuid(bad), "child"])),
            log.event(.create, 1, PlantedLog.post(14), log.body(1, [.uuid(good), "kept"])),
        ])
        let report = try Self.salvage(log.world.fileSystem)
        #expect(report.gaps == [] && !report.isWhole)
        let told = report.leftOut.map { "\($0.table) \($0.id.low) \($0.kind)" }
        #expect(
            told == [
                "users 11 check_violation", "users 12 unique_violation",
                "posts 12 reference_violation", "posts 13 reference_violation",
            ])
        #expect(report.leftOut.first?.fields.map(\.value) == ["bad", 0])
        let db = try log.world.open("new", .quiet, [])
        #expect(try db.view().find("users", good) != nil)
        #expect(try db.view().find("posts", PlantedLog.post(14)) != nil)
        #expect(try db.view().find("users", bad) == nil)
        try db.closeBlocking()
        let verified = try Database.verify(
            "new", log.world.environment, InMemoryWorld.logOptions, deep: true)
        #expect(verified.findings == [])
    }

    @Test(arguments: [false, true])
    func `of two rows with one unique value the later one is kept, unless rows need the other`(
        isReferredTo: Bool
    ) throws {
        let log = try PlantedLog()
        let db = try log.world.open("db", .quiet, [])
        let (older, later) = (PlantedLog.user(20), PlantedLog.user(21))
        try db.writeBlocking { tx in
            try tx.insert("users", id: older, ["email": "x", "age": 1])
            if isReferredTo {
                let fields: [String: Value] = ["user_id": .uuid(older), "title": "t"]
                try tx.insert("posts", id: PlantedLog.post(20), fields)
            }
        }
        try db.writeBlocking { tx in try tx.update("users", id: older, ["email": "y"]) }
        try db.writeBlocking { tx in
            try tx.insert("users", id: later, ["email": "x", "age": 2])
        }
        try db.closeBlocking()
        let system = log.world.fileSystem
        let path = "db/" + FileNames.segment(1)
        let offsets = try frames(system, path)
        try system.flip(path, at: offsets[offsets.count - 3] + 70)
        let report = try Self.salvage(system)
        #expect(report.gaps.count == 1 && report.uncertain.isEmpty)
        #expect(report.leftOut.map(\.id) == [isReferredTo ? later : older])
        #expect(report.leftOut.map(\.kind) == ["unique_violation"])
        let new = try log.world.open("new", .quiet, [])
        #expect((try new.view().find("users", older) != nil) == isReferredTo)
        #expect((try new.view().find("users", later) == nil) == isReferredTo)
    }

    @Test func `a commit behind a gap keeps its time, actor, label, key and metadata`() throws {
        let log = try PlantedLog()
        let db = try log.world.open("db", .quiet, [])
        for number in 30...31 {
            let fields: [String: Value] = ["email": .text("u\(number)"), "age": 1]
            try db.writeBlocking(as: "ada", label: "l\(number)", key: "k", metadata: [7, 8]) { tx in
                try tx.insert("users", id: PlantedLog.user(number), fields)
            }
        }
        var wanted: CommitRecord?
        try db.forEachCommit {
            wanted = $0
            return true
        }
        try db.closeBlocking()
        let system = log.world.fileSystem
        let path = "db/" + FileNames.segment(1)
        let offsets = try frames(system, path)
        try system.flip(path, at: offsets[offsets.count - 3] + 70)
        let report = try Self.salvage(system)
        #expect(report.gaps.count == 1 && report.wholeThrough == 16 && report.position == 17)
        var found: CommitRecord?
        try log.world.open("new", .quiet, []).forEachCommit {
            found = $0
            return true
        }
        #expect(found?.time == wanted?.time && found?.actor == "ada" && found?.label == "l31")
        #expect(found?.key == "k" && found?.metadata == [7, 8] && found?.position == 17)
    }

    @Test func `nothing is left when a salvage fails`() throws {
        let (system, _, hash) = try Self.filled()
        let whole = system.crashed(keeping: .all)
        let base = whole.callCount
        _ = try Self.salvage(whole)
        let calls = whole.callCount - base
        let before = try system.files(below: "db")
        let failures = RescueDepth.failing(calls, false)
        var refused = 0
        for failing in failures {
            let copy = system.crashed(keeping: .all)
            copy.onCall {
                $0.number == failing ? DatabaseError(.diskFull, "No room.", file: $0.path) : nil
            }
            var made: String?
            let code = code { made = try Self.salvage(copy).stateHash }
            copy.onCall(nil)
            #expect(try copy.files(below: "db") == before)
            // A manifest that cannot be written knows less and is true, so that is no failure.
            if code == nil, made == hash { continue }
            refused += 1
            #expect(code == "disk_full", "call \(failing) of \(calls)")
            #expect(try !copy.exists("new"), "call \(failing) of \(calls)")
        }
        #expect(refused > failures.count / 2)
    }

    @Test func `a deletion behind a gap sees who refers to the row without an index`() throws {
        let log = try PlantedLog()
        let db = try log.world.open("db", .quiet, [])
        try db.writeBlocking { tx in try tx.update("users", id: PlantedLog.user(1), ["age": 50]) }
        // Whoever was referred to at the gap, and is not any more, goes; the others stay.
        try db.writeBlocking { tx in try tx.delete("users", id: PlantedLog.user(2)) }
        let moved = Value.uuid(PlantedLog.user(4))
        try db.writeBlocking { tx in
            try tx.update("posts", id: PlantedLog.post(3), ["user_id": moved])
        }
        try db.writeBlocking { tx in try tx.delete("users", id: PlantedLog.user(3)) }
        try db.writeBlocking { tx in try tx.delete("users", id: PlantedLog.user(4)) }
        let hash = try db.view().stateHash()
        try db.closeBlocking()
        let system = log.world.fileSystem
        let path = "db/" + FileNames.segment(1)
        let offsets = try frames(system, path)
        try system.flip(path, at: offsets[offsets.count - 6] + 70)
        let report = try Self.salvage(system)
        #expect(report.gaps.count == 1 && report.leftOut.isEmpty && report.uncertain.isEmpty)
        let new = try log.world.open("new", .quiet, [])
        #expect(try new.view().stateHash() != hash)
        for number in 2...4 {
            #expect(try new.view().find("users", PlantedLog.user(number)) == nil)
            #expect(try new.view().find("posts", PlantedLog.post(number)) == nil)
        }
        #expect(try new.view().find("posts", PlantedLog.post(5)) != nil)
    }
}
