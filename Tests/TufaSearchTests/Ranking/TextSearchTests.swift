import Testing

@testable import TufaSearch

struct TextSearchTests {
    @Test(arguments: [[1.0], [2, 1], [1, 3, 0.5, 1, 1, 1, 1, 4]], [UInt64(1), 2, 3])
    func `finds and scores what a scan does, now and in older views`(
        weights: [Double], seed: UInt64
    ) {
        var generator = SeededGenerator(seed: seed)
        let corpus = Corpus.words(60, &generator)
        let modelled = ModelledIndex(weights: weights)
        var views = [modelled.view]
        for _ in 0..<6 {
            modelled.change(events: 60, rows: 80, corpus: corpus, generator: &generator)
            views.append(modelled.view)
        }
        for view in views {
            let naive = NaiveSearch(modelled.model, at: view.position)
            for _ in 0..<40 {
                let query = Self.query(corpus, depth: 2, &generator)
                Self.compare(query, modelled.index, view, naive)
            }
            let problem = modelled.index.problem(roots: view.roots, position: view.position) {
                row in naive.documents.contains { $0.row == row }
            }
            #expect(problem == nil)
        }
    }

    @Test
    func `a filter is asked before anything is scored or counted`() {
        var generator = SeededGenerator(seed: 5)
        let corpus = Corpus.words(30, &generator)
        let modelled = ModelledIndex(weights: [1])
        modelled.change(events: 200, rows: 90, corpus: corpus, generator: &generator)
        let view = modelled.view
        let naive = NaiveSearch(modelled.model, at: view.position)
        for _ in 0..<50 {
            let query = Self.query(corpus, depth: 1, &generator)
            Self.compare(query, modelled.index, view, naive) { $0 % 3 == 1 }
        }
    }

    @Test
    func `statistics count what was read`() {
        let modelled = ModelledIndex(weights: [1])
        for row in UInt32(1)...10 {
            let words = row % 2 == 0 ? ["rock"] : ["rock", "water"]
            modelled.add(row: row, [Self.placed(words)])
        }
        var statistics = SearchStatistics()
        let view = modelled.view
        let hits = modelled.index.search(
            .and([.term("rock"), .term("water")]), roots: view.roots, position: view.position,
            limit: 3, statistics: &statistics)
        #expect(hits.map(\.row) == [1, 3, 5])
        #expect(statistics.terms == 2)
        #expect(statistics.documentsScored == 5)
        #expect((5...15).contains(statistics.postingsRead))
        #expect(statistics.prefixesCut == 0)
    }

    @Test
    func `of a prefix with too many terms the most frequent are looked at`() {
        let modelled = ModelledIndex(weights: [1])
        let most = SearchPlan.maximumPrefixTermCount
        for row in 1...most + 50 {
            // The last fifty words are in two documents, the others in one.
            let words = ["x\(10_000 + row)"] + (row <= 50 ? ["x\(10_000 + most + row)"] : [])
            modelled.add(row: UInt32(row), [Self.placed(words)])
        }
        var statistics = SearchStatistics()
        let view = modelled.view
        let hits = modelled.index.search(
            .prefix("x"), roots: view.roots, position: view.position, limit: 5000,
            statistics: &statistics)
        #expect(statistics.prefixesCut == 1)
        #expect(statistics.terms == most)
        let expected = Array(1...most - 50) + Array(most + 1...most + 50)
        #expect(hits.map { Int($0.row) }.sorted() == expected)
    }

    @Test(arguments: [
        SearchQuery.and([]), .or([]), .phrase([]), .phrase([nil, nil]), .nothing, .everything,
        .not(.everything), .term(""), .prefix(""), .term("no\0word"), .not(.nothing),
        .term(String(repeating: "x", count: 300)), .prefix(String(repeating: "x", count: 300)),
    ])
    func `queries at the edge do as a scan does`(query: SearchQuery) {
        var generator = SeededGenerator(seed: 8)
        let corpus = Corpus.words(20, &generator)
        let modelled = ModelledIndex(weights: [1, 1])
        Self.compare(
            query, modelled.index, modelled.view, NaiveSearch(modelled.model, at: 0))
        modelled.change(events: 40, rows: 20, corpus: corpus, generator: &generator)
        let view = modelled.view
        Self.compare(
            query, modelled.index, view, NaiveSearch(modelled.model, at: view.position))
    }

    @Test(arguments: [(1.2, 0.0), (0.5, 0.3), (2, 1), (0, 0.75)], [nil, [1.0, 5], [3.0, 0.5]])
    func `a search with its own ranking is a scan with the same`(
        parameters: (Double, Double), weights: [Double]?
    ) {
        var generator = SeededGenerator(seed: 21)
        let corpus = Corpus.words(8, &generator)
        let modelled = ModelledIndex(weights: [2, 1])
        modelled.change(events: 300, rows: 80, corpus: corpus, generator: &generator)
        var ranking = RankingOptions()
        (ranking.saturation, ranking.lengthShare) = parameters
        ranking.weights = weights
        let view = modelled.view
        var naive = NaiveSearch(modelled.model, at: view.position)
        naive.parameters = parameters
        naive.weights = weights ?? naive.weights
        for _ in 0..<200 {
            let query = Self.query(corpus, depth: 2, &generator)
            Self.compare(query, modelled.index, view, naive, ranking: ranking)
        }
    }

    @Test(arguments: [true, false])
    func `a search is a scan after documents ended, their words told or not`(isTold: Bool) {
        var generator = SeededGenerator(seed: 12)
        let corpus = Corpus.words(8, &generator)
        let modelled = ModelledIndex(weights: [2, 1])
        modelled.tellsRemovedWords = isTold
        modelled.change(events: 300, rows: 60, corpus: corpus, generator: &generator)
        let older = modelled.view
        #expect((older.roots.endingCount >= 0) == isTold)
        modelled.change(events: 20, rows: 60, corpus: corpus, generator: &generator)
        for view in [modelled.view, older] {
            let naive = NaiveSearch(modelled.model, at: view.position)
            for _ in 0..<100 {
                let query = Self.query(corpus, depth: 2, &generator)
                Self.compare(query, modelled.index, view, naive)
            }
        }
    }

    @Test
    func `a phrase lies within one field and skips the words that gaps stand for`() {
        let modelled = ModelledIndex(weights: [1, 1])
        modelled.add(row: 1, [Self.placed(["layer", "by"]), Self.placed(["layer", "rock"])])
        modelled.add(row: 2, [Self.placed(["rock"]), Self.placed(["by", "layer"])])
        modelled.add(
            row: 3, [[.init(word: "layer", position: 4), .init(word: "rock", position: 6)], []])
        func rows(_ terms: [String?]) -> [UInt32] {
            let view = modelled.view
            return modelled.index.search(
                .phrase(terms), roots: view.roots, position: view.position, limit: 9
            ).map(\.row).sorted()
        }
        #expect(rows(["layer", "by"]) == [1])
        #expect(rows(["by", "layer"]) == [2])
        #expect(rows(["layer", "rock"]) == [1])
        #expect(rows(["layer", nil, "rock"]) == [3])
        #expect(rows(["rock", "by"]) == [])
        #expect(rows([nil, "rock"]) == [1, 2, 3])
    }

    // MARK: Helpers

    static func placed(_ words: [String]) -> [PlacedWord] {
        words.enumerated().map { PlacedWord(word: $1, position: UInt32($0) + 1) }
    }

    static func query(
        _ corpus: Corpus, depth: Int, _ generator: inout SeededGenerator
    ) -> SearchQuery {
        func some() -> [SearchQuery] {
            (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                query(corpus, depth: depth - 1, &generator)
            }
        }
        let word = corpus.word(&generator)
        switch Int.random(in: depth > 0 ? 0..<18 : 5..<17, using: &generator) {
        case 13: return .fuzzy(word, distance: Int.random(in: 0...2, using: &generator))
        case 14, 15:
            let words = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                corpus.word(&generator)
            }
            return .near(words, distance: Int.random(in: 0...4, using: &generator))
        case 16: return .fields(UInt8.random(in: 0...3, using: &generator), .term(word))
        case 17:
            return .fields(
                UInt8.random(in: 1...3, using: &generator),
                query(corpus, depth: depth - 1, &generator))

        case 0, 1: return .and(some())
        case 2, 3: return .or(some())
        case 12 where depth > 0: return .not(query(corpus, depth: depth - 1, &generator))
        case 4 where depth > 0:
            return .and(some() + [.not(query(corpus, depth: depth - 1, &generator))])
        case 6: return .prefix(String(word.prefix(Int.random(in: 1...3, using: &generator))))
        case 7: return .phrase([word, corpus.word(&generator)])
        case 8: return .phrase([word, nil, corpus.vocabulary[0], corpus.vocabulary[1]])
        case 9: return .term("missing")
        default: return .term(word)
        }
    }

    static func compare(
        _ query: SearchQuery, _ index: TextIndex, _ view: TextView, _ naive: NaiveSearch,
        ranking: RankingOptions = RankingOptions(), filter: ((UInt32) -> Bool)? = nil
    ) {
        let expected = naive.search(query, filter: filter)
        let all = index.search(
            query, roots: view.roots, position: view.position, limit: 10_000, ranking: ranking,
            filter: filter)
        let scores = Dictionary(uniqueKeysWithValues: expected.map { ($0.row, $0.score) })
        #expect(all.count == expected.count, "\(query)")
        for hit in all {
            let difference = abs((scores[hit.row] ?? .infinity) - hit.score)
            #expect(difference < 1e-9, "\(query) in row \(hit.row)")
        }
        for (before, after) in zip(all, all.dropFirst()) { #expect(after.isAfter(before)) }
        for limit in [0, 1, 3] {
            let best = index.search(
                query, roots: view.roots, position: view.position, limit: limit,
                ranking: ranking, filter: filter)
            #expect(best == Array(all.prefix(limit)), "\(query)")
        }
        let count = index.count(
            query, roots: view.roots, position: view.position, filter: filter)
        #expect(count == expected.count, "\(query)")
    }
}
