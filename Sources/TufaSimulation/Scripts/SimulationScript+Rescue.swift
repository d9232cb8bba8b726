internal import Tufa
internal import TufaStorage
internal import TufaTesting

// What people do to a database that something has happened to.
extension SimulationScript {
    /// Everything that a repair can put right, put right.
    package static let repairs = SimulationScript("repairs") { run in
        try history(run)
        try run.performClosed("spoil") {
            let system = run.world.files
            let snapshots = try system.list(run.path("db/snapshots"))
            let segments = try system.list(run.path("db/log"))
            guard let newest = snapshots.last, let segment = segments.first else {
                throw Mismatch("there is nothing to spoil")
            }
            try spoil(run.path("db/snapshots/" + newest), at: 17_000, system)
            let length = try system.status(of: run.path("db/log/" + segment))?.byteCount ?? 0
            try spoil(run.path("db/log/" + segment), at: length - 9, system)
            let stray = try system.open(run.path("db/archive/1-2.arc.tmp"), .create)
            try stray.write([1, 2, 3], at: 0)
            try stray.close()
        }
        try run.performClosed("repair") {
            let report = try Database.repair(
                run.path("db"), apply: true, run.world.environment, RepeatableWorld.logOptions)
            guard report.isOK, report.steps.count >= 3 else {
                throw Mismatch("the repair does \(report.steps)")
            }
        }
        try run.open()
        try run.write("after the repair") { tx in try tx.insert(Library.author(9)) }
        try run.close()
    }

    /// Everything that is there, brought into a new database.
    package static let salvages = SimulationScript("salvages") { run in
        try history(run)
        try run.copy("salvage") { target in
            let report = try Database.salvage(
                run.path("db"), into: target, run.world.environment, RepeatableWorld.logOptions)
            guard report.isWhole else { throw Mismatch("the salvage lacks something: \(report)") }
            return report.stateHash
        }
    }

    /// Segments, an archive and snapshots.
    private static func history(_ run: ScriptRun) throws {
        try run.open()
        try run.write("author") { tx in try tx.insert(Library.author(2)) }
        try largeWrites(run, from: 100)
        try run.perform("archive") { try $0.archiveBlocking() }
        try run.perform("first snapshot") { try $0.snapshotBlocking() }
        try largeWrites(run, from: 200)
        try run.write("an author goes") { tx in
            try tx.insert(Library.author(3))
            try tx.insert(Library.article(4, by: 3))
            try tx.delete(Author.ID(Library.id(2)))
        }
        try run.perform("second snapshot") { try $0.snapshotBlocking() }
        try run.write("last") { tx in try tx.insert(Library.article(5, by: 3)) }
        try run.close()
    }

    private static func spoil(
        _ path: String, at offset: UInt64, _ system: any FileSystem
    ) throws {
        let file = try system.open(path, .readWrite)
        let old = try file.bytes(count: 1, at: offset)
        try file.write([old[0] ^ 0x21], at: offset)
        try file.syncData()
        try file.close()
    }
}
