import Testing

@testable import TufaSearch

/// A search that a writer packs a block under: what a reader may see between two steps of the
/// writer is put together here, so that each run meets it.
struct PackingRaceTests {
    /// A kind of query whose documents have bounds, over words that every document has.
    enum Kind: CaseIterable {
        case term, field, and, andNot, or, nested, phrase, near, phraseAndTerm

        var query: SearchQuery {
            let (rock, water) = (SearchQuery.term("rock"), SearchQuery.term("water"))
            return switch self {
            case .term: rock
            case .field: .fields(2, rock)
            case .and: .and([rock, water])
            case .andNot: .and([rock, .not(.term("absent"))])
            case .or: .or([rock, water])
            case .nested: .or([.and([rock, water]), rock])
            case .phrase: .phrase(["rock", "water"])
            case .near: .near(["water", "rock"], distance: 3)
            case .phraseAndTerm: .and([.phrase(["rock", "water"]), rock])
            }
        }

        /// The words, in the order in which a plan makes cursors for them.
        var words: [String] {
            switch self {
            case .term, .field: ["rock"]
            case .and, .or, .phrase: ["rock", "water"]
            case .andNot: ["rock", "absent"]
            case .nested: ["rock", "water", "rock"]
            case .near: ["water", "rock"]
            case .phraseAndTerm: ["rock", "water", "rock"]
            }
        }
    }

    // MARK: Averages

    /// The plan is made first, and so does not know the averages that a block is packed with before
    /// the plan takes its cursors.
    @Test(arguments: Kind.allCases, [1, 5, 1000])
    func `a block may have averages that the plan does not know`(kind: Kind, limit: Int) throws {
        var generator = SeededGenerator(seed: 31)
        let modelled = ModelledIndex(weights: [1, 2])
        let index = modelled.index
        let size = PackedBlock.postingCount
        // One block and more than half of another.
        for row in 1...UInt32(size + size * 2 / 3) {
            modelled.add(row: row, Self.fields(Int.random(in: 1...12, using: &generator)))
        }
        modelled.add(row: 10_000, TextIndexTests.words("absent") + [[]])
        let view = modelled.view
        let naive = NaiveSearch(modelled.model, at: view.position)
        let plan = SearchPlan(
            kind.query, index: index, roots: view.roots, position: view.position)
        let known = index.averages.count

        // Documents of many times the length move the averages and fill the block.
        for row in 1...UInt32(size) { modelled.add(row: 1000 + row, Self.fields(300)) }
        try #require(index.averages.count > known)
        let memory = UnsafeMutablePointer<UInt32>.allocate(
            capacity: kind.words.count * PostingCursor.memoryCount(fieldCount: 2))
        defer { memory.deallocate() }
        var isUnknown = false
        for (slot, word) in kind.words.enumerated() {
            let number = try #require(index.termNumber(word, in: view.roots))
            let cursor = PostingCursor(
                index.terms.record(number), in: index.blocks, index.tails,
                limit: view.roots.documentLimit, code: index.code,
                memory: memory + slot * PostingCursor.memoryCount(fieldCount: 2))
            var probe = cursor
            let bound = probe.bound(from: UInt32(size) + 1)
            isUnknown = isUnknown || (bound.share.isFinite && Int(bound.averages) >= known)
            plan.cursors[slot] = cursor
        }
        // Otherwise the test would meet nothing.
        #expect(isUnknown)

        var hits = HitCollector(limit: limit, filter: nil)
        plan.collect(into: &hits)
        let found = hits.top.sorted()
        let expected = Array(naive.search(kind.query).prefix(limit))
        #expect(found.map(\.row) == expected.map(\.row))
        for (hit, other) in zip(found, expected) { #expect(abs(hit.score - other.score) < 1e-9) }
    }

    private static func fields(_ length: Int) -> [[PlacedWord]] {
        let text = "rock water" + String(repeating: " filler", count: length)
        return [TextSearchTests.placed(text.split(separator: " ").map(String.init))]
            + TextIndexTests.words("a rock" + String(repeating: " mud", count: length * 5 % 7))
    }

    // MARK: Lists that are replaced

    /// A cursor that was made at each length of a list reads that list, whatever became of it.
    @Test(arguments: [7, 8] as [UInt64])
    func `a reader goes on with the list that it found`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let modelled = ModelledIndex(weights: [1])
        let index = modelled.index
        let size = PackedBlock.postingCount
        let count = 3 * size
        let memory = UnsafeMutablePointer<UInt32>.allocate(
            capacity: 2 * count * PostingCursor.memoryCount(fieldCount: 1))
        defer { memory.deallocate() }
        var cursors: [PostingCursor] = []
        var documents: [UInt32] = []
        for row in 1...UInt32(2 * count) {
            let isLong = Int.random(in: 0..<4, using: &generator) == 0
            modelled.add(
                row: row,
                TextIndexTests.words(isLong ? "water rock of rock water" : "rock water"))
            documents.append(row)
            let number = try #require(index.termNumber("rock", in: index.draftRoots))
            cursors.append(
                PostingCursor(
                    index.terms.record(number), in: index.blocks, index.tails,
                    limit: index.documents.limit, code: index.code,
                    memory: memory + cursors.count * PostingCursor.memoryCount(fieldCount: 1)))
            // One in three ends, and what was dead before is let go of while the cursors stand.
            if row % 3 == 0 {
                modelled.remove(row: row)
                index.group += 1
                index.compaction.advance(to: index.group)
                index.compact(postingCount: .max / 2)
            }
        }
        for (at, var cursor) in cursors.enumerated() {
            var found: [UInt32] = []
            cursor.next(in: index.blocks)
            while cursor.document != PostingCursor.atEnd, found.count <= at {
                found.append(cursor.document)
                cursor.forEachPlace { _, position in #expect((1...5).contains(position)) }
                cursor.next(in: index.blocks)
            }
            // Dead documents may be there or not; those that live are all there, and none twice.
            let alive = documents[...at].filter { $0 % 3 != 0 || $0 == documents[at] }
            #expect(Set(found).isSuperset(of: alive.filter { $0 % 3 != 0 }))
            #expect(found == found.sorted() && Set(found).count == found.count)
            #expect(Set(found).isSubset(of: documents[...at]))
        }
    }
}
