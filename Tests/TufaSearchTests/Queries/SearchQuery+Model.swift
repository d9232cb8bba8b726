@testable import TufaSearch

extension SearchQuery {
    /// Whether a document of these terms matches: the plainest possible reading of the query.
    func matches(_ document: [String]) -> Bool {
        switch self {
        case .everything: true
        case .nothing: false
        case .term(let term): document.contains(term)
        case .prefix(let prefix): document.contains { $0.hasPrefix(prefix) }
        case .fuzzy(let term, let distance):
            document.contains { editDistance($0, term) <= distance }
        case .near(let terms, let distance):
            !terms.isEmpty
                && document.indices.contains { first in
                    (first..<document.count).contains { last in
                        last - first - 1 <= distance
                            && terms.allSatisfy { document[first...last].contains($0) }
                    }
                }
        case .fields(let mask, let query): mask & 1 != 0 && query.matches(document)
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
        case .term, .prefix, .fuzzy: 1
        case .near(let terms, _): terms.count
        case .fields(_, let query): query.wordCount
        case .phrase(let terms): terms.count
        case .and(let queries), .or(let queries): queries.reduce(0) { $0 + $1.wordCount }
        case .not(let query): query.wordCount
        }
    }

    /// How many levels the query has.
    var depth: Int {
        switch self {
        case .everything, .nothing, .term, .prefix, .fuzzy, .near, .phrase: 1
        case .fields(_, let query): 1 + query.depth
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

/// The edits between two words, by the whole table.
func editDistance(_ left: String, _ right: String) -> Int {
    let (a, b) = (Array(left.unicodeScalars), Array(right.unicodeScalars))
    var table = Array(repeating: Array(repeating: 0, count: b.count + 1), count: a.count + 1)
    for i in 0...a.count {
        for j in 0...b.count {
            if i == 0 || j == 0 {
                table[i][j] = max(i, j)
                continue
            }
            table[i][j] = min(
                table[i - 1][j] + 1, table[i][j - 1] + 1,
                table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
            }
        }
    }
    return table[a.count][b.count]
}
