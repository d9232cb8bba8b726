import Testing
import Tufa
import TufaStorage
import TufaTesting

/// Every call fails once, with an error of the disk or for want of room.
@Suite(.timeLimit(.minutes(5)))
struct FailureTests {
    @Test(arguments: [DatabaseError.Code.io, .diskFull])
    func `a call that fails is an error and not a loss`(code: DatabaseError.Code) throws {
        let reference = Script()
        try reference.run()
        let calls = reference.world.fileSystem.callCount
        let hashes = reference.ledger.current.hashes
        let stride = Settings.isThorough ? 1 : 3 * Settings.crashStride
        let first = code == .io ? 1 : 1 + stride / 2
        for failing in Swift.stride(from: first, through: calls, by: stride) {
            try fail(failing, code, hashes)
        }
    }

    /// Runs the script until call `failing` fails, looks at what is left, and opens it again.
    private func fail(
        _ failing: Int, _ code: DatabaseError.Code, _ hashes: [UInt64: String]
    ) throws {
        let script = Script()
        let system = script.world.fileSystem
        system.onCall {
            $0.number == failing ? DatabaseError(code, "Injected.", file: $0.path) : nil
        }
        var place = "\(code) at call \(failing)"
        do {
            try script.run()
        } catch let error as DatabaseError {
            place += " in \(script.step): \(error)"
            let isExpected = error.code == code || error.code == .poisoned
            #expect(isExpected && error.file != nil, "\(place)")
            if let db = script.db { try checkOpen(db, script.ledger.current, place) }
        }
        system.onCall(nil)
        try? script.db?.closeBlocking()
        let ledger = script.ledger.current
        let world = InMemoryWorld(system, seed: 3)
        let db: Database
        do {
            db = try world.open("db", .quiet, Library.types)
        } catch {
            Issue.record("\(place), and then: \(error)")
            return
        }
        let view = db.view()
        #expect(view.position >= ledger.acknowledged, "\(place)")
        let isKnown = try hashes[view.position] == view.stateHash()
        #expect(isKnown, "\(place): position \(view.position)")
        try db.writeBlocking { tx in _ = try tx.insert(Library.author(999)) }
        try db.closeBlocking()
    }

    /// A poisoned database refuses writes and reads on; any other goes on as if nothing were.
    private func checkOpen(_ db: Database, _ ledger: Ledger.Entry, _ place: String) throws {
        let view = db.view()
        #expect(try ledger.hashes[view.position] == view.stateHash(), "\(place)")
        do {
            try db.writeBlocking { _ in
                throw Abandoned()
            }
        } catch is Abandoned {
            return
        } catch let error as DatabaseError {
            let isRefused = error.code == .poisoned || error.code == .closed
            #expect(isRefused, "\(place), and then \(error)")
            #expect(try db.view().stateHash() == view.stateHash(), "\(place)")
        }
    }

    private struct Abandoned: Error {}
}
