internal import Tufa
internal import TufaStorage
internal import TufaTesting

/// A disk as a crash has left it, and what opening it shows.
struct CrashedDisk {
    var fileSystem: any FileSystem
    /// What was acknowledged when the power went out.
    var ledger: Ledger.Entry
    /// The whole history, by a run that nothing has cut off.
    let reference: Ledger.Entry
    /// The folder in which the databases are.
    var folder = ""

    /// What a recovered database shows.
    struct Found: Equatable {
        var position: UInt64
        var hash: String
    }

    private var world: RepeatableWorld { RepeatableWorld(fileSystem, seed: 99) }
    private func path(_ name: String) -> String { folder.isEmpty ? name : folder + "/" + name }

    /// Opens what is there, and checks that it is a prefix with everything that was acknowledged.
    ///
    /// `goesOn` writes a commit after that, and opens it once more.
    func recover(goesOn: Bool = false) throws -> Found {
        // What was not made yet is made by whoever opens it with types.
        let (db, hash) = try open(ledger.isCreated ? [] : Library.types)
        var found = Found(position: db.view().position, hash: hash)
        // Tables may be added to what was made, which leaves it as empty as it was.
        if !ledger.isCreated, found.hash == reference.hashes[0] { found.position = 0 }
        guard found.position >= ledger.acknowledged else {
            throw Mismatch(
                "only position \(found.position) is left of \(ledger.acknowledged) acknowledged")
        }
        guard let hash = reference.hashes[found.position] else {
            throw Mismatch("no commit ends at position \(found.position)")
        }
        guard found.hash == hash else {
            throw Mismatch("position \(found.position) shows \(found.hash), expected \(hash)")
        }
        try db.closeBlocking()
        if goesOn { try writeOn(found) }
        return found
    }

    /// Opens the database and reads all of it; once more, as the error advises, where a snapshot
    /// that the script has damaged is met only then.
    private func open(_ types: [any Entity.Type]) throws -> (Database, hash: String) {
        let db = try world.open(path("db"), .quiet, types)
        do {
            return (db, try db.view().stateHash())
        } catch let error as DatabaseError {
            try db.closeBlocking()
            guard error.code == .damaged, error.file?.hasSuffix(".snap") ?? false
            else { throw error }
            let again = try world.open(path("db"), .quiet, types)
            return (again, try again.view().stateHash())
        }
    }

    private func writeOn(_ found: Found) throws {
        let db = try world.open(path("db"), .quiet, Library.types)
        guard try db.view().stateHash() == found.hash else {
            throw Mismatch("opening it again shows another state")
        }
        try db.writeBlocking { tx in
            try tx.insert(Library.author(990))
            try tx.insert(Library.article(991, by: 990))
        }
        let hash = try db.view().stateHash()
        try db.closeBlocking()
        let again = try world.open(path("db"), .quiet, Library.types)
        guard try again.view().stateHash() == hash else {
            throw Mismatch("a commit after the crash is lost")
        }
        try again.closeBlocking()
    }

    /// Checks every byte of what is there, and replays it from the beginning.
    func verify() throws {
        let report = try Database.verify(path("db"), world.environment, RepeatableWorld.logOptions)
        guard report.isOK else { throw Mismatch("verify finds \(report.findings)") }
    }

    /// Checks that the second database is there whole or not at all.
    func checkCopy() throws {
        guard try DatabaseDirectory.isDatabase(at: path("copy"), fileSystem) else {
            if ledger.hasCopy { throw Mismatch("the copy is lost") }
            return
        }
        let copy = try world.open(path("copy"), .quiet, Library.types)
        let hash = try copy.view().stateHash()
        try copy.closeBlocking()
        guard reference.copies.contains(hash) else {
            throw Mismatch("the copy shows \(hash), which it never had")
        }
    }
}
