internal import TufaStorage

/// The power goes out between any two calls that change a file, and each time the disk keeps what
/// was synced, or everything, or any part of the rest.
///
/// After the last call before the crash the disk may have kept any part of that call as well, so
/// this is a crash before, during and after each call (after ALICE, Pillai et al. 2014).
package struct CrashMatrix: Sendable {
    package var script: SimulationScript
    /// Chance for what the disk keeps.
    package var seed: UInt64 = 1
    /// How many random parts of what was not synced are tried at each call.
    package var subsetCount = 1
    /// Crashes come at every so-manieth call, from the first on that `seed` says.
    package var stride = 1
    /// Each so-manieth crash is followed by one more at every call of its recovery; 0 for never.
    package var recoveryStride = 7
    /// Each so-manieth disk is verified byte by byte; 0 for never.
    package var verifyStride = 5
    /// Where the disks are written to and recovered; in memory where there is none.
    package var folder: DiskFolder?

    /// Prepares the matrix of one script.
    package init(_ script: SimulationScript) { self.script = script }

    /// Runs the script once whole, and once with a crash between any two calls.
    package func run() -> MatrixReport {
        let report = Shared(MatrixReport())
        do {
            let reference = ScriptRun(script)
            try reference.run()
            let ledger = reference.ledger.current
            let system = MemoryFileSystem()
            let run = ScriptRun(script, on: system)
            let entries = run.ledger
            system.onCall { [weak system] call in
                guard let system, (call.number + Int(seed % UInt64(stride))) % stride == 0
                else { return nil }
                let found = crash(
                    system, entries.current, ledger, call.number,
                    "before call \(call.number), \(call.name) \(call.path)")
                report.withLock { $0.merge(found) }
                return nil
            }
            try run.run()
            system.onCall(nil)
            let found = crash(
                system, run.ledger.current, ledger, system.callCount + 1, "after the last call")
            report.withLock {
                $0.merge(found)
                $0.count("calls", system.callCount)
            }
        } catch {
            report.withLock { $0.fail("script \(script.name), without any crash: \(error)") }
        }
        return report.value
    }

    private var mixes: Int { subsetCount + 2 }

    private func survivors(_ call: Int, _ mix: Int) -> MemoryFileSystem.Survivors {
        switch mix - subsetCount {
        case 0: .synced
        case 1: .all
        default: .random(seed: seed &* 0x1_0000_0001 &+ UInt64(call * 64 + mix))
        }
    }

    private func crash(
        _ system: MemoryFileSystem, _ ledger: Ledger.Entry, _ reference: Ledger.Entry,
        _ call: Int, _ what: String
    ) -> MatrixReport {
        var report = MatrixReport()
        for mix in 0..<mixes {
            let survivors = survivors(call, mix)
            let number = call * mixes + mix
            let place = "script \(script.name), seed \(seed), \(what), keeping \(survivors)"
            let left = system.crashed(keeping: survivors)
            var disk = CrashedDisk(fileSystem: left, ledger: ledger, reference: reference)
            report.count("crashes")
            do {
                guard let folder else {
                    try check(disk, left, number, place, &report)
                    continue
                }
                try folder.withFolder { path in
                    try folder.copy(left, to: path)
                    disk.fileSystem = folder.system
                    disk.folder = path
                    try check(disk, nil, number, place, &report)
                }
            } catch {
                report.fail("\(place): \(error)")
            }
        }
        return report
    }

    private func check(
        _ disk: CrashedDisk, _ memory: MemoryFileSystem?, _ number: Int, _ place: String,
        _ report: inout MatrixReport
    ) throws {
        let isDeep = recoveryStride > 0 && number % recoveryStride == 0
        let images =
            isDeep ? memory.map { CrashImages($0, seed: seed &+ UInt64(number)) } : nil
        let once = try disk.recover(goesOn: !isDeep && number % 3 == 0)
        if let images { crashAgain(images.taken(), disk, once, place, &report) }
        if verifyStride > 0, number % verifyStride == 0 { try disk.verify() }
        try disk.checkCopy()
    }

    /// Recovers from crashes in the recovery from a crash: it must come to the same end.
    private func crashAgain(
        _ images: [CrashImages.Image], _ first: CrashedDisk, _ once: CrashedDisk.Found,
        _ place: String, _ report: inout MatrixReport
    ) {
        for image in images {
            var disk = first
            disk.fileSystem = image.fileSystem
            report.count("crashes in recovery")
            do {
                let twice = try disk.recover()
                guard twice == once else {
                    throw Mismatch("\(twice) is not what the first recovery has shown, \(once)")
                }
            } catch {
                report.fail("\(place), and then \(image.place): \(error)")
            }
        }
    }
}
