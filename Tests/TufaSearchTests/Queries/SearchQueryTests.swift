import Testing

@testable import TufaSearch

@Suite struct SearchQueryTests {
    private static let a = SearchQuery.term("a")
    private static let b = SearchQuery.term("b")
    private static let c = SearchQuery.term("c")

    @Test(
        "A simplified query says nothing twice",
        arguments: [
            (a, a),
            (.and([]), .everything),
            (.or([]), .nothing),
            (.and([a]), a),
            (.or([a]), a),
            (.and([a, .and([b, .and([c, a])])]), .and([a, b, c])),
            (.or([a, .or([b, a]), b]), .or([a, b])),
            (.and([a, .or([b, b]), b]), .and([a, b])),
            (.and([a, .nothing]), .nothing),
            (.and([a, .everything]), a),
            (.or([a, .everything]), .everything),
            (.or([a, .nothing]), a),
            (.not(.not(a)), a),
            (.not(.not(.not(a))), .not(a)),
            (.not(.and([])), .nothing),
            (.not(.nothing), .everything),
            (.phrase([]), .nothing),
            (.phrase([nil]), .nothing),
            (.phrase([nil, "a", nil]), a),
            (.phrase([nil, "a", nil, "b"]), .phrase(["a", nil, "b"])),
            (.and([.phrase(["a"]), .term("a")]), a),
        ] as [(SearchQuery, SearchQuery)])
    func simplified(_ query: SearchQuery, _ expected: SearchQuery) {
        #expect(query.simplified() == expected)
    }

    @Test(
        "Of many parts each stays once, in the order in which they came", arguments: [1, 8, 9, 40])
    func manyParts(_ count: Int) {
        let parts = (0..<count).map { SearchQuery.term("t\($0)") }
        let twice = SearchQuery.and(parts + parts.reversed()).simplified()
        #expect(twice == (count == 1 ? parts[0] : .and(parts)))
        let nested = SearchQuery.or([.or(parts), .or(parts.reversed())]).simplified()
        #expect(nested == (count == 1 ? parts[0] : .or(parts)))
    }

    @Test(
        "A query is written as PostgreSQL writes it",
        arguments: [
            (.and([a, .or([b, c])]), "'a' & ( 'b' | 'c' )"),
            (.or([a, .and([b, c])]), "'a' | 'b' & 'c'"),
            (.not(.and([a, b])), "!( 'a' & 'b' )"),
            (.not(.prefix("a")), "!'a':*"),
            (.phrase(["a", nil, nil, "b", "c"]), "'a' <3> 'b' <-> 'c'"),
            (.not(.phrase(["a", "b"])), "!( 'a' <-> 'b' )"),
            (.everything, "everything"),
        ] as [(SearchQuery, String)])
    func description(_ query: SearchQuery, _ expected: String) {
        #expect(query.description == expected)
    }

    @Test("Random queries match the same documents when they are simplified", arguments: 0..<4)
    func equivalence(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let words = ["a", "b", "ab"]
        for _ in 0..<2000 {
            let query = SearchQuery.random(depth: 4, words: words, using: &random)
            let simplified = query.simplified()
            try #require(simplified == simplified.simplified(), "\(query)")
            for _ in 0..<5 {
                let count = Int.random(in: 0...5, using: &random)
                let document = (0..<count).compactMap { _ in words.randomElement(using: &random) }
                try #require(
                    query.matches(document) == simplified.matches(document),
                    "\(query) became \(simplified) and differs on \(document)")
            }
        }
    }
}
