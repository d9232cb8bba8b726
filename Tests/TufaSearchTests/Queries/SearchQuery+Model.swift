@testable import TufaSearch

extension SearchQuery {
    /// Whether a document of these terms matches: the plainest possible reading of the query.
    func matches(_ document: [String]) -> Bool {
        switch self {
        case .everything: true
        case .nothing: false
        case .term(let term): document.contains(term)
        case .prefix(let prefix): document.contains { $0.hasPrefix(prefix) }
        case .phrase(let terms):
            terms.contains { $0 != nil }
                && (-terms.count..<document.count).contains { start in
                    terms.enumerated().allSatisfy { index, term in
                        guard let term else { return true }
                        let place = start + index
                        return document.indices.contains(place) && document[place] == term
                    }
                }
        case .and(let queries): queries.allSatisfy { $0.matches(document) }
        case .or(let queries): queries.contains { $0.matches(document) }
        case .not(let query): !query.matches(document)
        }
    }

    /// How many words the query has, the gaps of phrases counted.
    var wordCount: Int {
        switch self {
        case .everything, .nothing: 0
        case .term, .prefix: 1
        case .phrase(let terms): terms.count
        case .and(let queries), .or(let queries): queries.reduce(0) { $0 + $1.wordCount }
        case .not(let query): query.wordCount
        }
    }

    /// How many levels the query has.
    var depth: Int {
        switch self {
        case .everything, .nothing, .term, .prefix, .phrase: 1
        case .and(let queries), .or(let queries): 1 + (queries.map(\.depth).max() ?? 0)
        case .not(let query): 1 + query.depth
        }
    }

    /// Any query of at most `depth` levels.
    static func random(
        depth: Int, words: [String], using random: inout SeededGenerator
    ) -> SearchQuery {
        func word() -> String { words.randomElement(using: &random) ?? "" }
        func part() -> SearchQuery { self.random(depth: depth - 1, words: words, using: &random) }
        let partCount = Int.random(in: 0...3, using: &random)
        switch Int.random(in: 0...(depth > 1 ? 9 : 5), using: &random) {
        case 0: return Bool.random(using: &random) ? .everything : .nothing
        case 1: return .prefix(word())
        case 2:
            return .phrase((0..<partCount).map { _ in Bool.random(using: &random) ? word() : nil })
        case 3, 4, 5: return .term(word())
        case 6: return .not(part())
        case 7, 8: return .and((0..<partCount).map { _ in part() })
        default: return .or((0..<partCount).map { _ in part() })
        }
    }
}
