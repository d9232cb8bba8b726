import Testing

@testable import TufaBytes
@testable import TufaIndex

/// Trees that are built at the end beside trees that are kept all the time.
struct DeferringTests {
    /// Two tables that are given the same changes.
    private struct Pair {
        let layout = RowLayout([(.int64, false), (.text, true), (.uuid, false)])
        let kept: TableStore
        let built: TableStore
        var ids: [RowID] = []
        var position: UInt64 = 0
        var random: SplitMix

        init(seed: UInt64) {
            random = SplitMix(state: seed)
            let layout = layout
            func make() -> TableStore {
                TableStore(
                    layout: layout,
                    plans: [
                        KeyPlan(layout: layout, columns: [(0, false)], isUnique: true),
                        KeyPlan(layout: layout, columns: [(1, false)], isUnique: false),
                        KeyPlan(layout: layout, columns: [(2, false), (0, true)], isUnique: false),
                        KeyPlan(layout: layout, columns: [(1, true), (2, true)], isUnique: false),
                    ])
            }
            (kept, built) = (make(), make())
            built.beginDeferring()
        }

        private mutating func withBody(_ body: (UnsafeRawBufferPointer) -> Void) {
            var builder = RowBuilder()
            builder.begin(layout)
            // Numbers that ascend, now and then with a leap, and negative ones.
            let number = Int64(position) * (random.next() % 3 == 0 ? -1 : 1000)
            builder.setWord(UInt64(bitPattern: number), layout.fields[0])
            switch random.next() % 4 {
            case 0: builder.setNull(1, layout.fields[1])
            case 1:
                [UInt8](repeating: 0, count: Int(random.next() % 3)).withUnsafeBytes {
                    builder.setVariable($0, layout.fields[1])
                }
            default:
                // Most of them begin alike, further than what is compared as numbers.
                var text = [UInt8](repeating: 97, count: Int(random.next() % 40))
                text += (0..<random.next() % 6).map { _ in UInt8(98 + random.next() % 2) }
                text.withUnsafeBytes { builder.setVariable($0, layout.fields[1]) }
            }
            let owner = RowID(high: 7, low: random.next() % 9)
            builder.setID(owner, layout.fields[2])
            body(builder.bytes)
        }

        /// One random change of both, by the calls of a replay or by those of a transaction.
        mutating func change(isDeferred: Bool) {
            position += 1
            let position = position
            let (kept, built) = (kept, built)
            let kind = random.next() % 6
            if kind > 3, let id = ids.randomElement(using: &random),
                let number = kept.draftNumber(of: id),
                let other = isDeferred ? built.deferredNumber(of: id) : built.draftNumber(of: id)
            {
                if kind == 5 {
                    ids.removeAll { $0 == id }
                    kept.settle(kept.delete(number, position: position))
                    if isDeferred {
                        built.deleteDeferred(other)
                    } else {
                        built.settle(built.delete(other, position: position))
                    }
                    return
                }
                withBody { bytes in
                    kept.settle(
                        kept.update(number, body: bytes, position: position, schemaVersion: 1))
                    if isDeferred {
                        built.updateDeferred(
                            other, body: bytes, position: position, schemaVersion: 1)
                    } else {
                        built.settle(
                            built.update(other, body: bytes, position: position, schemaVersion: 1))
                    }
                }
                return
            }
            let id = RowID(high: random.next() % 3, low: random.next())
            ids.append(id)
            withBody { bytes in
                kept.settle(kept.insert(id, body: bytes, position: position, schemaVersion: 1))
                if isDeferred {
                    built.insertDeferred(
                        id, body: bytes, position: position, rowVersion: 1, schemaVersion: 1)
                } else {
                    built.settle(
                        built.insert(id, body: bytes, position: position, schemaVersion: 1))
                }
            }
        }

        /// The identifiers and versions in the order of each tree.
        func contents(of store: TableStore) -> [[String]] {
            store.trees.map { tree in
                var cursor = TreeCursor(tree, root: tree.draft, position: .max)
                var rows: [String] = []
                while let number = cursor.next() {
                    guard let version = store.rows.visible(number, at: .max) else { continue }
                    let body = UnsafeRawBufferPointer(
                        start: version.body.base, count: version.body.byteCount)
                    rows.append("\(version.id) \(version.rowVersion) \(Array(body))")
                }
                return rows
            }
        }

        func expectSame() {
            #expect(contents(of: kept) == contents(of: built))
            #expect(kept.bodyByteCount == built.bodyByteCount)
            for tree in built.trees { #expect(tree.problem(in: tree.draft, at: .max) == nil) }
            for id in ids { #expect(built.draftNumber(of: id) != nil) }
        }
    }

    @Test(arguments: [0, 1, 2, 5, 6, 7, 12, 36, 37, 100, 1500], [1, 2] as [UInt64])
    func `built trees show what kept trees show, and go on like them`(_ count: Int, _ seed: UInt64)
    {
        var pair = Pair(seed: seed)
        for _ in 0..<count { pair.change(isDeferred: true) }
        for number in pair.built.trees.indices { pair.built.buildTree(number) }
        pair.built.endDeferring()
        pair.expectSame()
        for group in 2..<30 as Range<UInt64> {
            (pair.kept.group, pair.built.group) = (group, group)
            for _ in 0..<10 { pair.change(isDeferred: false) }
            pair.kept.reclaim(oldest: group)
            pair.built.reclaim(oldest: group)
        }
        pair.expectSame()
    }

    @Test func `a map of numbers is a dictionary, while it grows and shrinks`() {
        var random = SplitMix(state: 3)
        let rows = RowTable()
        var map = RowNumberMap()
        var model: [RowID: UInt32] = [:]
        for step in 0..<20_000 {
            let id = RowID(high: random.next() % 3, low: random.next() % 3000)
            #expect(map.find(id, in: rows) == model[id])
            if let number = model[id] {
                if step % 3 > 0 { continue }
                map.remove(id, in: rows)
                model[id] = nil
                rows.setNewest(number, 0)
                rows.returnNumber(number)
            } else {
                let number = rows.takeNumber()
                let reference = rows.makeVersion(
                    of: id, body: UnsafeRawBufferPointer(start: nil, count: 0), previous: 0,
                    position: 1, rowVersion: 1, schemaVersion: 1, isDeleted: false)
                rows.setNewest(number, reference)
                map.insert(id, number)
                model[id] = number
            }
        }
        for (id, number) in model { #expect(map.find(id, in: rows) == number) }
    }
}
