import Testing

@testable import TufaBytes
@testable import TufaIndex

/// A table of a unique number and an optional text, beside the dictionary that it must equal.
struct ModelTable {
    struct Row: Equatable {
        var number: UInt64
        var text: [UInt8]?
        var version: UInt32
    }

    /// A published state: its roots, and what a view of it must show for ever.
    struct Held {
        var roots: TableRoots
        var position: UInt64
        var group: UInt64
        var rows: [RowID: Row]
    }

    let layout = RowLayout([(.int64, false), (.text, true)])
    let store: TableStore
    var rows: [RowID: Row] = [:]
    var position: UInt64 = 0
    var nextNumber: UInt64 = 1
    var held: [Held] = []
    var random: SplitMix

    init(seed: UInt64) {
        random = SplitMix(state: seed)
        store = TableStore(
            layout: layout,
            plans: [
                KeyPlan(layout: layout, columns: [(0, false)], isUnique: true),
                KeyPlan(layout: layout, columns: [(1, true), (0, false)], isUnique: false),
            ])
    }

    func withBody<R>(_ row: Row, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        var builder = RowBuilder()
        builder.begin(layout)
        builder.setWord(row.number, layout.fields[0])
        if let text = row.text {
            text.withUnsafeBytes { builder.setVariable($0, layout.fields[1]) }
        } else {
            builder.setNull(1, layout.fields[1])
        }
        return body(builder.bytes)
    }

    mutating func randomRow(version: UInt32) -> Row {
        defer { nextNumber += 1 }
        let size = Int.random(in: 0...40, using: &random)
        let text = (0..<size).map { _ in UInt8.random(in: 97...100, using: &random) }
        return Row(
            number: nextNumber, text: Bool.random(using: &random) ? text : nil, version: version)
    }

    /// One random change, in the store and in the model.
    mutating func change() -> RowChange {
        position += 1
        let known = rows.keys.sorted().randomElement(using: &random)
        let kind = Int.random(in: 0..<5, using: &random)
        if let id = known, kind > 1, let number = store.draftNumber(of: id) {
            if kind == 4 {
                rows[id] = nil
                return store.delete(number, position: position)
            }
            var row = randomRow(version: (rows[id]?.version ?? 0) + 1)
            // Some updates leave the key of the unique index as it is.
            if kind == 3 { row.number = rows[id]?.number ?? row.number }
            rows[id] = row
            return withBody(row) {
                store.update(number, body: $0, position: position, schemaVersion: 1)
            }
        }
        let id = RowID(high: UInt64.random(in: 0...50, using: &random), low: random.next())
        let row = randomRow(version: 1)
        rows[id] = row
        return withBody(row) { bytes in
            prefetch(id, bytes)
            return store.insert(id, body: bytes, position: position, schemaVersion: 1)
        }
    }

    /// Adds a row with an identifier of chance, for good.
    mutating func insert(_ row: Row) {
        position += 1
        let id = RowID(high: UInt64.random(in: 0...50, using: &random), low: random.next())
        rows[id] = row
        store.settle(
            withBody(row) {
                store.insert(id, body: $0, position: position, schemaVersion: 1)
            })
    }

    /// Takes a row out, for good.
    mutating func delete(_ id: RowID) {
        guard let number = store.draftNumber(of: id) else { return }
        position += 1
        rows[id] = nil
        store.settle(store.delete(number, position: position))
    }

    /// Asks for the memory of an insertion and of a row that is there: that changes nothing.
    func prefetch(_ id: RowID, _ bytes: UnsafeRawBufferPointer) {
        // Too small on purpose: what does not fit is left out.
        var prefetcher = Prefetcher(capacity: 3)
        prefetcher.begin()
        if let known = rows.keys.first { prefetcher.add(store, known, readsRow: true) }
        prefetcher.add(store, id, readsRow: true)
        if let base = bytes.baseAddress {
            prefetcher.add(store, id, RowBody(base: base, byteCount: bytes.count))
        }
        prefetcher.run()
    }

    /// Some changes that stand, or that are all taken back.
    mutating func transaction(undoes: Bool) {
        let before = (rows, position)
        let roots = undoes ? contents(of: store.draftRoots, at: .max) : []
        let byteCount = store.bodyByteCount
        let changes = (0..<Int.random(in: 1...8, using: &random)).map { _ in change() }
        guard undoes else {
            for change in changes { store.settle(change) }
            return
        }
        for change in changes.reversed() { store.undo(change) }
        (rows, position) = before
        #expect(contents(of: store.draftRoots, at: .max) == roots)
        #expect(store.bodyByteCount == byteCount)
    }

    /// What each tree shows, in its order.
    func contents(of roots: TableRoots, at position: UInt64) -> [[RowID]] {
        zip(store.trees, TableStore.roots(roots)).map { tree, root in
            var cursor = TreeCursor(tree, root: root, position: position)
            var ids: [RowID] = []
            while let number = cursor.next() {
                if let version = store.rows.visible(number, at: position) { ids.append(version.id) }
            }
            return ids
        }
    }

    func row(_ version: RowVersion) -> Row {
        let body = version.body
        let text =
            body.isNull(1) ? nil : Array(body.variable(layout.fields[1], in: layout))
        return Row(number: body.word(layout.fields[0]), text: text, version: version.rowVersion)
    }

    /// What differs between a state and what it must show.
    func problem(_ state: Held) -> String? {
        for (index, tree) in store.trees.enumerated() {
            let root = TableStore.roots(state.roots)[index]
            if let problem = tree.problem(in: root, at: state.position) {
                return "tree \(index): \(problem)"
            }
        }
        let shown = contents(of: state.roots, at: state.position)
        let byNumber = state.rows.sorted { $0.value.number < $1.value.number }.map(\.key)
        if shown[0] != state.rows.keys.sorted() { return "the primary tree shows other rows" }
        if shown[1] != byNumber { return "the unique tree shows other rows" }
        if shown[2].sorted() != state.rows.keys.sorted() { return "the third tree differs" }
        if state.roots.rowCount != state.rows.count { return "the count differs" }
        for (id, expected) in state.rows {
            guard let number = store.number(of: id, in: state.roots.primary, at: state.position),
                let version = store.rows.visible(number, at: state.position)
            else { return "row \(id) is not found" }
            if row(version) != expected { return "row \(id) is \(row(version)), not \(expected)" }
        }
        return lookupProblem(state)
    }

    /// What differs where rows are asked for by every key that there ever was.
    private func lookupProblem(_ state: Held) -> String? {
        let ids = Dictionary(uniqueKeysWithValues: state.rows.map { ($1.number, $0) })
        for number in 1...nextNumber {
            let found = withBody(Row(number: number, text: nil, version: 1)) { bytes in
                let body = RowBody(
                    base: bytes.baseAddress.unsafelyUnwrapped, byteCount: bytes.count)
                let key = store.key(0, of: RowID(high: 0, low: 0), body)
                return store.row(
                    under: key.bytes, inIndex: 0, state.roots.indexes[0], at: state.position,
                    hintedAt: store.hintPlace(of: key.bytes, inIndex: 0))
            }
            if found?.id != ids[number] { return "another row, or none, is under \(number)" }
            if let found, row(found) != state.rows[found.id] {
                return "what is under \(number) is of another state"
            }
        }
        for id in Set(held.flatMap(\.rows.keys)).union(rows.keys) {
            let found = store.row(of: id, in: state.roots.primary, at: state.position)
            if found.map(row) != state.rows[id] { return "another row, or none, is row \(id)" }
        }
        return nil
    }

    var draft: Held {
        Held(roots: store.draftRoots, position: position, group: store.group, rows: rows)
    }

    /// Publishes what there is, keeps the last few states, and frees what none of them needs.
    mutating func publish(keeping count: Int) {
        held.append(draft)
        if held.count > count { held.remove(at: Int.random(in: 0..<held.count, using: &random)) }
        store.group += 1
        store.reclaim(oldest: held.map(\.group).min() ?? store.group - 1)
    }
}

struct TableStoreTests {
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `agrees with a dictionary, undoes exactly, and each view keeps its own`(seed: UInt64) {
        var table = ModelTable(seed: seed)
        for round in 0..<250 {
            table.transaction(undoes: Int.random(in: 0..<3, using: &table.random) == 0)
            if round % 3 == 0 { table.publish(keeping: 4) }
            guard round % 20 == 0 else { continue }
            for state in [table.draft] + table.held {
                if let problem = table.problem(state) {
                    Issue.record("seed \(seed), round \(round), group \(state.group): \(problem)")
                    return
                }
            }
        }
    }

    @Test func `memory is freed when no older view is left, and all of it at the end`() {
        var table = ModelTable(seed: 7)
        for _ in 0..<60 { table.transaction(undoes: false) }
        table.publish(keeping: 1)
        let old = table.held[0]
        for _ in 0..<200 {
            table.transaction(undoes: false)
            table.store.group += 1
            table.store.reclaim(oldest: old.group)
        }
        #expect(table.problem(old) == nil)
        let pinned = table.store.retiredByteCount
        #expect(pinned > 10_000)
        table.held = []
        table.publish(keeping: 0)
        table.publish(keeping: 0)
        #expect(table.store.retiredByteCount == 0)
        for id in table.rows.keys.sorted() {
            guard let number = table.store.draftNumber(of: id) else { continue }
            table.position += 1
            table.store.settle(table.store.delete(number, position: table.position))
        }
        table.rows = [:]
        for _ in 0..<3 { table.publish(keeping: 0) }
        #expect(table.store.rows.arena.usedByteCount == 0)
        #expect(table.store.primary.byteCount == 0 && table.store.bodyByteCount == 0)
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `an old view keeps what there was, not what came and went since`(seed: UInt64) {
        var table = ModelTable(seed: seed)
        for _ in 0..<80 { table.transaction(undoes: false) }
        table.publish(keeping: 1)
        let old = table.held[0]
        var most = 0
        for round in 0..<600 {
            table.transaction(undoes: round % 5 == 0)
            let recent = table.draft
            table.store.group += 1
            table.store.reclaim(ViewBounds(oldest: old.group, next: table.store.group - 1))
            if round == 100 { most = Self.nodeByteCount(table.store) }
            if round % 60 == 0 {
                #expect(table.problem(old) == nil)
                #expect(table.problem(recent) == nil)
            }
        }
        // Six times as many commits retire no more nodes than there were when the view was taken.
        #expect(Self.nodeByteCount(table.store) < most * 2)
        #expect(table.problem(old) == nil)
        table.held = []
        table.publish(keeping: 0)
        table.publish(keeping: 0)
        #expect(table.store.retiredByteCount == 0)
    }

    private static func nodeByteCount(_ store: TableStore) -> Int {
        store.trees.reduce(0) { $0 + $1.retiredByteCount }
    }

    /// A snapshot walks slots, so it meets tombstones that are freed at this moment.
    @Test func `a tombstone is not used again under a view that walks the slots`() throws {
        var table = ModelTable(seed: 3)
        var ids: [RowID] = []
        for number in 1...2 as ClosedRange<UInt64> {
            let id = RowID(high: 1, low: number)
            table.position += 1
            table.store.settle(
                table.withBody(.init(number: number, text: nil, version: 1)) {
                    table.store.insert(
                        id, body: $0, position: table.position, schemaVersion: 1)
                })
            ids.append(id)
        }
        let first = try #require(table.store.draftNumber(of: ids[0]))
        table.store.settle(table.store.delete(first, position: 3))
        let view = table.store.group
        table.store.group += 1
        // The view has loaded the slot and is about to look at the version behind it.
        let walked = table.store.rows.newest(first)
        table.store.reclaim(oldest: view)
        let second = try #require(table.store.draftNumber(of: ids[1]))
        table.store.settle(table.store.delete(second, position: 4))
        #expect(table.store.rows.version(walked).id == ids[0])
        #expect(table.store.rows.version(walked).position == 3)
    }
}
