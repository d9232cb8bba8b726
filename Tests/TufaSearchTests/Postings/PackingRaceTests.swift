import Testing

@testable import TufaSearch

/// A search that a writer packs a block under: what a reader may see between two steps of the
/// writer is put together here by hand, so that each run meets it.
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
        let known = plan.excesses.count

        // Documents of many times the length move the averages and fill the block.
        for row in 1...UInt32(size) { modelled.add(row: 1000 + row, Self.fields(300)) }
        try #require(index.averages.count > known)
        let memory = UnsafeMutablePointer<UInt32>.allocate(
            capacity: kind.words.count * PackedBlock.postingCount)
        defer { memory.deallocate() }
        var isUnknown = false
        for (slot, word) in kind.words.enumerated() {
            let number = try #require(index.termNumber(word, in: view.roots))
            let cursor = PostingCursor(
                index.terms.record(number), in: index.blocks, index.tails,
                limit: view.roots.documentLimit, code: index.code,
                memory: memory + slot * PackedBlock.postingCount)
            let bound = cursor.bound(from: UInt32(size) + 1)
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

    // MARK: A block and the tail that it replaces

    /// An index in which the word "rock" has its last packed block and still the tail that it was
    /// packed from, as a reader finds them before the writer lets the tail go.
    private struct HalfPacked {
        let modelled: ModelledIndex
        /// The documents with the word.
        let documents: [UInt32]
        private let number: UInt32

        init(blockCount: Int, seed: UInt64) throws {
            var generator = SeededGenerator(seed: seed)
            let modelled = ModelledIndex(weights: [1])
            let index = modelled.index
            let count = blockCount * PackedBlock.postingCount
            var row: UInt32 = 0
            var found: [UInt32] = []
            func add(_ text: String) {
                row += 1
                modelled.add(row: row, TextIndexTests.words(text))
            }
            add("rock")
            found.append(row)
            let number = try #require(index.termNumber("rock", in: index.draftRoots))
            while found.count < count {
                if Int.random(in: 0..<3, using: &generator) == 0 { add("water") }
                if found.count == count - 1 {
                    // With another count the last posting does not pack the tail.
                    let tally = index.terms.record(number).tally
                    index.terms.record(number).tally = .init(
                        count: tally.count + 1, last: tally.last)
                }
                let isLong = Int.random(in: 0..<4, using: &generator) == 0
                add(isLong ? "water rock of rock water" : "rock water")
                found.append(row)
            }
            let record = index.terms.record(number)
            record.tally = .init(count: count, last: record.tally.last)
            let end = record.end
            index.packTail(of: record)
            #expect(record.end.block == 0 && end.block != 0)
            record.end = end
            self.modelled = modelled
            self.number = number
            documents = found
            let extent = record.extent(in: index.blocks)
            #expect(extent.blockCount == blockCount && extent.end.block == end.block)
        }

        func makeCursor(
            limit: UInt32, _ memory: UnsafeMutablePointer<UInt32>
        ) -> PostingCursor {
            PostingCursor(
                modelled.index.terms.record(number), in: modelled.index.blocks,
                modelled.index.tails, limit: limit, code: modelled.index.code, memory: memory)
        }
    }

    @Test(arguments: [1, 2, 3], [7, 8] as [UInt64])
    func `a tail that was being packed is not read twice`(blockCount: Int, seed: UInt64) throws {
        let half = try HalfPacked(blockCount: blockCount, seed: seed)
        let blocks = half.modelled.index.blocks
        let memory = UnsafeMutablePointer<UInt32>.allocate(capacity: PackedBlock.postingCount)
        defer { memory.deallocate() }
        let limits =
            [1, half.documents[5], half.documents[half.documents.count - 3] + 1]
            + [half.modelled.index.documents.limit]
        for limit in limits {
            let expected = half.documents.filter { $0 < limit }
            var cursor = half.makeCursor(limit: limit, memory)
            var found: [UInt32] = []
            cursor.next(in: blocks)
            while cursor.document != PostingCursor.atEnd, found.count <= expected.count {
                found.append(cursor.document)
                cursor.next(in: blocks)
            }
            #expect(found == expected)

            // By jumps of every length, over the end too.
            for step in [UInt32(1), 2, 17, 100, 300] {
                cursor = half.makeCursor(limit: limit, memory)
                for target in stride(from: 1, through: limit + step, by: Int(step)) {
                    cursor.advance(to: target, in: blocks)
                    #expect(
                        cursor.document
                            == expected.first { $0 >= target } ?? PostingCursor.atEnd)
                }
            }
        }
    }

    @Test(arguments: [1, 2], [7, 8] as [UInt64])
    func `a query of any kind reads neither twice`(blockCount: Int, seed: UInt64) throws {
        let modelled = try HalfPacked(blockCount: blockCount, seed: seed).modelled
        let queries =
            Kind.allCases.filter { $0 != .field }.map(\.query)
            + [.prefix("ro"), .fuzzy("rok", distance: 1)]
        func compare() {
            let view = modelled.view
            let naive = NaiveSearch(modelled.model, at: view.position)
            for query in queries { TextSearchTests.compare(query, modelled.index, view, naive) }
        }
        compare()
        // Then the postings themselves are read for how many documents have a word.
        modelled.tellsRemovedWords = false
        modelled.remove(row: 2)
        compare()
        let view = modelled.view
        let naive = NaiveSearch(modelled.model, at: view.position)
        let hits = modelled.index.search(
            .phrase(["rock", "water"]), roots: view.roots, position: view.position, limit: 10_000)
        let matches = modelled.index.matches(
            of: .term("rock"), in: hits.map(\.document), roots: view.roots,
            position: view.position)
        for (hit, places) in zip(hits, matches) {
            let document = try #require(naive.documents.first { $0.row == hit.row })
            let expected = document.fields[0].filter { $0.word == "rock" }.map(\.position).sorted()
            #expect(places.map(\.position) == expected)
        }
    }
}
