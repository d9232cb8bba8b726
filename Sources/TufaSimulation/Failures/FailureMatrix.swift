internal import Tufa
internal import TufaStorage
internal import TufaTesting

/// Every call that changes a file fails once, in every way that a disk has.
///
/// After the failure the database is looked at while it is still open, then opened anew as after
/// the end of the process, and as after a power cut at that moment.
package struct FailureMatrix: Sendable {
    /// How a call fails.
    package enum Kind: CaseIterable, Sendable {
        /// An error of the device, with nothing done.
        case device
        /// No room, with nothing done.
        case full
        /// No room, after half of a write was done.
        case cutWrite
        /// A sync that fails and takes for clean what it did not write.
        case lostSync
    }

    package var script: SimulationScript
    package var seed: UInt64 = 1
    /// Failures come at every so-manieth call, from the one on that `seed` says.
    package var stride = 1
    /// Where the script runs; in memory where there is none.
    package var folder: DiskFolder?

    /// Prepares the matrix of one script.
    package init(_ script: SimulationScript) { self.script = script }

    /// Runs the script once for each call and each way in which that call can fail.
    package func run() -> MatrixReport {
        var report = MatrixReport()
        do {
            let (names, ledger) = try calls()
            for (index, name) in names.enumerated()
            where (index + Int(seed % UInt64(stride))) % stride == 0 {
                for kind in Kind.allCases where kind.happens(to: name) {
                    report.merge(try fail(index + 1, name, kind, ledger))
                }
            }
        } catch {
            report.fail("script \(script.name), without any failure: \(error)")
        }
        return report
    }

    /// The names of all calls of a whole run, and its history.
    private func calls() throws -> ([String], Ledger.Entry) {
        let names = Shared<[String]>([])
        let hook: MemoryFileSystem.Hook = { call in
            names.withLock { $0.append(call.name) }
            return nil
        }
        func run(_ system: any FileSystem, in path: String) throws -> ([String], Ledger.Entry) {
            let run = ScriptRun(script, on: system, in: path)
            try run.run()
            return (names.value, run.ledger.current)
        }
        guard let folder else {
            let memory = MemoryFileSystem()
            memory.onCall(hook)
            return try run(memory, in: "")
        }
        return try folder.withFolder { try run(HookedFileSystem(folder.system, hook), in: $0) }
    }

    private func fail(
        _ failing: Int, _ name: String, _ kind: Kind, _ reference: Ledger.Entry
    ) throws -> MatrixReport {
        let hit = Shared<String?>(nil)
        let hook: MemoryFileSystem.Hook = { call in
            guard call.number == failing else { return nil }
            hit.withLock { $0 = call.path }
            return kind.error(call.path)
        }
        let place = "script \(script.name), \(kind) at call \(failing), \(name)"
        guard let folder else {
            let memory = MemoryFileSystem()
            memory.onCall(hook)
            return fail(ScriptRun(script, on: memory), kind, reference, place, hit, memory)
        }
        return try folder.withFolder { path in
            let run = ScriptRun(script, on: HookedFileSystem(folder.system, hook), in: path)
            return fail(run, kind, reference, place, hit, nil)
        }
    }

    private func fail(
        _ run: ScriptRun, _ kind: Kind, _ whole: Ledger.Entry, _ what: String,
        _ hit: Shared<String?>, _ memory: MemoryFileSystem?
    ) -> MatrixReport {
        var report = MatrixReport()
        // Both go on with what is written after the failure.
        var reference = whole
        var ledger = Ledger().current
        var place = what
        report.count("failures")
        do {
            do {
                try run.run()
            } catch let error as DatabaseError {
                place += " \(hit.value ?? "") in \(run.step)"
                try kind.check(error)
                if let db = run.db {
                    for (position, hash) in try writeOn(db, run.ledger.current, error) {
                        ledger.acknowledged = position
                        reference.hashes[position] = hash
                    }
                }
            }
            memory?.onCall(nil)
            ledger.isCreated = run.ledger.current.isCreated
            ledger.acknowledged = max(ledger.acknowledged, run.ledger.current.acknowledged)
            let cuts: [MemoryFileSystem] =
                memory.map {
                    [
                        $0.crashed(keeping: .synced),
                        $0.crashed(keeping: .random(seed: seed &+ UInt64($0.callCount))),
                    ]
                } ?? []
            try? run.db?.closeBlocking()
            var disk = CrashedDisk(
                fileSystem: run.world.files, ledger: ledger, reference: reference,
                folder: run.folder)
            _ = try disk.recover(goesOn: true)
            place += ", and a power cut"
            for cut in cuts {
                disk.fileSystem = cut
                _ = try disk.recover(goesOn: true)
            }
        } catch {
            report.fail("\(place): \(error)")
        }
        return report
    }

    /// A poisoned database refuses writes and reads on; any other goes on as if nothing were.
    ///
    /// Gives the commits that were made.
    private func writeOn(
        _ db: Database, _ ledger: Ledger.Entry, _ cause: DatabaseError
    ) throws -> [(position: UInt64, hash: String)] {
        let view = db.view()
        let hash = try view.stateHash()
        guard ledger.hashes[view.position] == hash else {
            throw Mismatch("after \(cause), position \(view.position) shows \(hash)")
        }
        let first: Commit<Void>
        do {
            first = try db.writeBlocking { tx in _ = try tx.insert(Library.author(980)) }
        } catch let error as DatabaseError where error.code == .poisoned || error.code == .closed {
            guard try db.view().stateHash() == hash else {
                throw Mismatch("after \(cause), the state changed without a write")
            }
            // The blocks of a segment are there already: that they are not is no full disk.
            if cause.code == .diskFull, error.code == .poisoned,
                cause.file?.hasSuffix(".log") != true
            {
                throw Mismatch("\(cause), and then \(error)")
            }
            return []
        }
        let between = try db.view().stateHash()
        let second = try db.writeBlocking { tx in try tx.delete(Author.ID(Library.id(980))) }
        guard first.position > view.position, try db.view().stateHash() == hash else {
            throw Mismatch("after \(cause), writing on shows another state")
        }
        return [(first.position, between), (second.position, hash)]
    }
}

extension FailureMatrix.Kind {
    func happens(to call: String) -> Bool {
        switch self {
        case .device: true
        case .full: call != "sync" && call != "syncdir" && call != "unlink" && call != "rmdir"
        case .cutWrite: call == "write"
        case .lostSync: call == "sync"
        }
    }

    func error(_ path: String) -> any Error {
        let code: DatabaseError.Code = self == .device || self == .lostSync ? .io : .diskFull
        let error = DatabaseError(code, "Injected.", file: path)
        return switch self {
        case .device, .full: error
        case .cutWrite: MemoryFileSystem.CutWrite(error)
        case .lostSync: MemoryFileSystem.LostSync(error)
        }
    }

    /// The error says what it is and which file it concerns.
    func check(_ error: DatabaseError) throws {
        let isFull = self == .full || self == .cutWrite
        let isNamed = error.code == .poisoned || error.code == (isFull ? .diskFull : .io)
        guard isNamed, error.file != nil else {
            throw Mismatch(
                "the error is \(error.code.name) of \(error.file ?? "no file"): \(error)")
        }
    }
}
