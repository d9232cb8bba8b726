import Testing
import TufaBytes

@testable import TufaSearch

struct TextSnapshotTests {
    @Test(arguments: [[1.0], [2, 1], [1, 1, 1, 1, 1]], [UInt64(1), 2])
    func `a loaded index finds what the saved view finds and goes on from there`(
        weights: [Double], seed: UInt64
    ) throws {
        var generator = SeededGenerator(seed: seed)
        let corpus = Corpus.words(80, &generator)
        let modelled = ModelledIndex(weights: weights)
        modelled.change(events: 200, rows: 100, corpus: corpus, generator: &generator)
        let view = modelled.view
        // What comes after the view must not get into its snapshot.
        modelled.change(events: 60, rows: 100, corpus: corpus, generator: &generator)
        let saved = Self.save(modelled.index, view)
        let naive = NaiveSearch(modelled.model, at: view.position)
        let loaded = try Self.load(saved, weights: weights)
        let roots = loaded.draftRoots
        #expect(roots.liveCount == view.roots.liveCount)
        #expect(roots.totalTokens == view.roots.totalTokens)
        #expect(roots.documentLimit == UInt32(roots.liveCount) + 1)
        #expect(
            loaded.problem(roots: roots, position: view.position) { row in
                naive.documents.contains { $0.row == row }
            } == nil)
        for _ in 0..<40 {
            let query = TextSearchTests.query(corpus, depth: 2, &generator)
            let loadedView = TextView(roots: roots, position: view.position)
            TextSearchTests.compare(query, loaded, loadedView, naive)
        }
        #expect(Self.save(loaded, TextView(roots: roots, position: view.position)) == saved)

        var past = modelled.model
        past.documents = past.visible(at: view.position)
        for index in past.documents.indices { past.documents[index].died = .max }
        let goingOn = ModelledIndex(loaded, model: past, position: view.position)
        goingOn.change(events: 100, rows: 120, corpus: corpus, generator: &generator)
        let later = NaiveSearch(goingOn.model, at: goingOn.position)
        for _ in 0..<20 {
            let query = TextSearchTests.query(corpus, depth: 2, &generator)
            TextSearchTests.compare(query, loaded, goingOn.view, later)
        }
    }

    @Test
    func `the stream is as its page says`() throws {
        let modelled = ModelledIndex(weights: [1])
        modelled.add(row: 7, TextIndexTests.words("rock water"))
        modelled.add(
            row: 5,
            [[PlacedWord(word: "rock", position: 1), PlacedWord(word: "rock", position: 3)]])
        let expected: [UInt8] =
            Array("TUFATEXT".utf8) + [1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]
            + [0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0x0E, 2, 3, 2, 0, 4]
            + Array("rock".utf8) + [2, 3, 3, 2, 3, 2, 1, 1, 2, 0, 5] + Array("water".utf8)
            + [1, 1, 1, 2, 2, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0]
            + Array("TEXT END".utf8)
        #expect(Self.save(modelled.index, modelled.view) == expected)
        #expect(try Self.load(expected, weights: [1]).draftRoots.liveCount == 2)
    }

    @Test
    func `an empty index is saved and loaded`() throws {
        let empty = TextIndex(weights: [1, 1])
        let saved = Self.save(empty, TextView(roots: empty.draftRoots, position: 0))
        let loaded = try Self.load(saved, weights: [1, 1])
        #expect(loaded.draftRoots == empty.draftRoots)
    }

    @Test
    func `a damaged stream is refused or is whole, and never traps`() throws {
        for weights in [[1.0], [1, 1, 1]] {
            var generator = SeededGenerator(seed: 12)
            var corpus = Corpus.words(15, &generator)
            corpus.longestField = 8
            let modelled = ModelledIndex(weights: weights)
            modelled.change(events: 20, rows: 12, corpus: corpus, generator: &generator)
            let saved = Self.save(modelled.index, modelled.view)
            for length in 0..<saved.count {
                #expect(throws: DatabaseError.self) {
                    try Self.load(Array(saved[..<length]), weights: weights)
                }
            }
            #expect(throws: DatabaseError.self) {
                try Self.load(saved + [0], weights: weights)
            }
            for at in saved.indices {
                for flip in [UInt8(1), 2, 0x40, 0x80, 0xFF] {
                    var damaged = saved
                    damaged[at] ^= flip
                    guard let index = try? Self.load(damaged, weights: weights) else { continue }
                    // What still adds up, such as another row or word, must be sound in itself.
                    let roots = index.draftRoots
                    #expect(index.problem(roots: roots, position: 1) { _ in true } == nil)
                }
            }
        }
    }

    @Test
    func `what does not fit the schema or this version says so`() throws {
        let index = TextIndex(weights: [1])
        let saved = Self.save(index, TextView(roots: index.draftRoots, position: 0))
        #expect { try Self.load(saved, weights: [1, 1]) } throws: { error in
            (error as? DatabaseError)?.code == .schemaMismatch
        }
        var newer = saved
        newer[8] = 2
        #expect { try Self.load(newer, weights: [1]) } throws: { error in
            (error as? DatabaseError)?.code == .newerFormat
        }
        #expect { try Self.load(Array(saved.dropLast()), weights: [1]) } throws: { error in
            let error = error as? DatabaseError
            return error?.code == .damaged && error?.file == "test.snap" && error?.offset != nil
        }
    }

    @Test
    func `an error of the sink ends the saving`() {
        struct Full: Error {}
        let index = TextIndex(weights: [1])
        #expect(throws: Full.self) {
            try index.save(roots: index.draftRoots, position: 0) { _ in throw Full() }
        }
    }

    @Test
    func `a row that the table cannot have is damage, before there is memory for it`() throws {
        let modelled = ModelledIndex(weights: [1])
        modelled.add(row: 4_000_000, TextIndexTests.words("rock"))
        let saved = Self.save(modelled.index, modelled.view)
        #expect(try Self.load(saved, weights: [1], rowLimit: 4_000_001).liveCount == 1)
        let error = #expect(throws: DatabaseError.self) {
            try Self.load(saved, weights: [1], rowLimit: 4_000_000)
        }
        #expect(error?.code == .damaged)
    }

    static func save(_ index: TextIndex, _ view: TextView) -> [UInt8] {
        var bytes: [UInt8] = []
        index.save(roots: view.roots, position: view.position) { bytes.append(contentsOf: $0) }
        return bytes
    }

    static func load(
        _ bytes: [UInt8], weights: [Double], rowLimit: UInt32 = 1 << 24
    ) throws -> TextIndex {
        // A copy of exact size, so that a read beyond the end is seen by a sanitizer.
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { copy.deallocate() }
        copy.copyBytes(from: bytes)
        return try TextIndex(
            loading: UnsafeRawBufferPointer(copy), weights: weights, rowLimit: rowLimit,
            name: "test.snap")
    }
}
