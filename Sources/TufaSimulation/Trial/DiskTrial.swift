internal import Tufa
internal import TufaStorage
internal import TufaTesting

/// The matrices of crashes and failures on somebody's own disk.
///
/// What a power cut can leave is made up in memory, since nothing can cut the power of a real disk;
/// it is then written to the disk and recovered there. What fails is a call of the real disk.
package struct DiskTrial: Sendable {
    /// One part of the trial.
    package enum Part: String, CaseIterable, Sendable {
        /// Every operation, with the same states as in memory.
        case operations
        /// A second writer, who must be refused.
        case lock
        /// What power cuts leave, recovered on the disk.
        case crashes
        /// Calls of the disk that fail.
        case failures
    }

    let folder: DiskFolder
    /// What is run.
    package var scripts = SimulationScript.all
    /// Crashes and failures come at every so-manieth call.
    package var stride = 10
    /// Chance for what the disk keeps.
    package var seed: UInt64 = 1

    /// Prepares a trial in a folder.
    package init(in folder: DiskFolder) { self.folder = folder }

    /// Runs one part.
    package func run(_ part: Part) -> MatrixReport {
        var report = MatrixReport()
        switch part {
        case .operations:
            for script in scripts { operate(script, &report) }
        case .lock:
            report.count("second writers")
            do { try lock() } catch { report.fail("a second writer: \(error)") }
        case .crashes:
            for script in scripts {
                var matrix = CrashMatrix(script)
                (matrix.seed, matrix.stride, matrix.folder) = (seed, stride, folder)
                report.merge(matrix.run())
            }
        case .failures:
            for script in scripts {
                var matrix = FailureMatrix(script)
                (matrix.seed, matrix.stride, matrix.folder) = (seed, stride, folder)
                report.merge(matrix.run())
            }
        }
        return report
    }

    /// Microseconds of one write of 4 KiB and its sync, the median of a hundred, in a file whose
    /// blocks are there: no durable commit can take less.
    package func syncFloor() throws -> Double {
        try folder.withFolder { path in
            let file = try folder.system.open(path + "/floor", .create)
            let block = [UInt8](repeating: 7, count: 4096)
            for index in 0..<100 { try file.write(block, at: UInt64(index * 4096)) }
            try file.syncData()
            var times: [Double] = []
            for index in 0..<100 {
                let start = ContinuousClock.now
                try file.write(block, at: UInt64(index * 4096))
                try file.syncData()
                times.append((ContinuousClock.now - start) / .microseconds(1))
            }
            try file.close()
            return times.sorted()[50]
        }
    }

    private func operate(_ script: SimulationScript, _ report: inout MatrixReport) {
        report.count("scripts")
        do {
            let inMemory = ScriptRun(script)
            try inMemory.run()
            try folder.withFolder { path in
                let run = ScriptRun(script, on: folder.system, in: path)
                try run.run()
                guard run.ledger.current.hashes == inMemory.ledger.current.hashes else {
                    throw Mismatch("the states are not those of a disk in memory")
                }
                let disk = CrashedDisk(
                    fileSystem: folder.system, ledger: run.ledger.current,
                    reference: inMemory.ledger.current, folder: path)
                _ = try disk.recover()
                try disk.verify()
                try disk.checkCopy()
            }
        } catch {
            report.fail("script \(script.name): \(error)")
        }
    }

    private func lock() throws {
        try folder.withFolder { path in
            let world = RepeatableWorld(folder.system)
            let db = try world.open(path + "/db", .quiet, Library.types)
            do {
                try world.open(path + "/db", .quiet, Library.types).closeBlocking()
            } catch let error as DatabaseError where error.code == .locked {
                try db.closeBlocking()
                try world.open(path + "/db", .quiet, Library.types).closeBlocking()
                return
            }
            throw Mismatch("it was not refused: the disk does not keep locks")
        }
    }
}
