import Synchronization
import Testing
import Tufa
import TufaBytes
import TufaModel
import TufaStorage
import TufaTesting

/// What a deep check sees that the usual one does not.
struct DeepVerifyTests {
    private func verify(
        _ world: InMemoryWorld, deep: Bool = true
    ) throws -> Tufa.VerifyReport {
        try Database.verify("db", world.environment, InMemoryWorld.logOptions, deep: deep)
    }

    /// Every way to break a rule or a chain by events.
    enum Planted: String, CaseIterable, Sendable {
        case secondUnique, longText, falseCheck, lostReference, lostTarget, nullValue
        case createdTwice, updatedUnseen, deletedUnseen, skippedVersion, wrongPrevious
        case laterFirstVersion, otherSchema, unknownTable, emptyIdentifier, longKey, fatDeletion

        /// What is told of it.
        var kind: String {
            switch self {
            case .secondUnique: "unique_violation"
            case .longText, .longKey: "value_too_long"
            case .falseCheck: "check_violation"
            case .lostReference, .lostTarget: "reference_violation"
            case .nullValue: "damaged"
            case .emptyIdentifier: "type_mismatch"
            default: "wrong_chain"
            }
        }

        func events(_ log: PlantedLog) -> [(EventHeader, [UInt8])] {
            let (one, two, new) = (PlantedLog.user(1), PlantedLog.user(2), PlantedLog.user(9))
            let fine = log.body(0, ["new", 5])
            // Of the three events about user 1 and the two about user 2: creation and update.
            let (first, last, second): (UInt64, UInt64, UInt64) = (2, 14, 4)
            let age: [UInt8] = [0b10] + [0] + [7, 0, 0, 0, 0, 0, 0, 0]
            switch self {
            case .secondUnique: return [log.event(.create, 0, new, log.body(0, ["u2", 5]))]
            case .longText: return [log.event(.create, 0, new, log.body(0, ["01234567890", 5]))]
            case .falseCheck: return [log.event(.create, 0, new, log.body(0, ["new", 0]))]
            case .nullValue: return [log.event(.create, 0, new, log.body(0, [.null, 5]))]
            case .lostReference:
                let id = Value.uuid(PlantedLog.user(77))
                return [log.event(.create, 1, PlantedLog.post(9), log.body(1, [id, "t"]))]
            case .lostTarget: return [log.event(.delete, 0, two, version: 2, previous: second)]
            case .createdTwice: return [log.event(.create, 0, two, fine)]
            case .updatedUnseen: return [log.event(.update, 0, new, version: 2, age)]
            case .deletedUnseen: return [log.event(.delete, 0, new, version: 2)]
            case .skippedVersion:
                return [log.event(.update, 0, one, version: 4, previous: last, age)]
            case .wrongPrevious:
                return [log.event(.update, 0, one, version: 3, previous: first, age)]
            case .laterFirstVersion: return [log.event(.create, 0, new, version: 2, fine)]
            case .otherSchema: return [log.event(.create, 0, new, schema: 2, fine)]
            case .unknownTable: return [log.event(.create, 7, new, fine)]
            case .emptyIdentifier: return [log.event(.create, 0, .none, fine)]
            case .fatDeletion:
                let post = PlantedLog.post(3)
                return [log.event(.delete, 1, post, version: 2, previous: 7, [1])]
            case .longKey:
                let body = log.body(1, [.uuid(one), .text(String(repeating: "k", count: 4000))])
                return [log.event(.create, 1, PlantedLog.post(9), body)]
            }
        }
    }

    @Test func `a sound database has no finding`() throws {
        let log = try PlantedLog()
        let report = try verify(log.world)
        #expect(report.findings == [] && report.notChecked == [])
        #expect(report.position == 16)
        #expect(report.stateHash == (try verify(log.world, deep: false)).stateHash)
    }

    @Test func `checks in code are said not to be asked`() throws {
        let world = InMemoryWorld()
        let db = try world.open("db", .quiet, [User.self, Post.self])
        for number in 0..<30 {
            try db.writeBlocking { tx in
                let user = try tx.insert(User(email: "u\(number)", name: "n"))
                try tx.insert(Post(userID: user.id, title: "Title \(number)", content: "words"))
                if number % 3 == 2 { try tx.delete(user.id) }
            }
            if number == 10 { try db.snapshotBlocking() }
            if number == 20 { try db.archiveBlocking() }
        }
        try db.closeBlocking()
        let report = try verify(world)
        #expect(report.findings == [] && report.notChecked.count == 1)
        #expect(report.notChecked.first?.contains("title is not empty") == true)
    }

    @Test(arguments: Planted.allCases)
    func `what breaks a rule or a chain is found and named`(_ planted: Planted) throws {
        let log = try PlantedLog()
        let events = planted.events(log)
        try log.plant(events)
        let report = try verify(log.world)
        #expect(!report.isOK)
        let finding = try #require(
            report.findings.first { $0.kind == planted.kind && $0.position != nil }
                ?? report.findings.first { $0.kind == planted.kind },
            "\(report.findings)")
        #expect(finding.file == "log/00000000000000000001.log")
        if planted == .lostTarget {
            #expect(finding.position == 5 && finding.table == "posts")
            #expect(finding.row == PlantedLog.post(2))
        } else {
            #expect(finding.position == 17 && !finding.isHarmless)
            if planted != .unknownTable {
                #expect(finding.row == events[0].0.id)
                #expect(finding.table == log.plan.tables[Int(events[0].0.table)].name)
            }
        }
    }

    @Test func `what can follow is applied and its index checked, and nothing behind it`() throws {
        let log = try PlantedLog()
        try log.plant([log.event(.create, 0, PlantedLog.user(9), log.body(0, ["u2", 5]))])
        let report = try verify(log.world)
        #expect(report.stateHash == nil)
        #expect(report.notChecked.contains { $0.contains("as of position 16") })
    }

    /// Writes the snapshot anew with other words in its text index, and all checksums right.
    private func forgeWords(_ world: InMemoryWorld, _ position: UInt64) throws {
        let directory = try DatabaseDirectory.open(
            at: "db", world.environment, mode: .readWrite, InMemoryWorld.logOptions)
        let reader = try SnapshotCatalog(directory).open(position)
        let writer = try SnapshotWriter(directory, position: position, time: reader.time)
        for section in reader.sections {
            var bytes = try reader.contents(of: section)
            if section.kind == 6, section.a == 1 {
                let at = try #require(
                    bytes.indices.first { bytes[$0...].starts(with: "dog".utf8) })
                bytes[at + 2] = UInt8(ascii: "h")
            }
            writer.begin(section)
            try bytes.withUnsafeBytes { try writer.write($0) }
            try writer.endSection()
        }
        try writer.finish(metadata: reader.metadata, stateHash: reader.stateHash)
        try directory.close()
    }

    @Test func `words that are not those of the texts are found`() throws {
        let log = try PlantedLog()
        let db = try log.world.open("db", .quiet, [])
        try db.snapshotBlocking()
        try db.closeBlocking()
        #expect(try verify(log.world).findings == [])
        try forgeWords(log.world, 16)
        #expect(try verify(log.world, deep: false).isOK)
        let report = try verify(log.world)
        #expect(report.findings.map(\.kind) == Array(repeating: "wrong_text", count: 5))
        #expect(report.findings.first?.file == FileNames.snapshot(16))
        #expect(report.findings.first?.row == PlantedLog.post(1))
    }

    @Test(arguments: [
        "MANIFEST", "log/00000000000000000001.log", "snapshots/00000000000000000016.snap",
    ])
    func `a disk that gives two answers is found`(_ name: String) throws {
        let log = try PlantedLog()
        let db = try log.world.open("db", .quiet, [])
        try db.snapshotBlocking()
        try db.closeBlocking()
        var environment = log.world.environment
        let disk = FickleFileSystem(log.world.fileSystem, path: "db/" + name)
        environment.fileSystem = disk
        let sound = try Database.verify("db", environment, InMemoryWorld.logOptions, deep: true)
        #expect(sound.findings == [])
        disk.lie(atOpening: disk.openCount)
        let report = try Database.verify("db", environment, InMemoryWorld.logOptions, deep: true)
        #expect(report.findings.map(\.kind) == ["second_reading"])
        #expect(report.findings.first?.file == name && !report.isOK)
    }
}

/// A disk that gives other bytes of one file when it is opened for the so-many-th time.
final class FickleFileSystem: FileSystem {
    private struct State {
        var count = 0
        var lie = 0
    }
    private let base: MemoryFileSystem
    private let path: String
    private let state = Mutex(State())

    init(_ base: MemoryFileSystem, path: String) {
        self.base = base
        self.path = path
    }

    /// How often the file was opened since the last call of ``lie(atOpening:)``.
    var openCount: Int { state.withLock { $0.count } }

    func lie(atOpening number: Int) { state.withLock { $0 = State(count: 0, lie: number) } }

    func open(_ path: String, _ mode: FileMode) throws -> any File {
        let file = try base.open(path, mode)
        guard path == self.path else { return file }
        let lies = state.withLock { state in
            state.count += 1
            return state.count == state.lie
        }
        return lies ? FickleFile(file) : file
    }

    func status(of path: String) throws -> FileStatus? { try base.status(of: path) }
    func canonicalPath(of path: String) throws -> String { path }
    func list(_ path: String) throws -> [String] { try base.list(path) }
    func createDirectory(_ path: String) throws { try base.createDirectory(path) }
    func rename(_ path: String, to target: String) throws { try base.rename(path, to: target) }
    func unlink(_ path: String) throws { try base.unlink(path) }
    func removeDirectory(_ path: String) throws { try base.removeDirectory(path) }
    func syncDirectory(_ path: String) throws { try base.syncDirectory(path) }
    func lock(_ path: String, holder: String) throws -> any FileLock {
        try base.lock(path, holder: holder)
    }
}

/// A file whose byte 4200 is read wrongly.
private final class FickleFile: File {
    private let base: any File

    init(_ base: any File) { self.base = base }

    var path: String { base.path }

    func read(into target: UnsafeMutableRawBufferPointer, at offset: UInt64) throws -> Int {
        let count = try base.read(into: target, at: offset)
        if offset <= 4200, offset + UInt64(count) > 4200 { target[Int(4200 - offset)] ^= 1 }
        return count
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws {
        try base.write(bytes, at: offset)
    }

    func byteCount() throws -> UInt64 { try base.byteCount() }
    func truncate(to byteCount: UInt64) throws { try base.truncate(to: byteCount) }
    func syncData() throws { try base.syncData() }
    func close() throws { try base.close() }
}
