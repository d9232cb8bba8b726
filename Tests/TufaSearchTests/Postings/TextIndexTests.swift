import Testing
import TufaIndex

@testable import TufaSearch

struct TextIndexTests {
    @Test
    func `an update in one commit is one document for views after it and another before`() {
        let modelled = ModelledIndex(weights: [1])
        modelled.add(row: 7, TextIndexTests.words("old rock"))
        let before = modelled.view
        modelled.update(row: 7, TextIndexTests.words("new rock"))
        let after = modelled.view
        #expect(rows("old", modelled.index, before) == [7])
        #expect(rows("new", modelled.index, before) == [])
        #expect(rows("old", modelled.index, after) == [])
        #expect(rows("new", modelled.index, after) == [7])
        #expect(rows("rock", modelled.index, before) == [7])
        #expect(rows("rock", modelled.index, after) == [7])
        #expect(before.roots.liveCount == 1 && after.roots.liveCount == 1)
        #expect(modelled.index.remove(row: 7, position: 9))
        #expect(!modelled.index.remove(row: 7, position: 10))
        #expect(!modelled.index.remove(row: 8_000_000, position: 10))
    }

    @Test
    func `a document that lives and dies within one commit is never seen`() {
        let modelled = ModelledIndex(weights: [1])
        modelled.add(row: 1, TextIndexTests.words("rock"))
        let before = modelled.view
        modelled.add(row: 2, TextIndexTests.words("rock"))
        modelled.remove(row: 2)
        #expect(rows("rock", modelled.index, before) == [1])
        #expect(rows("rock", modelled.index, modelled.view) == [1])
    }

    @Test
    func `a document begun and never ended leaves nothing behind`() {
        let modelled = ModelledIndex(weights: [1])
        var buffer = TokenBuffer()
        buffer.fill(with: TextIndexTests.words("ghost rock rock")[0])
        modelled.index.beginDocument()
        modelled.index.append(buffer, field: 0)
        modelled.add(row: 1, TextIndexTests.words("rock"))
        #expect(rows("ghost", modelled.index, modelled.view) == [])
        let view = modelled.view
        #expect(view.roots.totalTokens[0] == 1)
        #expect(view.roots.terms.count == 1)
        #expect(modelled.index.termCount == 1)
        #expect(
            modelled.index.problem(roots: view.roots, position: view.position) { _ in true } == nil)
    }

    /// More words than the writer remembers, each looked for again when it is forgotten.
    @Test
    func `words that were forgotten are found in the tree`() {
        let modelled = ModelledIndex(weights: [1])
        let wordCount = 3000
        for row in 1...3 {
            let text = (0..<wordCount).map { "w\($0 * 7919 % wordCount)x" }.joined(separator: " ")
            modelled.add(row: UInt32(row), TextIndexTests.words(text + " " + text))
            #expect(modelled.index.termCount == wordCount)
        }
        let view = modelled.view
        #expect(view.roots.terms.count == wordCount)
        for number in 0..<wordCount {
            if rows("w\(number)x", modelled.index, view).sorted() != [1, 2, 3] {
                Issue.record("w\(number)x")
            }
        }
        #expect(
            modelled.index.problem(roots: view.roots, position: view.position) { _ in true } == nil)
    }

    @Test
    func `long documents and long chains are read back whole`() {
        let modelled = ModelledIndex(weights: [1, 1])
        var generator = SeededGenerator(seed: 3)
        var corpus = Corpus.words(12, &generator)
        corpus.longestField = 3000
        for row in UInt32(1)...60 { modelled.add(row: row, corpus.fields(2, &generator)) }
        corpus.longestField = 3
        for row in UInt32(61)...4000 { modelled.add(row: row, corpus.fields(2, &generator)) }
        let view = modelled.view
        let problem = modelled.index.problem(roots: view.roots, position: view.position) { _ in true
        }
        #expect(problem == nil)
        let naive = NaiveSearch(modelled.model, at: view.position)
        for word in corpus.vocabulary {
            for query in [
                SearchQuery.term(word), .phrase([word, corpus.vocabulary[0]]),
                .and([.term(word), .phrase([corpus.vocabulary[1], corpus.vocabulary[2]])]),
            ] {
                TextSearchTests.compare(query, modelled.index, view, naive)
            }
        }
    }

    @Test
    func `positions and terms at their limits are kept`() {
        let last = TokenBuffer.maximumPosition
        let longest = String(repeating: "é", count: 127) + "x"
        let modelled = ModelledIndex(weights: [1])
        modelled.add(
            row: 300_000,
            [
                [
                    PlacedWord(word: longest, position: 1),
                    PlacedWord(word: "b", position: last - 1),
                    PlacedWord(word: longest, position: last),
                    PlacedWord(word: longest, position: last),
                ]
            ])
        #expect(rows(longest, modelled.index, modelled.view) == [300_000])
        let view = modelled.view
        let hits = modelled.index.search(
            .phrase(["b", longest]), roots: view.roots, position: view.position, limit: 5)
        #expect(hits.map(\.row) == [300_000])
        #expect(
            modelled.index.problem(roots: view.roots, position: view.position) { _ in true } == nil)
    }

    @Test
    func `views keep the nodes of the tree of terms until they are gone`() {
        var generator = SeededGenerator(seed: 6)
        let modelled = ModelledIndex(weights: [1])
        let first = Corpus.words(100, &generator)
        modelled.change(events: 100, rows: 50, corpus: first, generator: &generator)
        let view = modelled.view
        let expected = rows(first.vocabulary[0], modelled.index, view)
        for _ in 0..<10 {
            let more = Corpus.words(100, &generator)
            modelled.change(events: 40, rows: 50, corpus: more, generator: &generator)
            modelled.index.reclaim(oldest: 1)
        }
        #expect(modelled.index.retiredByteCount > 0)
        #expect(rows(first.vocabulary[0], modelled.index, view) == expected)
        // What is let go of meanwhile is free a group later.
        for _ in 0..<20 {
            modelled.index.group += 1
            modelled.index.reclaim(oldest: modelled.index.group)
        }
        #expect(modelled.index.retiredByteCount == 0)
        #expect(modelled.index.byteCount > 0)
        #expect(!modelled.index.isNearlyFull)
    }

    @Test
    func `a document of a row that is not there is found out`() {
        let modelled = ModelledIndex(weights: [1])
        modelled.add(row: 1, TextIndexTests.words("rock"))
        var view = modelled.view
        #expect(
            modelled.index.problem(roots: view.roots, position: view.position) { _ in false }
                == "document 1 is of row 1, which is not there")
        view.roots.liveCount = 2
        #expect(modelled.index.problem(roots: view.roots, position: 1) { _ in true } != nil)
        view = modelled.view
        view.roots.totalTokens[0] = 2
        #expect(modelled.index.problem(roots: view.roots, position: 1) { _ in true } != nil)
    }

    static func words(_ text: String) -> [[PlacedWord]] {
        [TextSearchTests.placed(text.split(separator: " ").map(String.init))]
    }

    func rows(_ term: String, _ index: TextIndex, _ view: TextView) -> [UInt32] {
        index.search(.term(term), roots: view.roots, position: view.position, limit: 100)
            .map(\.row).sorted()
    }
}
