import Testing
import Tufa
import TufaStorage
import TufaTesting

/// A disk as a crash has left it, and what opening it shows.
struct CrashedDisk {
    var fileSystem: MemoryFileSystem
    /// What was acknowledged when the power went out.
    let ledger: Ledger.Entry
    /// The number of the call before which it went out.
    let call: Int
    /// Where that was, for the message of a failure.
    var place: String
    /// The state hashes that were seen of the restored copy.
    let copies: Shared<Set<String>>

    /// What a recovered database shows.
    struct Found: Equatable, Sendable {
        var position: UInt64
        var hash: String
        var place: String
        var acknowledged: UInt64
    }

    /// Opens, or makes again, what is there, and checks it by what is known at this time.
    func recover() throws -> Found {
        let world = InMemoryWorld(fileSystem, seed: 99)
        let db = try world.open("db", .quiet, Library.types)
        let view = db.view()
        var found = Found(
            position: view.position, hash: try view.stateHash(), place: place,
            acknowledged: ledger.acknowledged)
        // The tables are added when what was opened is an empty database.
        if !ledger.isCreated, found.position == 1 { found.acknowledged = 0 }
        try db.closeBlocking()
        return found
    }

    /// Checks every byte of what is there.
    func verify() throws {
        let environment = InMemoryWorld(fileSystem, seed: 7).environment
        let report = try Database.verify("db", environment, InMemoryWorld.logOptions)
        #expect(report.isOK, "\(place): \(report.findings)")
    }

    /// Checks that a restore is there whole or not at all.
    func checkCopy() throws {
        guard try DatabaseDirectory.isDatabase(at: "copy", fileSystem) else {
            #expect(!ledger.hasCopy, "\(place): the copy is lost")
            return
        }
        let world = InMemoryWorld(fileSystem, seed: 98)
        let copy = try world.open("copy", .quiet, Library.types)
        let hash = try copy.view().stateHash()
        try copy.closeBlocking()
        copies.withLock { _ = $0.insert(hash) }
    }
}
