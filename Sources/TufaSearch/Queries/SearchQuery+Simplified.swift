extension SearchQuery {
    /// A query that matches the same documents and says nothing twice.
    ///
    /// Nested ANDs and ORs become one, repeated parts go, ``everything`` and ``nothing`` are worked
    /// out, double negation goes, and a phrase loses the gaps at its ends. A phrase, an AND or an
    /// OR of one part becomes that part.
    ///
    /// - Complexity: O(size of the query).
    package func simplified() -> SearchQuery {
        switch self {
        case .everything, .nothing, .term, .prefix, .fuzzy: self
        case .near(let terms, let distance): Self.simplified(near: terms, distance)
        case .fields(let mask, let query): Self.simplified(mask, query.simplified())
        case .phrase(let terms): Self.simplified(phrase: terms)
        case .not(let query): query.simplified().negated
        case .and(let queries): Self.simplified(conjunction: queries)
        case .or(let queries): Self.simplified(disjunction: queries)
        }
    }

    private var negated: SearchQuery {
        switch self {
        case .everything: .nothing
        case .nothing: .everything
        case .not(let query): query
        default: .not(self)
        }
    }

    private static func simplified(near terms: [String], _ distance: Int) -> SearchQuery {
        var seen: Set<String> = []
        let distinct = terms.filter { seen.insert($0).inserted }
        guard let first = distinct.first else { return .nothing }
        return distinct.count == 1 ? .term(first) : .near(distinct, distance: distance)
    }

    private static func simplified(_ mask: UInt8, _ query: SearchQuery) -> SearchQuery {
        switch query {
        case .everything, .nothing: query
        case .fields(let inner, let query): simplified(mask & inner, query)
        default: mask == 0 ? .nothing : .fields(mask, query)
        }
    }

    private static func simplified(phrase terms: [String?]) -> SearchQuery {
        guard let first = terms.firstIndex(where: { $0 != nil }),
            let last = terms.lastIndex(where: { $0 != nil })
        else { return .nothing }
        if first == last, let term = terms[first] { return .term(term) }
        return .phrase(Array(terms[first...last]))
    }

    private static func simplified(conjunction queries: [SearchQuery]) -> SearchQuery {
        var parts = DistinctQueries()
        for query in queries {
            switch query.simplified() {
            case .everything: continue
            case .nothing: return .nothing
            case .and(let inner): inner.forEach { parts.insert($0) }
            case let other: parts.insert(other)
            }
        }
        return parts.ordered.count > 1 ? .and(parts.ordered) : parts.ordered.first ?? .everything
    }

    private static func simplified(disjunction queries: [SearchQuery]) -> SearchQuery {
        var parts = DistinctQueries()
        for query in queries {
            switch query.simplified() {
            case .nothing: continue
            case .everything: return .everything
            case .or(let inner): inner.forEach { parts.insert($0) }
            case let other: parts.insert(other)
            }
        }
        return parts.ordered.count > 1 ? .or(parts.ordered) : parts.ordered.first ?? .nothing
    }
}

/// Queries in the order of their first appearance, each once.
private struct DistinctQueries {
    /// Those of ``ordered``, once they are more than a few.
    private var seen: Set<SearchQuery> = []
    private(set) var ordered: [SearchQuery] = []

    /// So many are compared faster than hashed.
    private static let fewCount = 8

    mutating func insert(_ query: SearchQuery) {
        if ordered.count < Self.fewCount {
            if !ordered.contains(query) { ordered.append(query) }
            return
        }
        if seen.isEmpty { seen = Set(ordered) }
        if seen.insert(query).inserted { ordered.append(query) }
    }
}
