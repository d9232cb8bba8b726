internal import Tufa
internal import TufaStorage
internal import TufaTesting

/// Somebody else comes in between any two calls that change a file.
///
/// The engine holds no lock of its writers while it waits for the disk, so these are the places
/// where threads and processes can meet; here they do so in an order that can be repeated.
package struct InterleavingMatrix: Sendable {
    package var script: SimulationScript
    package var seed: UInt64 = 1
    /// Writers come in at every so-manieth call, readers ten times as often.
    package var stride = 1

    /// Prepares the matrix of one script.
    package init(_ script: SimulationScript) { self.script = script }

    /// Runs the script once with readers everywhere, and once with a writer at each call.
    package func run() -> MatrixReport {
        var report = MatrixReport()
        do {
            let run = ScriptRun(script)
            try run.run()
            report.merge(try readEverywhere(run.ledger.current))
            var call = 1 + Int(seed % UInt64(stride))
            while try writeOnce(at: call, &report) { call += stride }
        } catch {
            report.fail("script \(script.name), with others between its calls: \(error)")
        }
        return report
    }

    /// Another process opens the folder for reading before each call.
    private func readEverywhere(_ reference: Ledger.Entry) throws -> MatrixReport {
        let report = Shared(MatrixReport())
        let system = MemoryFileSystem()
        let run = ScriptRun(script, on: system)
        let ledger = run.ledger
        system.onCall { [weak system] call in
            let known = ledger.current
            guard let system, known.isCreated, call.number % max(1, stride / 10) == 0
            else { return nil }
            let place =
                "script \(script.name), a reader before call \(call.number), "
                + "\(call.name) \(call.path)"
            report.withLock { report in
                report.count("readers")
                do {
                    var options = DatabaseOptions.quiet
                    options.isReadOnly = true
                    // A reader cannot set a snapshot aside that a script has damaged.
                    options.loading = script.name == "repairs" ? .atOnce : .whenNeeded
                    let view = try RepeatableWorld(system, seed: 5).open("db", options, []).view()
                    let hash = try view.stateHash()
                    guard view.position >= known.acknowledged else {
                        throw Mismatch(
                            "it sees position \(view.position) of \(known.acknowledged)")
                    }
                    guard reference.hashes[view.position] == hash else {
                        throw Mismatch("position \(view.position) shows \(hash)")
                    }
                } catch {
                    report.fail("\(place): \(error)")
                }
            }
            return nil
        }
        try run.run()
        system.onCall(nil)
        return report.value
    }

    /// A thread writes while a snapshot, an archive or a restore waits for the disk; false where
    /// the script has ended before that call.
    private func writeOnce(at number: Int, _ report: inout MatrixReport) throws -> Bool {
        let system = MemoryFileSystem()
        let run = ScriptRun(script, on: system)
        let meeting = Meeting(run)
        system.onCall { call in
            if call.number == number { meeting.come() }
            return nil
        }
        try run.run()
        system.onCall(nil)
        if system.callCount < number { return false }
        guard let place = meeting.place.value else { return true }
        report.count("writers")
        do {
            let world = RepeatableWorld(system, seed: 6)
            let db = try world.open("db", .quiet, Library.types)
            let found = try db.view().find(Shelf.ID(Library.id(Meeting.shelf)))
            try db.closeBlocking()
            guard found != nil else { throw Mismatch("what the thread wrote is lost") }
            let check = try Database.verify("db", world.environment, RepeatableWorld.logOptions)
            guard check.isOK else { throw Mismatch("verify finds \(check.findings)") }
        } catch {
            report.fail(
                "script \(script.name), a writer before call \(number) in \(place): \(error)")
        }
        return true
    }
}

/// A writer who comes once, while a run does something other than to write, open or close.
private final class Meeting: @unchecked Sendable {  // The hook runs on the thread of the run.
    static let shelf = 970
    let place = Shared<String?>(nil)
    private weak var run: ScriptRun?

    init(_ run: ScriptRun) { self.run = run }

    func come() {
        guard let run, let db = run.db, run.isMaintaining else { return }
        let written = try? db.writeBlocking(durability: .buffered(within: .seconds(3600))) { tx in
            try tx.insert(Library.shelf(Self.shelf))
        }
        if written != nil { place.withLock { $0 = run.step } }
    }
}
