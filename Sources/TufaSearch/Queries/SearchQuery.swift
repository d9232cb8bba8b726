/// What to look for in an index of terms: a tree of words and of how they combine.
///
/// The words in it are terms already, as the analyzer of the index makes them.
package indirect enum SearchQuery: Hashable, Sendable {
    /// Every document.
    case everything
    /// No document.
    case nothing
    /// The documents with this term.
    case term(String)
    /// The documents with a term that begins like this.
    case prefix(String)
    /// The documents with a term that this becomes with at most so many edits: letters added, left
    /// out, replaced, or two neighbours exchanged.
    case fuzzy(String, distance: Int)
    /// The documents with these terms in one field, in any order, with at most so many words
    /// between the first and the last of them.
    case near([String], distance: Int)
    /// What the query finds in some of the fields, a bit for each.
    case fields(UInt8, SearchQuery)
    /// The documents with these terms at consecutive positions; nil stands for any one word.
    case phrase([String?])
    /// The documents that all of these match.
    case and([SearchQuery])
    /// The documents that at least one of these matches.
    case or([SearchQuery])
    /// The documents that this does not match.
    case not(SearchQuery)
}

extension SearchQuery: CustomStringConvertible {
    /// The query as PostgreSQL writes a `tsquery`: `'fat' & 'rat' <-> 'trap' | !'cat':*`.
    package var description: String {
        switch self {
        case .everything: "everything"
        case .nothing: "nothing"
        case .term(let term): "'\(term)'"
        case .prefix(let prefix): "'\(prefix)':*"
        case .fuzzy(let term, let distance): "'\(term)'~\(distance)"
        case .near(let terms, let distance):
            "near(" + terms.map { "'\($0)'" }.joined(separator: " ") + ", \(distance))"
        case .fields(let mask, let query):
            "fields(\(String(mask, radix: 2)), \(query))"
        case .phrase(let terms): Self.describe(terms)
        case .and(let queries):
            queries.map { $0.described(within: .and) }.joined(separator: " & ")
        case .or(let queries):
            queries.map { $0.described(within: .or) }.joined(separator: " | ")
        case .not(let query): "!" + query.described(within: .not)
        }
    }

    /// How tightly an operator binds, from loose to tight.
    private enum Binding: Int {
        case or, and, phrase, not, word
    }

    private var binding: Binding {
        switch self {
        case .or: .or
        case .and: .and
        case .phrase: .phrase
        case .not: .not
        case .everything, .nothing, .term, .prefix, .fuzzy, .near, .fields: .word
        }
    }

    private func described(within outer: Binding) -> String {
        binding.rawValue < outer.rawValue ? "( \(self) )" : "\(self)"
    }

    private static func describe(_ phrase: [String?]) -> String {
        var text = ""
        var distance = 1
        for term in phrase {
            guard let term else {
                distance += 1
                continue
            }
            if !text.isEmpty { text += distance == 1 ? " <-> " : " <\(distance)> " }
            text += "'\(term)'"
            distance = 1
        }
        return text
    }
}
