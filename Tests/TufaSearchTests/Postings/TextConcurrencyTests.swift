import Foundation
import Synchronization
import Testing

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
}
