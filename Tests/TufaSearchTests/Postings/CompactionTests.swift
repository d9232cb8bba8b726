import Testing
import TufaIndex

@testable import TufaSearch

/// Letting go of the postings of dead documents, under views that may still see them.
struct CompactionTests {
    /// A view that is held, as the naive search sees it.
    private struct Held {
        let group: UInt64
        let view: TextView
        let naive: NaiveSearch
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func `what each view finds stays while dead postings go`(seed: UInt64) {
        var generator = SeededGenerator(seed: 900 + seed)
        let modelled = ModelledIndex(weights: seed % 2 == 0 ? [1] : [2, 1, 0.5])
        let index = modelled.index
        modelled.tellsRemovedWords = seed % 5 != 4
        let corpus = Corpus.words(40, &generator)
        var held: [Held] = []
        for _ in 0..<60 {
            modelled.change(events: 12, rows: 60, corpus: corpus, generator: &generator)
            let view = modelled.view
            held.append(
                Held(
                    group: index.group, view: view,
                    naive: NaiveSearch(modelled.model, at: view.position)))
            index.group += 1
            if held.count > 4 { held.remove(at: Int.random(in: 0..<4, using: &generator)) }
            index.reclaim(oldest: held[0].group)
            for held in held {
                let query = TextSearchTests.query(corpus, depth: 2, &generator)
                TextSearchTests.compare(query, index, held.view, held.naive)
                let word = SearchQuery.term(corpus.word(&generator))
                TextSearchTests.compare(word, index, held.view, held.naive)
            }
            if let newest = held.last {
                let problem = index.problem(
                    roots: newest.view.roots, position: newest.view.position
                ) { _ in true }
                #expect(problem == nil, "seed \(seed)")
            }
        }
    }

    @Test
    func `a list is written again in steps, and is whole after each`() {
        var generator = SeededGenerator(seed: 17)
        let modelled = ModelledIndex(weights: [1])
        let index = modelled.index
        let corpus = Corpus.words(5, &generator)
        for row in UInt32(1)...1000 { modelled.add(row: row, corpus.fields(1, &generator)) }
        // Every third document goes, so that no block stays as it is.
        for row in stride(from: UInt32(1), to: 1000, by: 3) { modelled.remove(row: row) }
        let view = modelled.view
        let naive = NaiveSearch(modelled.model, at: view.position)
        let before = index.blocks.usedByteCount + index.tails.usedByteCount
        index.group += 1
        index.compaction.advance(to: index.group)
        var stepCount = 0
        while index.compaction.job != nil || stepCount == 0 {
            index.compact(postingCount: 1)
            index.compact(postingCount: 1)
            // Documents come and go while a list is half written.
            stepCount += 1
            modelled.update(row: UInt32(stepCount % 300) * 3 + 2, corpus.fields(1, &generator))
            for word in corpus.vocabulary {
                TextSearchTests.compare(.term(word), index, view, naive)
            }
        }
        #expect(stepCount > 20)
        index.compact(postingCount: .max / 2)
        index.reclaimUnread()
        #expect(index.blocks.usedByteCount + index.tails.usedByteCount < before * 9 / 10)
        let after = modelled.view
        #expect(index.problem(roots: after.roots, position: after.position) { _ in true } == nil)
        let last = NaiveSearch(modelled.model, at: after.position)
        for word in corpus.vocabulary { TextSearchTests.compare(.term(word), index, after, last) }
    }

    @Test
    func `updates without end take memory with an end`() {
        var generator = SeededGenerator(seed: 23)
        let modelled = ModelledIndex(weights: [1])
        let index = modelled.index
        let corpus = Corpus.words(60, &generator)
        var early = 0
        for round in 0..<60 {
            for row in UInt32(1)...100 {
                var fields = corpus.fields(1, &generator)
                // Each version has a word that no other ever had.
                fields[0].append(PlacedWord(word: "only\(round)x\(row)", position: 500))
                if round == 0 {
                    modelled.add(row: row, fields)
                } else {
                    modelled.update(row: row, fields)
                }
            }
            index.group += 1
            index.reclaim(oldest: index.group - 1)
            if round == 5 { early = index.byteCount }
        }
        let view = modelled.view
        #expect(index.byteCount < early * 3 / 2)
        #expect(index.termCount < 60 + 4 * 100)
        #expect(index.terms.limit < 60 + 8 * 100)
        #expect(index.problem(roots: view.roots, position: view.position) { _ in true } == nil)
        let query = SearchQuery.prefix("only59x")
        #expect(index.count(query, roots: view.roots, position: view.position) == 100)
        let earlier = index.count(.prefix("only5"), roots: view.roots, position: view.position)
        #expect(earlier == 100)
    }

    @Test
    func `a view keeps its terms and finds none that came later under their numbers`() {
        let modelled = ModelledIndex(weights: [1])
        let index = modelled.index
        modelled.add(row: 1, TextIndexTests.words("granite"))
        modelled.add(row: 2, TextIndexTests.words("marble"))
        let old = modelled.view
        let oldGroup = index.group
        index.group += 1
        modelled.remove(row: 1)
        // While the first view is held, nothing goes.
        index.group += 1
        index.reclaim(oldest: oldGroup)
        #expect(count("granite", index, old) == 1)
        let termCount = index.termCount
        #expect(termCount == 2)
        // A view that does not see the document any more knows the term until it is gone.
        let later = modelled.view
        let laterGroup = index.group
        index.group += 1
        index.reclaim(oldest: laterGroup)
        #expect(index.termCount == 1)
        modelled.add(row: 3, TextIndexTests.words("slate"))
        #expect(index.terms.limit == 4)
        #expect(count("granite", index, later) == 0 && count("slate", index, later) == 0)
        #expect(
            index.count(.prefix("gr"), roots: later.roots, position: later.position) == 0)
        // First no tree has the number, then no reading can have found it by its signature.
        for _ in 0..<2 {
            index.group += 1
            index.reclaim(oldest: index.group)
        }
        modelled.add(row: 4, TextIndexTests.words("chalk"))
        #expect(index.terms.limit == 4)
        #expect(count("chalk", index, modelled.view) == 1)
        #expect(count("granite", index, modelled.view) == 0)
    }

    @Test
    func `a word that comes back is found again`() {
        let modelled = ModelledIndex(weights: [1])
        for _ in 0..<5 {
            modelled.add(row: 1, TextIndexTests.words("rock and rock"))
            modelled.index.group += 1
            modelled.index.reclaim(oldest: modelled.index.group - 1)
            #expect(count("rock", modelled.index, modelled.view) == 1)
            modelled.remove(row: 1)
            modelled.index.group += 1
            modelled.index.reclaim(oldest: modelled.index.group - 1)
            modelled.index.group += 1
            modelled.index.reclaim(oldest: modelled.index.group - 1)
            #expect(count("rock", modelled.index, modelled.view) == 0)
            #expect(modelled.index.termCount == 0)
        }
    }

    @Test
    func `the memory of documents that are dead in all views goes back to the system`() {
        let documents = DocumentTable(fieldCount: 2)
        let count = 2 * DocumentTable.spanCount + 5
        for row in 1...count {
            #expect(documents.add(row: row, tokenCounts: SIMD8(repeating: 9)) == row)
        }
        for document in 1...count where document != 7 {
            documents.end(document, position: UInt64(document), group: 3)
        }
        let before = documents.byteCount
        documents.reclaim(oldest: 2)
        #expect(documents.byteCount == before)
        documents.reclaim(oldest: 3)
        // The first span has a document that lives; of the others one is whole.
        #expect(before - documents.byteCount == Int(DocumentTable.spanCount) * (16 + 8))
        #expect(documents.isAlive(7, at: .max - 1) && documents.row(7) == 7)
        for document in 1...count where document != 7 {
            if documents.isAlive(document, at: .max - 1) {
                Issue.record("document \(document) lives again")
            }
        }
        let next = documents.add(row: 1, tokenCounts: SIMD8(repeating: 4))
        #expect(documents.row(next) == 1 && documents.tokenCount(next, field: 1) == 4)
    }

    @Test
    func `the memory of a document whose end was taken back stays`() {
        let documents = DocumentTable(fieldCount: 1)
        let count = DocumentTable.spanCount + 5
        for row in 1...count { _ = documents.add(row: row, tokenCounts: SIMD8(repeating: 2)) }
        for document in 1...count { documents.end(document, position: 10, group: 3) }
        documents.revive(9)
        // It ends for good in a later group, which a view may not be of yet.
        documents.end(9, position: 20, group: 5)
        let before = documents.byteCount
        documents.reclaim(oldest: 4)
        #expect(documents.byteCount == before)
        #expect(documents.isAlive(9, at: 19) && documents.row(9) == 9)
        documents.reclaim(oldest: 5)
        #expect(documents.byteCount < before)
    }

    /// A document mostly has the number of its row, and then nothing is kept of that.
    @Test(arguments: [0, 1, 2] as [UInt64])
    func `the current document of a row is known whatever its number`(seed: UInt64) {
        var generator = SeededGenerator(seed: 50 + seed)
        let documents = DocumentTable(fieldCount: 1)
        var current: [UInt32: UInt32] = [:]
        for row in UInt32(1)...1000 {
            current[row] = documents.add(row: row, tokenCounts: SIMD8(repeating: 1))
        }
        let before = documents.byteCount
        var ended: [UInt32] = []
        for _ in 0..<4000 {
            let row = UInt32.random(in: 1...3000, using: &generator)
            if let document = current[row] {
                documents.end(document, position: 1, group: 1)
                current[row] = nil
                ended.append(document)
            } else if let last = ended.last, documents.row(last) == row {
                documents.revive(last)
                current[row] = last
                ended.removeLast()
            } else {
                current[row] = documents.add(row: row, tokenCounts: SIMD8(repeating: 1))
            }
        }
        for row in UInt32(0)...4000 {
            if documents.current(row) != current[row] ?? 0 { Issue.record("row \(row)") }
        }
        #expect(before < 3 * 8 * 1024)
        #expect(documents.byteCount > before + 3 * 4096)
    }

    @Test
    func `a list that is half written goes with its term`() throws {
        let modelled = ModelledIndex(weights: [1])
        let index = modelled.index
        let words = TextIndexTests.words("new")
        modelled.add(row: 100, TextIndexTests.words("old"))
        index.group += 1
        index.openJournal()
        for row in UInt32(1)...20 { modelled.add(row: row, words) }
        let number = try #require(index.termNumber("new", in: index.draftRoots))
        // A number that was queued before it was used again comes up before its time.
        index.compaction.append(number, group: index.group - 1)
        for row in UInt32(1)...10 { modelled.remove(row: row) }
        index.compaction.advance(to: index.group - 1)
        index.compact(postingCount: Compaction.costOfTerm + 1)
        #expect(index.compaction.job?.number == number)
        for row in (UInt32(1)...10).reversed() {
            modelled.draft(words)
            index.undoRemoval()
            modelled.draft(words)
            index.undoDocument(row: row)
        }
        for row in (UInt32(11)...20).reversed() {
            modelled.draft(words)
            index.undoDocument(row: row)
        }
        index.closeJournal(keeping: false)
        #expect(index.compaction.job == nil && index.termCount == 1)
        index.group += 1
        index.reclaim(oldest: index.group)
        let roots = index.draftRoots
        #expect(index.count(.term("old"), roots: roots, position: 31) == 1)
        #expect(index.problem(roots: roots, position: 31) { $0 == 100 } == nil)
    }

    private func count(_ term: String, _ index: TextIndex, _ view: TextView) -> Int {
        index.count(
            .and([.term(term), .everything]), roots: view.roots, position: view.position)
    }
}
