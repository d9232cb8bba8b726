import Foundation
import Synchronization
import Testing
import TufaIndex

@testable import TufaSearch

struct TextConcurrencyTests {
    /// The view that readers take, behind a lock as a stand-in for the published root.
    final class Board: Sendable {
        let view: Mutex<TextView>
        let isDone = Atomic(false)

        init(_ view: TextView) { self.view = Mutex(view) }
    }

    @Test
    func `readers see each view as it was published while the writer goes on`() async {
        var generator = SeededGenerator(seed: 21)
        let corpus = Corpus.words(50, &generator)
        let modelled = ModelledIndex(weights: [2, 1])
        let index = modelled.index
        let board = Board(modelled.view)
        await withTaskGroup(of: Int.self) { group in
            for reader in 0..<3 {
                group.addTask { Self.read(index, board, corpus, seed: UInt64(reader)) }
            }
            for row in UInt32(1)...1500 {
                let words = corpus.fields(2, &generator)
                // A marker in every document makes the count of documents a query's result.
                let marker = [PlacedWord(word: "marker", position: 1)]
                modelled.add(row: row, [marker, words[1]])
                if row % 3 == 0 { modelled.remove(row: row / 3) }
                if row % 7 == 0 {
                    modelled.tryOut(events: 4, rows: row, corpus: corpus, generator: &generator)
                }
                // A new view each time keeps readers close behind the bytes being written.
                let view = modelled.view
                index.group += 1
                board.view.withLock { $0 = view }
            }
            board.isDone.store(true, ordering: .releasing)
            for await readings in group { #expect(readings > 0) }
        }
    }

    @Test
    func `a fuzzy word stands for the terms of its view while the writer adds others`() async {
        let modelled = ModelledIndex(weights: [1])
        let index = modelled.index
        let board = Board(modelled.view)
        await withTaskGroup(of: Int.self) { group in
            for reader in 0..<3 {
                group.addTask { Self.readTerms(index, board, seed: UInt64(reader)) }
            }
            var buffer = TokenBuffer()
            for row in UInt32(1)...900 {
                if row % 5 == 0 {
                    // Terms that no document has, in the middle of the numbers.
                    buffer.fill(with: [PlacedWord(word: "w00\(row % 10)", position: 1)])
                    index.beginDocument()
                    index.append(buffer, field: 0)
                }
                let words = Self.words(of: row).enumerated()
                modelled.add(
                    row: row,
                    [words.map { PlacedWord(word: $1, position: UInt32($0) + 1) }])
                let view = modelled.view
                index.group += 1
                board.view.withLock { $0 = view }
            }
            board.isDone.store(true, ordering: .releasing)
            for await readings in group { #expect(readings > 0) }
        }
    }

    /// A word that no earlier row has, which comes before all of theirs, and one of an earlier row.
    private static func words(of row: UInt32) -> [String] {
        let own = "w\(1000 - row)"
        return row > 1 ? [own, "w\(1000 - row / 2)"] : [own]
    }

    private static func readTerms(_ index: TextIndex, _ board: Board, seed: UInt64) -> Int {
        var generator = SeededGenerator(seed: seed)
        var readings = 0
        var older: [TextView] = []
        while !board.isDone.load(ordering: .acquiring) || readings == 0 {
            older.append(board.view.withLock { $0 })
            let view = older.randomElement(using: &generator) ?? board.view.withLock { $0 }
            // A view of so many rows sees a term of each, and some of them in up to three.
            var frequencies: [String: Int] = [:]
            for row in 0..<view.roots.documentLimit where row > 0 {
                for word in words(of: row) { frequencies[word, default: 0] += 1 }
            }
            let expected = frequencies.sorted {
                let (one, other) = ($0.key.utf8.count, $1.key.utf8.count)
                if one != other { return one < other }
                return $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key
            }.prefix(TextIndex.maximumFuzzyTermCount)
            let found = index.neighbours(
                of: "w", within: 3, roots: view.roots, position: view.position)
            #expect(found.map(\.term) == expected.map(\.key))
            #expect(found.map(\.documentCount) == expected.map(\.value))
            readings += 1
        }
        return readings
    }

    private static func read(
        _ index: TextIndex, _ board: Board, _ corpus: Corpus, seed: UInt64
    ) -> Int {
        var generator = SeededGenerator(seed: seed)
        var readings = 0
        while !board.isDone.load(ordering: .acquiring) || readings == 0 {
            let view = board.view.withLock { $0 }
            let query = TextSearchTests.query(corpus, depth: 1, &generator)
            func search() -> [TextHit] {
                index.search(query, roots: view.roots, position: view.position, limit: 20)
            }
            let first = search()
            for _ in 0..<10 {
                let view = board.view.withLock { $0 }
                let all = index.count(
                    .term("marker"), roots: view.roots, position: view.position)
                if all != view.roots.liveCount {
                    Issue.record("a view of \(view.position) counts \(all) documents")
                }
            }
            if readings % 8 == 0 {
                #expect(TextSnapshotTests.save(index, view) == TextSnapshotTests.save(index, view))
            }
            #expect(search() == first)
            readings += 1
        }
        return readings
    }

    @Test
    func `readers under epochs see whole views while the postings of dead documents go`() async {
        var generator = SeededGenerator(seed: 22)
        let corpus = Corpus.words(40, &generator)
        let modelled = ModelledIndex(weights: [1])
        let index = modelled.index
        let epochs = EpochRegistry()
        let board = Board(modelled.view)
        let rows = UInt32(150)
        func publish() {
            let view = modelled.view
            board.view.withLock { $0 = view }
            epochs.published.store(index.group, ordering: .sequentiallyConsistent)
            index.group += 1
            index.reclaim(oldest: epochs.oldestGroup())
        }
        await withTaskGroup(of: Int.self) { group in
            for reader in 0..<3 {
                group.addTask {
                    Self.readPinned(index, board, epochs, corpus, seed: UInt64(reader))
                }
            }
            for number in UInt32(1)...3000 {
                let row = number % rows + 1
                // A marker in every document makes the count of documents a query's result.
                let words = [
                    PlacedWord(word: "marker", position: 1),
                    PlacedWord(word: "only\(number)", position: 2),
                ]
                let fields = [
                    words
                        + corpus.fields(1, &generator)[0].map { word in
                            PlacedWord(word: word.word, position: word.position + 2)
                        }
                ]
                if number <= rows - 1 {
                    modelled.add(row: row, fields)
                } else {
                    modelled.update(row: row, fields)
                }
                if number % 3 == 0 { publish() }
                if number % 7 == 0, epochs.isUnread() { index.reclaimUnread() }
            }
            board.isDone.store(true, ordering: .releasing)
            for await readings in group { #expect(readings > 0) }
        }
        for _ in 0..<100 { publish() }
        #expect(index.termCount <= 41 + Int(rows))
    }

    private static func readPinned(
        _ index: TextIndex, _ board: Board, _ epochs: EpochRegistry, _ corpus: Corpus, seed: UInt64
    ) -> Int {
        var generator = SeededGenerator(seed: 100 + seed)
        var readings = 0
        while !board.isDone.load(ordering: .acquiring) || readings == 0 {
            let pin = epochs.enter()
            let view = board.view.withLock { $0 }
            var first: [TextHit] = []
            let query = TextSearchTests.query(corpus, depth: 1, &generator)
            // A view outlives its readings, and between them what they found may be freed.
            for round in 0..<4 {
                guard pin.beginReading() else { break }
                let all = index.count(
                    .and([.term("marker"), .everything]), roots: view.roots,
                    position: view.position)
                let known = index.count(
                    .term("marker"), roots: view.roots, position: view.position)
                let hits = index.search(
                    query, roots: view.roots, position: view.position, limit: 20)
                pin.endReading()
                if all != view.roots.liveCount || known != all {
                    Issue.record("a view of \(view.position) counts \(all) and \(known)")
                }
                if round == 0 { first = hits }
                #expect(hits == first)
            }
            pin.leave()
            readings += 1
        }
        return readings
    }
}
