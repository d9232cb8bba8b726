import Testing
import Tufa
import TufaSimulation
import TufaStorage
import TufaTesting

/// What many threads have done, as if one after the other, in an order that clocks agree with.
///
/// Positions give the order, so checking is one pass: each transaction must have read what those
/// before it had written, and must come behind all that had returned before it began (strict
/// serializability after Papadimitriou 1979; Herlihy and Wing 1990 for the clocks).
@Suite(.timeLimit(.minutes(10)))
struct SerializabilityTests {
    /// One transaction or one look, with what it saw and what it left.
    private struct Step: Sendable {
        var began: ContinuousClock.Instant
        var returned: ContinuousClock.Instant
        /// Its commit; of a look, the commit as of which it looked.
        var position: UInt64
        var isLook: Bool
        var read: [Int: Int64]
        var written: [Int: Int64] = [:]
    }

    private static let registers = 8

    private static func register(_ number: Int) -> Shelf.ID { Shelf.ID(Library.id(number)) }

    private static func number(_ shelf: Shelf?) throws -> Int64 {
        try #require(shelf.flatMap { Int64($0.label.split(separator: " ")[1]) })
    }

    @Test func `histories of many threads are strictly serializable`() async throws {
        let db = try Database.openBlocking(
            "db", InMemoryWorld().environment,
            LogOptions(segmentByteCount: 1 << 18, worksInBackground: true), .quiet, Library.types)
        let start = try db.writeBlocking { tx in
            for register in 0..<Self.registers {
                var shelf = Shelf()
                shelf.id = Self.register(register)
                shelf.label = "\(register) 0"
                try tx.insert(shelf)
            }
        }
        let steps = Shared<[Step]>([])
        let writeCount = Shared(0)
        let threads = Threads(for: .milliseconds(1200 + Settings.soakMinutes * 60_000)) {
            writeCount.value > 40
        }
        for writer in 0..<4 {
            threads.start("writer") { round in
                let step = try Self.write(db, writer, round)
                steps.withLock { $0.append(step) }
                if !step.isLook { writeCount.withLock { $0 += 1 } }
            }
        }
        for _ in 0..<2 {
            threads.start("reader") { round in
                let step = try Self.look(db)
                if round % 50 == 0 { steps.withLock { $0.append(step) } }
            }
        }
        threads.start("maintenance") { round in
            if round % 2 == 0 { try db.snapshotBlocking() } else { try db.archiveBlocking() }
        }
        await threads.finish()
        try db.closeBlocking()
        try Self.check(steps.value, from: start.position)
    }

    /// Reads some registers and writes others, some of it sooner visible than durable.
    private static func write(_ db: Database, _ writer: Int, _ round: Int) throws -> Step {
        var random = SplitMix(state: UInt64(writer * 1_000_003 + round))
        let chosen = Set((0..<3).map { _ in random.below(registers) })
        let changed = chosen.filter { _ in random.below(3) > 0 }
        let durability: Durability =
            random.below(4) == 0 ? .buffered(within: .milliseconds(1)) : .durable
        let began = ContinuousClock.now
        let commit = try db.writeBlocking(durability: durability) { tx in
            var read: [Int: Int64] = [:]
            for register in chosen {
                read[register] = try number(tx.find(Self.register(register)))
            }
            let sum = read.values.reduce(Int64(writer + 1), &+)
            for register in changed {
                try tx.update(Self.register(register)) {
                    $0.label = "\(register) \((sum &+ Int64(register)) % 1_000_007)"
                }
            }
            return (read, sum)
        }
        var step = Step(
            began: began, returned: .now, position: commit.position, isLook: changed.isEmpty,
            read: commit.value.0)
        for register in changed {
            step.written[register] = (commit.value.1 &+ Int64(register)) % 1_000_007
        }
        return step
    }

    private static func look(_ db: Database) throws -> Step {
        let began = ContinuousClock.now
        let view = db.view()
        let returned = ContinuousClock.now
        var read: [Int: Int64] = [:]
        for register in 0..<registers {
            read[register] = try number(view.find(Self.register(register)))
        }
        return Step(
            began: began, returned: returned, position: view.position, isLook: true, read: read)
    }

    private static func check(_ steps: [Step], from start: UInt64) throws {
        let writes = steps.filter { !$0.isLook }.sorted { $0.position < $1.position }
        #expect(writes.count > 20)
        #expect(Set(writes.map(\.position)).count == writes.count)
        // What a look at a position sees, and what the transaction behind it reads.
        let looks = Dictionary(grouping: steps.filter(\.isLook), by: \.position)
        var state = Dictionary(uniqueKeysWithValues: (0..<registers).map { ($0, Int64(0)) })
        func expectRead(_ step: Step) {
            for (register, value) in step.read {
                #expect(state[register] == value, "position \(step.position), register \(register)")
            }
        }
        looks[start]?.forEach(expectRead)
        for write in writes {
            expectRead(write)
            state.merge(write.written) { $1 }
            looks[write.position]?.forEach(expectRead)
        }
        // Nothing comes before what had returned before it began.
        let byReturn = steps.sorted { $0.returned < $1.returned }
        var returned = byReturn.makeIterator()
        var next = returned.next()
        var newest: UInt64 = 0
        for step in steps.sorted(by: { $0.began < $1.began }) {
            while let earlier = next, earlier.returned < step.began {
                newest = max(newest, earlier.position)
                next = returned.next()
            }
            #expect(
                step.isLook ? step.position >= newest : step.position > newest,
                "position \(step.position) began when \(newest) had returned")
        }
    }
}
