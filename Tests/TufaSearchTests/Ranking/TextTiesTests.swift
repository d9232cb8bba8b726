import Testing

@testable import TufaSearch

/// Many documents that score the same, whose rows come in their order and out of it.
struct TextTiesTests {
    @Test(arguments: [[1.0], [2, 1]], [0, 3, 40, 700])
    func `of equals the lowest rows are found, in whatever order they came`(
        weights: [Double], backwards: Int
    ) {
        var generator = SeededGenerator(seed: UInt64(backwards) + 1)
        let modelled = ModelledIndex(weights: weights)
        // So many rows, also where neighbours are as many as in a release, that rows of the first
        // documents come again among the last.
        for row in UInt32(backwards) + 1...2 * UInt32(backwards) + 400 {
            modelled.index.group += 1
            modelled.add(row: row, Self.text(&generator, weights.count))
            // A later version of a row before, or a row whose number was free.
            guard backwards > 0, Int.random(in: 0..<10, using: &generator) == 0 else { continue }
            let earlier = row - UInt32.random(in: 1...UInt32(backwards), using: &generator)
            modelled.update(row: earlier, Self.text(&generator, weights.count))
        }
        let view = modelled.view
        let naive = NaiveSearch(modelled.model, at: view.position)
        let rock = SearchQuery.term("rock")
        let water = SearchQuery.term("water")
        for query in [rock, water, .or([rock, water]), .and([rock, .not(water)]), .everything] {
            let expected = naive.search(query).map(\.row)
            #expect(expected.count > 100)
            for limit in [1, 10, 60] {
                let first = modelled.index.search(
                    query, roots: view.roots, position: view.position, limit: limit)
                #expect(first.map(\.row) == Array(expected.prefix(limit)), "\(query)")
                let next = modelled.index.search(
                    query, roots: view.roots, position: view.position, limit: limit,
                    after: first.last)
                #expect(next.map(\.row) == Array(expected.dropFirst(limit).prefix(limit)))
            }
        }
    }

    @Test
    func `neighbours tell what rows they are behind, until one of an earlier row comes`() {
        let documents = DocumentTable(fieldCount: 1)
        let count = DocumentTable.neighbourCount
        for document in 1..<3 * count {
            #expect(documents.add(row: document + 100, tokenCounts: Self.oneToken) == document)
        }
        for (document, lowest) in [
            (1, 101), (count - 1, 101), (count, count + 100), (3 * count - 1, 2 * count + 100),
        ] {
            #expect(documents.isOfRow(document, after: lowest - 1))
            #expect(!documents.isOfRow(document, after: lowest))
        }
        let first = documents.add(row: 50, tokenCounts: Self.oneToken)
        #expect(first == 3 * count)
        #expect(documents.isOfRow(first, after: 49))
        let second = documents.add(row: 40, tokenCounts: Self.oneToken)
        #expect(documents.isOfRow(second, after: 39) && !documents.isOfRow(second, after: 40))
        let third = documents.add(row: 5000, tokenCounts: Self.oneToken)
        #expect(documents.isOfRow(third, after: 39) && !documents.isOfRow(first, after: 40))
        #expect(documents.isOfRow(first - 1, after: 2 * count + 99))
    }

    private static let oneToken = SIMD8<UInt32>(1, 0, 0, 0, 0, 0, 0, 0)

    /// One of a few texts of two words.
    private static func text(_ generator: inout SeededGenerator, _ fields: Int) -> [[PlacedWord]] {
        let texts = [
            ["rock", "layer"], ["rock", "rock"], ["water", "layer"], ["water", "rock"],
        ]
        let words = texts.randomElement(using: &generator)!
        return (0..<fields).map { _ in TextSearchTests.placed(words) }
    }
}
