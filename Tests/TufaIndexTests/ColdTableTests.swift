import Synchronization
import Testing

@testable import TufaBytes
@testable import TufaIndex

/// Tables of a snapshot whose parts are read when they are needed.
struct ColdTableTests {
    /// A table that takes several chunks everywhere: small rows, large ones, some of more than a
    /// chunk, numbers without a row, keys that need whole separators.
    private static func table(seed: UInt64, rowCount: Int) -> ModelTable {
        var table = ModelTable(seed: seed)
        for _ in 0..<rowCount {
            var row = table.randomRow(version: 1)
            switch Int.random(in: 0..<200, using: &table.random) {
            case 0: row.text = text(100_000, &table.random)
            case 1: row.text = text(ChunkDirectory.chunkByteCount + 100, &table.random)
            case 2...80: row.text = [UInt8](repeating: 97, count: 60) + (row.text ?? [])
            default: break
            }
            table.insert(row)
        }
        for id in table.rows.keys.sorted() where Bool.random(using: &table.random) {
            if table.rows.count % 3 == 0 { table.delete(id) }
        }
        return table
    }

    private static func text(_ count: Int, _ random: inout SplitMix) -> [UInt8] {
        [UInt8](repeating: UInt8.random(in: 97...100, using: &random), count: count)
    }

    private static func loaded(
        _ table: ModelTable, _ saved: SavedTable, _ fault: LoadFault
    ) throws -> (ModelTable, SavedTable.ReadLedger) {
        var copy = ModelTable(seed: 5)
        copy.rows = table.rows
        copy.position = table.position
        copy.nextNumber = table.nextNumber
        let ledger = try saved.load(into: copy.store, fault)
        return (copy, ledger)
    }

    /// A saved table, for tests that change it.
    private static let whole = Result {
        let table = Self.table(seed: 6, rowCount: 6000)
        return try SavedTable(table.store, table.store.draftRoots, position: .max)
    }

    private static func fault() -> LoadFault { LoadFault(file: "saved") { _ in } }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `each part is read by itself, in any order`(seed: UInt64) throws {
        let table = Self.table(seed: seed, rowCount: 7000)
        let saved = try SavedTable(table.store, table.store.draftRoots, position: .max)
        #expect(saved.map.rows.firstNumbers.count > 10)
        #expect(saved.map.trees.allSatisfy { $0.chunks.count > 1 })
        #expect(!(saved.sections[.tails(2)] ?? []).isEmpty)
        var random = SplitMix(state: seed)
        for _ in 0..<3 {
            let fault = Self.fault()
            let (copy, _) = try Self.loaded(table, saved, fault)
            for chunk in copy.store.coldChunks.shuffled(using: &random) { chunk.warm() }
            #expect(fault.error == nil)
            #expect(copy.problem(copy.draft) == nil)
            #expect(copy.store.bodyByteCount == table.store.bodyByteCount)
            let again = try SavedTable(copy.store, copy.store.draftRoots, position: .max)
            #expect(again.map == saved.map && again.sections == saved.sections)
        }
    }

    @Test func `what is not needed is not read`() throws {
        let table = Self.table(seed: 4, rowCount: 5000)
        let saved = try SavedTable(table.store, table.store.draftRoots, position: .max)
        let byteCount = saved.sections.values.reduce(0) { $0 + $1.count }
        let fault = Self.fault()
        let (copy, ledger) = try Self.loaded(table, saved, fault)
        #expect(ledger.byteCount.load(ordering: .relaxed) == 0)
        let (id, row) = try #require(table.rows.min { $0.key < $1.key })
        let number = try #require(copy.store.draftNumber(of: id))
        let version = try #require(copy.store.rows.visible(number, at: .max))
        #expect(copy.row(version) == row)
        #expect(ledger.byteCount.load(ordering: .relaxed) < byteCount / 3)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `the writer goes on in a table that is read as it goes`(seed: UInt64) throws {
        let table = Self.table(seed: seed, rowCount: 2500)
        let saved = try SavedTable(table.store, table.store.draftRoots, position: .max)
        let fault = Self.fault()
        var (copy, _) = try Self.loaded(table, saved, fault)
        copy.store.group = 9
        copy.random = SplitMix(state: seed + 1000)
        for round in 0..<120 {
            copy.transaction(undoes: round % 4 == 0)
            if round % 3 == 0 { copy.publish(keeping: 3) }
        }
        for state in [copy.draft] + copy.held { #expect(copy.problem(state) == nil) }
        #expect(fault.error == nil)
    }

    @Test func `numbers without a row are taken again`() throws {
        var table = Self.table(seed: 8, rowCount: 300)
        for id in table.rows.keys.sorted().prefix(100) { table.delete(id) }
        let saved = try SavedTable(table.store, table.store.draftRoots, position: .max)
        var (copy, _) = try Self.loaded(table, saved, Self.fault())
        for chunk in copy.store.coldChunks { chunk.warm() }
        let limit = copy.store.rows.numberLimit
        for _ in 0..<100 { copy.insert(copy.randomRow(version: 1)) }
        #expect(copy.store.rows.numberLimit == limit)
        for _ in 0..<1000 { copy.insert(copy.randomRow(version: 1)) }
        #expect(copy.store.rows.numberLimit > limit)
        #expect(copy.problem(copy.draft) == nil)
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `what stands for missing parts leads nobody astray`(seed: UInt64) throws {
        let table = Self.table(seed: 6, rowCount: 1500)
        let saved = try SavedTable(table.store, table.store.draftRoots, position: .max)
        let parts = Array(saved.sections.keys)
        var random = SplitMix(state: seed)
        let fault = Self.fault()
        var (copy, ledger) = try Self.loaded(table, saved, fault)
        copy.store.group = 9
        copy.random = SplitMix(state: seed + 1000)
        // Some of it has been read before.
        for chunk in copy.store.coldChunks where Int.random(in: 0..<3, using: &random) == 0 {
            chunk.warm()
        }
        let missing = parts.shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random))
        ledger.missing.withLock { $0 = Set(missing + [.rows]) }
        for id in table.rows.keys {
            if let number = copy.store.draftNumber(of: id) {
                _ = copy.store.rows.visible(number, at: .max).map { copy.row($0) }
            }
        }
        // The changes of one transaction, which will not stand; nothing is freed meanwhile.
        let changes = (0..<40).map { _ in copy.change() }
        for change in changes.reversed() { copy.store.undo(change) }
        _ = copy.contents(of: copy.store.draftRoots, at: .max)
        for chunk in copy.store.coldChunks { chunk.warm() }
        #expect(fault.error?.code == .damaged && fault.error?.file == "saved")
    }

    /// One thing about a saved table that cannot be.
    enum Damage: String, CaseIterable {
        case slotAmongOthers, slotInTheMiddle, slotOfAnotherChunk, slotBehindTheEnd, slotTwice
        case rowLength, rowText, rowDeleted, rowWithPast, fewerRows, moreBodyBytes
        case child, level, noEntries, tooManyEntries, rowNumberZero, rowNumberBeyond, separator
        case longPrefix, groupOfNow, entriesOfChunk, firstChild, levelStart, firstNumber, tailLength

        func strike(_ saved: inout SavedTable) {
            let inner = 0
            let leaf = (Int(saved.map.trees[1].levelStarts.last ?? 1) - 1) * 1024
            let slot = Int(saved.map.rows.firstNumbers[1] - 1) * 4 + 40
            let row = (Int(saved.number(UInt32.self, in: .slots, at: slot)) - 1) * 8
            switch self {
            case .slotAmongOthers:
                let reference = saved.number(UInt32.self, in: .slots, at: slot + 4)
                saved.put(reference, in: .slots, at: slot)
            case .slotInTheMiddle: saved.put(UInt32(row / 8 + 2), in: .slots, at: slot)
            case .slotOfAnotherChunk: saved.put(UInt32(1), in: .slots, at: slot)
            case .slotBehindTheEnd:
                saved.put(UInt32.max, in: .slots, at: (saved.sections[.slots]?.count ?? 0) - 4)
            case .slotTwice: saved.put(UInt32(0), in: .slots, at: slot)
            case .rowLength: saved.put(UInt32(1 << 30), in: .rows, at: row + 4)
            case .rowText: saved.put(UInt32(1 << 30), in: .rows, at: row + 40 + 9)
            case .rowDeleted: saved.put(UInt16(1), in: .rows, at: row + 22)
            case .rowWithPast: saved.put(UInt32(1), in: .rows, at: row)
            case .fewerRows: saved.map.rows.rowCount -= 1
            case .moreBodyBytes: saved.map.rows.bodyByteCount += 8
            case .child: saved.put(UInt32(1), in: .nodes(1), at: inner + 544)
            case .level: saved.put(UInt8(1), in: .nodes(1), at: leaf + 10)
            case .noEntries: saved.put(UInt16(0), in: .nodes(1), at: leaf + 8)
            case .tooManyEntries: saved.put(UInt16(81), in: .nodes(1), at: leaf + 8)
            case .rowNumberZero: saved.put(UInt32(0), in: .nodes(1), at: leaf + 704)
            case .rowNumberBeyond:
                saved.put(saved.map.rows.limit, in: .nodes(1), at: leaf + 704)
            case .separator: saved.put(UInt32(1 << 20), in: .nodes(1), at: inner + 784 + 4)
            case .longPrefix: saved.put(UInt8(49), in: .nodes(1), at: leaf + 11)
            case .groupOfNow: saved.put(UInt64(2), in: .nodes(1), at: leaf)
            case .entriesOfChunk:
                saved.map.trees[1].chunks[0].entryCount += 1
                saved.map.trees[1].chunks[1].entryCount -= 1
            case .firstChild: saved.map.trees[1].chunks[1].firstChild -= 1
            case .levelStart: saved.map.trees[1].levelStarts[2] += 1
            case .firstNumber: saved.map.rows.firstNumbers[1] += 1
            case .tailLength: saved.put(UInt16.max, in: .tails(2), at: 0)
            }
        }
    }

    @Test(arguments: Damage.allCases)
    func `whatever cannot be is found in its chunk`(damage: Damage) throws {
        var saved = try Self.whole.get()
        damage.strike(&saved)
        let fault = Self.fault()
        do {
            let copy = ModelTable(seed: 5)
            _ = try saved.load(into: copy.store, fault)
            for chunk in copy.store.coldChunks { chunk.warm() }
        } catch {
            #expect((error as? DatabaseError)?.code == .damaged)
            return
        }
        #expect(fault.error?.code == .damaged, "\(damage)")
    }

    @Test func `many threads need the same parts at once`() async throws {
        let table = Self.table(seed: 9, rowCount: 3000)
        let saved = try SavedTable(table.store, table.store.draftRoots, position: .max)
        let fault = Self.fault()
        let (copy, ledger) = try Self.loaded(table, saved, fault)
        let roots = copy.store.draftRoots
        let ids = table.rows.keys.sorted()
        await withTaskGroup(of: Int.self) { group in
            for thread in 0..<4 {
                group.addTask {
                    var random = SplitMix(state: UInt64(thread))
                    return ids.shuffled(using: &random).filter { id in
                        guard let number = copy.store.number(of: id, in: roots.primary, at: .max),
                            let version = copy.store.rows.visible(number, at: .max)
                        else { return false }
                        return copy.row(version) == table.rows[id]
                    }.count
                }
            }
            for await found in group { #expect(found == ids.count) }
        }
        #expect(fault.error == nil)
        // Nothing was read twice.
        let byteCount = saved.sections.values.reduce(0) { $0 + $1.count }
        #expect(ledger.byteCount.load(ordering: .relaxed) <= byteCount)
    }
}
