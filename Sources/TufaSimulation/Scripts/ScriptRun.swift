package import Tufa
package import TufaStorage
package import TufaTesting

/// One run of a script: its world, the database it works on, and what was acknowledged so far.
///
/// A run stops at the first step that throws.
package final class ScriptRun {
    /// Where the files are.
    package let world: RepeatableWorld
    /// What was committed and acknowledged.
    package let ledger = Ledger()
    /// The database while it is open.
    package private(set) var db: Database?
    /// What the run was doing last.
    package private(set) var step = ""
    /// Whether that step is one beside which others may write.
    private(set) var isMaintaining = false
    let script: SimulationScript

    let folder: String

    /// Prepares a run on a file system, in a folder of it.
    package init(
        _ script: SimulationScript, on files: any FileSystem = MemoryFileSystem(),
        in folder: String = ""
    ) {
        self.script = script
        self.folder = folder
        world = RepeatableWorld(files)
    }

    /// The path of something in the run's folder.
    func path(_ name: String) -> String { folder.isEmpty ? name : folder + "/" + name }

    /// Runs all of it.
    package func run() throws { try script.body(self) }

    // MARK: Steps

    func open(_ types: [any Entity.Type] = Library.types) throws {
        step = "open"
        let opened = try world.open(path("db"), .quiet, types)
        db = opened
        try note(opened, opened.view().position, isDurable: true)
        ledger.update { $0.isCreated = true }
    }

    func close() throws {
        step = "close"
        try db?.closeBlocking()
        db = nil
    }

    /// Any step that leaves the history as it is.
    func perform(_ name: String, _ body: (Database) throws -> Void) throws {
        step = name
        isMaintaining = true
        defer { isMaintaining = false }
        if let db { try body(db) }
    }

    /// A step while the database is closed.
    func performClosed(_ name: String, _ body: () throws -> Void) throws {
        step = name
        try body()
    }

    func write(
        _ name: String, durability: Durability = .durable,
        _ body: (inout Transaction) throws -> Void
    ) throws {
        step = name
        guard let db else { return }
        let commit = try db.writeBlocking(
            as: "script", label: name, durability: durability, body)
        try note(db, commit.position, isDurable: durability == .durable)
    }

    /// A transaction that does something and then breaks a rule, so nothing of it may be found.
    func refused(
        _ code: DatabaseError.Code, _ body: (inout Transaction) throws -> Void
    ) throws {
        do {
            try write("a write refused with \(code.name)", body)
        } catch let error as DatabaseError where error.code == code {
            return
        }
        throw Mismatch("the write is not refused with \(code.name)")
    }

    /// Everything that was written before is on the disk as well.
    func noteDurable() {
        let position = db?.view().position ?? 0
        ledger.update { $0.acknowledged = max($0.acknowledged, position) }
    }

    private func note(_ db: Database, _ position: UInt64, isDurable: Bool) throws {
        let hash = try db.view().stateHash()
        ledger.update {
            $0.hashes[position] = hash
            if isDurable { $0.acknowledged = max($0.acknowledged, position) }
        }
    }

    /// Makes the second database, and notes what it may show.
    func copy(_ name: String, _ body: (_ target: String) throws -> String) throws {
        step = name
        let hash = try body(path("copy"))
        ledger.update { $0.copies.insert(hash) }
        step = "open the copy"
        let copy = try world.open(path("copy"), .quiet, Library.types)
        try copy.writeBlocking { tx in _ = try tx.insert(Library.author(70)) }
        let later = try copy.view().stateHash()
        ledger.update {
            $0.copies.insert(later)
            $0.hasCopy = true
        }
        try copy.closeBlocking()
    }
}
