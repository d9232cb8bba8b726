import Testing
import TufaIndex

@testable import TufaSearch

/// What was done to an index for a transaction, and is taken back.
struct TextUndoTests {
    @Test(arguments: [true, false], [1, 2] as [UInt64])
    func `what is taken back is in no search, and what had been there is again`(
        isTold: Bool, seed: UInt64
    ) {
        var generator = SeededGenerator(seed: seed)
        var questions = SeededGenerator(seed: seed + 100)
        let corpus = Corpus.words(40, &generator)
        let modelled = ModelledIndex(weights: [2, 1])
        modelled.tellsRemovedWords = isTold
        var views: [(TextView, NaiveSearch)] = []
        func check(_ view: TextView, _ naive: NaiveSearch) {
            for _ in 0..<4 {
                let query = TextSearchTests.query(corpus, depth: 2, &questions)
                TextSearchTests.compare(query, modelled.index, view, naive)
            }
            let problem = modelled.index.problem(roots: view.roots, position: view.position) {
                row in naive.documents.contains { $0.row == row }
            }
            #expect(problem == nil)
        }
        for round in 0..<6 {
            modelled.change(events: 40, rows: 60, corpus: corpus, generator: &generator)
            let view = modelled.view
            views.append((view, NaiveSearch(modelled.model, at: view.position)))
            modelled.index.group += 1
            // Longer transactions pack blocks and widen tails.
            let events = [5, 40, 200][round % 3]
            let more = round % 2 == 0 ? corpus : Corpus.words(60, &generator)
            modelled.tryOut(events: events, rows: 60, corpus: more, generator: &generator) {
                check($0, $1)
                for (view, naive) in views.suffix(1) { check(view, naive) }
            }
            let after = modelled.view
            #expect(after.roots.liveCount == view.roots.liveCount)
            #expect(after.roots.totalTokens == view.roots.totalTokens)
            #expect(after.roots.terms.count == view.roots.terms.count)
            #expect(after.roots.endingCount == view.roots.endingCount)
            check(after, NaiveSearch(modelled.model, at: after.position))
        }
        for (view, naive) in views { check(view, naive) }
    }

    @Test func `a document that lives on is as fast to look for as before`() {
        let modelled = ModelledIndex(weights: [1])
        modelled.add(row: 1, TextIndexTests.words("rock water"))
        let index = modelled.index
        index.openJournal()
        modelled.remove(row: 1)
        #expect(!modelled.view.roots.isWithoutDead)
        modelled.draft(TextIndexTests.words("rock water"))
        index.undoRemoval()
        index.closeJournal(keeping: false)
        #expect(modelled.view.roots.isWithoutDead)
        let roots = index.draftRoots
        #expect(
            SearchPlan(.nothing, index: index, roots: roots, position: .max - 1)
                .documentFrequency(1) == 1)
        // Nor is it asked when it ended, where others have.
        modelled.add(row: 2, TextIndexTests.words("rock"))
        modelled.remove(row: 2)
        let hits = index.search(
            .term("rock"), roots: index.draftRoots, position: .max, limit: 3)
        #expect(hits.map(\.row) == [1])
    }

    @Test func `an ending that was taken back lets nothing go that a view still sees`() {
        let modelled = ModelledIndex(weights: [1])
        let index = modelled.index
        let words = TextIndexTests.words("rock")
        for row in UInt32(1)...20 { modelled.add(row: row, words) }
        index.group += 1
        let group = index.group
        for row in UInt32(1)...8 { modelled.remove(row: row) }
        index.openJournal()
        modelled.draft(words)
        index.remove(row: 20, position: 1000)
        modelled.draft(words)
        index.undoRemoval()
        index.closeJournal(keeping: false)
        let view = modelled.view
        index.group += 1
        for row in UInt32(9)...12 { modelled.remove(row: row) }
        let before = index.tally(ofTerm: 1).count
        // The list is worth writing again, without those that ended before the view alone.
        index.reclaim(oldest: group)
        #expect(before == 20 && index.tally(ofTerm: 1).count == 12)
        TextSearchTests.compare(
            .term("rock"), index, view, NaiveSearch(modelled.model, at: view.position))
    }

    @Test func `what stands is not taken back`() {
        let modelled = ModelledIndex(weights: [1])
        modelled.index.openJournal()
        modelled.add(row: 1, TextIndexTests.words("rock"))
        modelled.index.closeJournal(keeping: true)
        modelled.index.openJournal()
        modelled.add(row: 2, TextIndexTests.words("rock water"))
        modelled.draft(TextIndexTests.words("rock water"))
        modelled.index.undoDocument(row: 2)
        modelled.index.closeJournal(keeping: false)
        let roots = modelled.index.draftRoots
        #expect(roots.terms.count == 1 && roots.liveCount == 1)
        #expect(modelled.index.count(.term("rock"), roots: roots, position: 9) == 1)
        #expect(modelled.index.count(.term("water"), roots: roots, position: 9) == 0)
    }
}

extension ModelledIndex {
    /// Makes random changes as a transaction that is taken back; `check` is called meanwhile, half
    /// way and at the end.
    func tryOut(
        events: Int, rows: UInt32, corpus: Corpus, generator: inout SeededGenerator,
        check: ((TextView, NaiveSearch) -> Void)? = nil
    ) {
        let (before, start) = (model, position)
        var undone: [(row: UInt32, added: [[PlacedWord]]?, ended: [[PlacedWord]]?)] = []
        index.openJournal()
        for event in 0..<events {
            let row = UInt32.random(in: 1...rows, using: &generator)
            let old = model.documents.last { $0.row == row && $0.died == UInt64.max }?.fields
            let new = corpus.fields(model.weights.count, &generator)
            let isRemoved = old != nil && Int.random(in: 0..<3, using: &generator) == 0
            if isRemoved {
                remove(row: row)
            } else if old != nil {
                update(row: row, new)
            } else {
                add(row: row, new)
            }
            undone.append((row, isRemoved ? nil : new, old))
            if event == events / 2 || event == events - 1 {
                check?(view, NaiveSearch(model, at: position))
            }
        }
        for (row, added, ended) in undone.reversed() {
            if let added {
                if tellsRemovedWords { draft(added) }
                index.undoDocument(row: row)
            }
            if let ended {
                if tellsRemovedWords { draft(ended) }
                index.undoRemoval()
            }
        }
        index.closeJournal(keeping: false)
        (model, position) = (before, start)
    }
}
