internal import Tufa
internal import TufaTesting

extension SimulationScript {
    /// A history by chance: small writes of every kind, snapshots, archives, new beginnings and one
    /// restore.
    package static func random(seed: UInt64, steps: Int) -> SimulationScript {
        SimulationScript("random \(seed) of \(steps) steps") { run in
            var chance = RandomLibrary(random: SplitMix(state: seed))
            let restoreStep = chance.random.below(steps)
            try run.open()
            for step in 0..<steps {
                switch chance.random.below(20) {
                case 0, 1: try run.perform("snapshot \(step)") { try $0.snapshotBlocking() }
                case 2, 3: try run.perform("archive \(step)") { try $0.archiveBlocking() }
                case 4:
                    try run.close()
                    try run.open()
                case 5, 6: try bufferedWrite(run, step, &chance)
                default: try write(run, "write \(step)", &chance)
                }
                if step == restoreStep { try run.restore(.now) }
            }
            try run.close()
        }
    }

    private static func write(
        _ run: ScriptRun, _ name: String, durability: Durability = .durable,
        _ chance: inout RandomLibrary
    ) throws {
        struct Abandoned: Error {}
        let isAbandoned = chance.random.below(8) == 0
        do {
            try run.write(name, durability: durability) { tx in
                for _ in 0...chance.random.below(6) { try change(&tx, &chance) }
                if isAbandoned { throw Abandoned() }
            }
        } catch is Abandoned {}
    }

    private static func bufferedWrite(
        _ run: ScriptRun, _ step: Int, _ chance: inout RandomLibrary
    ) throws {
        try write(
            run, "buffered \(step)", durability: .buffered(within: .seconds(3600)), &chance)
    }

    /// One change; where a rule forbids it, nothing happens.
    private static func change(_ tx: inout Transaction, _ chance: inout RandomLibrary) throws {
        let table = chance.table()
        let id = chance.id(table)
        let row = chance.row(table)
        do {
            switch chance.random.below(10) {
            case 0..<6: try tx.insert(table, id: id, row)
            case 6..<8: try tx.update(table, id: id, chance.changes(table))
            default: try tx.delete(table, id: id)
            }
        } catch let error as DatabaseError {
            switch error.code {
            case .rowExists, .rowNotFound, .uniqueViolation, .referenceViolation, .checkViolation:
                return
            default: throw error
            }
        }
    }
}
