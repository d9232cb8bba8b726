internal import Tufa
internal import TufaStorage
internal import TufaTesting

/// Every read of an opening fails once: that is an error, and not the end of the log.
package struct ReadFailureMatrix: Sendable {
    package var script: SimulationScript
    /// Before which calls of the script the power goes out, to have something to open.
    package var stride = 40

    /// Prepares the matrix of one script.
    package init(_ script: SimulationScript) { self.script = script }

    /// Runs the script, and opens what it leaves at many points with each read failing in its turn.
    package func run() -> MatrixReport {
        var report = MatrixReport()
        do {
            let disks = Shared<[(MemoryFileSystem, Ledger.Entry)]>([])
            let system = MemoryFileSystem()
            let run = ScriptRun(script, on: system)
            let entries = run.ledger
            system.onCall { [weak system] call in
                guard let system, call.number % stride == 0 else { return nil }
                let left = (system.crashed(keeping: .all), entries.current)
                disks.withLock { $0.append(left) }
                return nil
            }
            try run.run()
            system.onCall(nil)
            for (disk, ledger) in disks.value + [(system, run.ledger.current)] {
                report.merge(failEachRead(disk, ledger, run.ledger.current))
            }
        } catch {
            report.fail("script \(script.name), without any failure: \(error)")
        }
        return report
    }

    private func failEachRead(
        _ system: MemoryFileSystem, _ ledger: Ledger.Entry, _ reference: Ledger.Entry
    ) -> MatrixReport {
        var report = MatrixReport()
        var failing = 1
        while true {
            let disk = system.crashed(keeping: .all)
            let count = Shared(0)
            let hit = Shared<String?>(nil)
            disk.onRead { [failing] call in
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                guard number == failing else { return nil }
                hit.withLock { $0 = "\(call.name) \(call.path)" }
                return DatabaseError(.io, "Injected.", file: call.path)
            }
            let crashed = CrashedDisk(fileSystem: disk, ledger: ledger, reference: reference)
            var place = ""
            do {
                do {
                    _ = try crashed.recover()
                } catch let error as DatabaseError {
                    guard error.code == .io, error.file != nil else { throw error }
                }
                guard let hit = hit.value else { return report }
                place = hit
                disk.onRead(nil)
                _ = try crashed.recover()
            } catch {
                report.fail("script \(script.name), read \(failing), \(place): \(error)")
                if hit.value == nil { return report }
            }
            report.count("failures")
            failing += 1
        }
    }
}
