import Testing
import Tufa
import TufaBytes
import TufaStorage
import TufaTesting

/// What the library offers when a file of a database is damaged, foreign or gone.
struct DamageTests {
    let world = InMemoryWorld()
    private let types: [any Entity.Type] = [User.self, Post.self]

    private var readsUpToDamage: DatabaseOptions {
        var options = DatabaseOptions.quiet
        options.opensUpToDamage = true
        return options
    }

    private func open(_ options: DatabaseOptions = .quiet) throws -> Database {
        try world.open("db", options, types)
    }

    private func verify() throws -> Tufa.VerifyReport {
        try Database.verify("db", world.environment, InMemoryWorld.logOptions)
    }

    private func restore(
        _ target: String, _ moment: Tufa.Moment, upToDamage: Bool = false, dryRun: Bool = false
    ) throws -> RestoreReport {
        try Database.restore(
            "db", to: target, upTo: moment, upToDamage: upToDamage, dryRun: dryRun,
            world.environment, InMemoryWorld.logOptions)
    }

    /// Archive, snapshots at commits 20 and 40, and a closed log; gives what each commit left.
    private func filled() throws -> [(position: UInt64, time: Timestamp, hash: String)] {
        let db = try open()
        var commits: [(position: UInt64, time: Timestamp, hash: String)] = []
        for number in 0..<60 {
            let commit = try db.writeBlocking(label: "step \(number % 50)") { tx in
                let user = try tx.insert(User(email: "u\(number)", name: "n"))
                try tx.insert(Post(userID: user.id, title: "Title \(number)", content: "words"))
            }
            commits.append((commit.position, commit.time, try db.view().stateHash()))
            if number == 20 || number == 40 { try db.snapshotBlocking() }
            if number == 30 { try db.archiveBlocking() }
        }
        try db.closeBlocking()
        return commits
    }

    private func flip(_ name: String, at offset: UInt64) throws {
        let file = try world.fileSystem.open("db/" + name, .readWrite)
        let byte = try file.bytes(count: 1, at: offset)
        try file.write([byte[0] ^ 0x40], at: offset)
    }

    private func names(_ folder: String) throws -> [String] {
        try world.fileSystem.list("db/" + folder).map { folder + "/" + $0 }
    }

    private func removeSnapshots() throws {
        for name in try names("snapshots") { try world.fileSystem.unlink("db/" + name) }
    }

    // MARK: damage of the live log

    @Test func `what lies before damage is shown and restored, and nothing is written`() throws {
        let commits = try filled()
        let log = try #require(names("log").last)
        try flip(log, at: 4096 + 100)
        // Nothing of the damaged part is needed while there is a snapshot behind it.
        let current = try open()
        #expect(try current.view().stateHash() == commits.last?.hash)
        try current.closeBlocking()
        #expect(try !verify().isOK)
        let last = commits[30]

        let db = try open(readsUpToDamage)
        #expect(db.view().position == last.position)
        #expect(try db.view().stateHash() == last.hash)
        #expect(db.recovery.first?.contains("as of position \(last.position)") == true)
        #expect(db.warnings.first == db.recovery.first)
        #expect(code { try db.writeBlocking { tx in _ = try tx.insert(User()) } } == "read_only")
        #expect(
            try db.viewBlocking(asOf: .position(commits[5].position)).stateHash() == commits[5].hash
        )
        var count = 0
        try db.forEachCommit { _ in
            count += 1
            return true
        }
        #expect(count == 32)
        try db.closeBlocking()

        #expect(try restore("a", .position(commits[9].position)).stateHash == commits[9].hash)
        #expect(try restore("b", .position(last.position)).stateHash == last.hash)
        #expect(try restore("c", .timestamp(commits[9].time)).stateHash == commits[9].hash)
        #expect(try restore("d", .timestamp(last.time)).stateHash == last.hash)
        #expect(try restore("e", .label("step 9"), upToDamage: true).stateHash == commits[9].hash)
        #expect(try restore("f", .now, upToDamage: true).stateHash == last.hash)
        #expect(try restore("g", .position(5), dryRun: true).position == commits[1].position)
        // What is damaged may hold these, so they are not guessed.
        for moment: Tufa.Moment in [
            .now, .label("step 9"), .position(last.position + 1),
            .timestamp(Timestamp(microseconds: last.time.microseconds + 1)),
        ] {
            #expect(code { _ = try restore("x", moment) } == "damaged", "\(moment)")
        }
        #expect(try !world.fileSystem.exists("x"))
    }

    @Test func `damage of an archive ends what is shown before it`() throws {
        let commits = try filled()
        try removeSnapshots()
        let archive = try #require(names("archive").first)
        let size = try world.fileSystem.open("db/" + archive, .read).byteCount()
        try flip(archive, at: size / 3)
        #expect(code { _ = try open() } == "damaged")
        // The one block of the archive holds the schema as well.
        #expect(code { _ = try open(readsUpToDamage) } == "damaged")
        try flip(archive, at: size / 3)
        #expect(try open().view().stateHash() == commits.last?.hash)
    }

    @Test func `a missing archive costs nothing that a snapshot holds`() throws {
        let commits = try filled()
        let archive = try #require(names("archive").first)
        try world.fileSystem.unlink("db/" + archive)
        #expect(code { _ = try open() } == "missing_file")
        let db = try open(readsUpToDamage)
        #expect(try db.view().stateHash() == commits.last?.hash)
        #expect(db.recovery.first?.contains("missing_file") == true)
    }

    @Test func `a sound database opens as ever`() throws {
        let commits = try filled()
        let db = try open(readsUpToDamage)
        #expect(try db.view().stateHash() == commits.last?.hash && db.recovery.isEmpty)
        var options = readsUpToDamage
        options.createsIfMissing = true
        #expect(code { _ = try world.open("none", options, types) } == "not_a_database")
    }

    // MARK: verify

    @Test func `verify goes on behind damage and says what it could not check`() throws {
        let commits = try filled()
        let log = try #require(names("log").last)
        try flip(log, at: 4096 + 100)
        let report = try verify()
        #expect(report.findings.map(\.file) == [log] && !report.isOK)
        #expect(report.position == commits[30].position)
        #expect(report.stateHash == nil)
        #expect(
            report.notChecked.contains { $0.contains("as of position \(commits[30].position)") })
        #expect(report.notChecked.contains { $0.contains("snapshots/") })
    }

    @Test func `a damaged snapshot is harmless and reported by those who read`() throws {
        let commits = try filled()
        let snapshot = try #require(names("snapshots").last)
        try flip(snapshot, at: 20_000)
        let report = try verify()
        #expect(report.isOK && report.stateHash == commits.last?.hash)
        #expect(report.findings.map(\.file) == [snapshot])
        #expect(report.notChecked.count == 1)
        var options = DatabaseOptions.quiet
        options.isReadOnly = true
        let db = try open(options)
        #expect(try db.view().stateHash() == commits.last?.hash)
        #expect(db.warnings.contains { $0.contains(snapshot) })
    }

    @Test func `a snapshot that cannot be read is done without`() throws {
        let commits = try filled()
        for snapshot in try names("snapshots") {
            try world.fileSystem.unlink("db/" + snapshot)
            try world.fileSystem.createDirectory("db/" + snapshot)
        }
        let db = try open()
        #expect(try db.view().stateHash() == commits.last?.hash)
        #expect(db.warnings.count == 2)
        #expect(try db.snapshotBlocking().position == commits.last?.position)
    }

    @Test func `an older manifest of the same database serves`() throws {
        let db = try open()
        let system = world.fileSystem
        let old = try system.contents(of: "db/MANIFEST", limit: 1 << 16)
        try db.closeBlocking()
        let commits = try filled()
        try system.open("db/MANIFEST", .replace).write(old, at: 0)
        #expect(try verify().isOK)
        let again = try open()
        #expect(try again.view().stateHash() == commits.last?.hash)
        try again.archiveBlocking()
        try again.closeBlocking()
        #expect(try verify().isOK)
    }

    @Test func `a missing manifest is a finding`() throws {
        _ = try filled()
        try world.fileSystem.unlink("db/MANIFEST")
        let report = try verify()
        #expect(!report.isOK && report.findings.map(\.kind) == ["missing_file"])
        #expect(report.notChecked.count == 2)
        #expect(
            code { _ = try Database.verify("none", world.environment, InMemoryWorld.logOptions) }
                == "not_a_database")
    }

    /// Writes a snapshot anew with one byte of one section changed, and all checksums right.
    private func forge(
        _ position: UInt64, _ kind: UInt32, at offset: Int, _ change: (UInt8) -> UInt8
    ) throws {
        let directory = try DatabaseDirectory.open(
            at: "db", world.environment, mode: .readWrite, InMemoryWorld.logOptions)
        let reader = try SnapshotCatalog(directory).open(position)
        let writer = try SnapshotWriter(directory, position: position, time: reader.time)
        for section in reader.sections {
            var bytes = try reader.contents(of: section)
            if section.kind == kind, section.a == 0, section.b == (kind == 3 ? 1 : 0) {
                let index = offset < 0 ? bytes.count + offset : offset
                bytes[index] = change(bytes[index])
            }
            writer.begin(section)
            try bytes.withUnsafeBytes { try writer.write($0) }
            try writer.endSection()
        }
        try writer.finish(metadata: reader.metadata, stateHash: reader.stateHash)
        try directory.close()
    }

    @Test func `verify compares the indexes of each snapshot with its rows`() throws {
        let commits = try filled()
        // The last node is a leaf, with its row numbers from byte 704 on.
        for commit in [commits[20], commits[40]] {
            try forge(commit.position, 3, at: 704 - 1024) { $0 == 1 ? 2 : 1 }
            let report = try verify()
            let file = FileNames.snapshot(commit.position)
            #expect(report.findings.contains { $0.kind == "wrong_index" && $0.file == file })
            #expect(!report.isOK && report.stateHash == commits.last?.hash)
            try world.fileSystem.unlink("db/" + file)
            #expect(try verify().isOK)
        }
    }

    @Test func `verify compares the rows of each snapshot with the history`() throws {
        let commits = try filled()
        let file = FileNames.snapshot(commits[20].position)
        // The last byte of the section of rows is fill or text; the one before is changed too.
        try forge(commits[20].position, 2, at: 60) { $0 ^ 1 }
        let report = try verify()
        #expect(report.findings.contains { $0.file == file }, "\(report.findings)")
        #expect(report.stateHash == commits.last?.hash)
    }

    // MARK: backups

    /// Copies the folder file by file, and writes between each two files.
    private func copyLive(_ order: [String], _ db: Database, _ number: inout Int) throws {
        let system = world.fileSystem
        try system.createDirectory("backup")
        func step() throws {
            for _ in 0..<200 {
                number += 1
                try db.writeBlocking { tx in
                    let name = String(repeating: "n", count: 300)
                    _ = try tx.insert(User(email: "b\(number)", name: name))
                }
            }
            if number % 3 == 0 { try db.snapshotBlocking() }
        }
        func copy(_ name: String) throws {
            guard let file = try? system.open("db/" + name, .read) else { return }
            let bytes = try file.bytes(count: Int(file.byteCount()), at: 0)
            try system.open("backup/" + name, .create).write(bytes, at: 0)
            try step()
        }
        for name in order {
            if name == "MANIFEST" {
                try copy(name)
                continue
            }
            try system.createDirectory("backup/" + name)
            for inner in try system.list("db/" + name) { try copy(name + "/" + inner) }
        }
    }

    @Test func `a live folder is backed up in the order that the guide names`() throws {
        _ = try filled()
        let db = try open()
        var number = 0
        try copyLive(["MANIFEST", "snapshots", "archive", "log"], db, &number)
        let verified = try Database.verify(
            "backup", world.environment, InMemoryWorld.logOptions)
        #expect(verified.isOK, "\(verified.findings)")
        let backup = try world.open("backup", .quiet, types)
        let then = backup.view()
        #expect(then.position > 120 && then.position < db.view().position)
        #expect(
            try db.viewBlocking(asOf: .position(then.position)).stateHash() == then.stateHash())
        try backup.writeBlocking { tx in _ = try tx.insert(User(email: "goes on")) }
        try backup.closeBlocking()
    }

    @Test(arguments: [
        ["snapshots", "archive", "log", "MANIFEST"], ["MANIFEST", "archive", "log", "snapshots"],
    ])
    func `another order gives a backup that tells of what it lacks`(_ order: [String]) throws {
        _ = try filled()
        let db = try open()
        var number = 0
        try copyLive(order, db, &number)
        let code = code { _ = try world.open("backup", .quiet, types) }
        #expect(code == "damaged" || code == "missing_file")
    }
}
