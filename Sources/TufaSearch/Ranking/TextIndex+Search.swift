extension TextIndex {
    /// The best documents of a view for a query, the best first, equals by row number.
    ///
    /// `filter` is asked with the row number of each document that matches, before it is scored;
    /// only hits behind `start` are given, if there is one.
    /// A phrase counts as a term that is worth what its terms are worth together and occurs as
    /// often as the phrase does. A prefix stands for its terms joined by OR, of which the 1,000
    /// in the most documents are looked at.
    /// Blocks whose best posting cannot be among the hits are not read; the hits are those of a
    /// search that reads everything.
    /// - Complexity: O(postings of the terms · log limit) at most; AND reads those of the rarest
    ///   term and, of the others, the blocks where it occurs. No lock.
    package func search(
        _ query: SearchQuery, roots: TextRoots, position: UInt64, limit: Int,
        ranking: RankingOptions = RankingOptions(), after start: TextHit? = nil,
        filter: ((_ row: UInt32) -> Bool)? = nil
    ) -> [TextHit] {
        var statistics = SearchStatistics()
        return search(
            query, roots: roots, position: position, limit: limit, ranking: ranking, after: start,
            filter: filter, statistics: &statistics)
    }

    /// The same, and what it took.
    package func search(
        _ query: SearchQuery, roots: TextRoots, position: UInt64, limit: Int,
        ranking: RankingOptions = RankingOptions(), after start: TextHit? = nil,
        filter: ((_ row: UInt32) -> Bool)? = nil, statistics: inout SearchStatistics
    ) -> [TextHit] {
        let plan = SearchPlan(query, index: self, roots: roots, position: position, ranking)
        defer { statistics = plan.finalStatistics }
        guard limit > 0 else { return [] }
        var hits = HitCollector(limit: limit, after: start, filter: filter)
        plan.collect(into: &hits)
        return hits.top.sorted()
    }

    /// How many documents of a view match a query.
    ///
    /// - Complexity: as a search; O(log terms) for one term while no document is dead.
    package func count(
        _ query: SearchQuery, roots: TextRoots, position: UInt64,
        filter: ((_ row: UInt32) -> Bool)? = nil
    ) -> Int {
        if filter == nil, case .term(let term) = query {
            guard let number = termNumber(term, in: roots) else { return 0 }
            let plan = SearchPlan(.nothing, index: self, roots: roots, position: position)
            return plan.documentFrequency(number)
        }
        var count = 0
        forEachMatch(query, roots: roots, position: position, filter: filter) { _, _ in
            count += 1
        }
        return count
    }

    /// Calls `body` with the row number and the document of each match that a view sees and the
    /// filter lets pass, in the order in which they were indexed.
    ///
    /// - Complexity: O(postings of the terms); AND as in a search. No lock.
    package func forEachMatch(
        _ query: SearchQuery, roots: TextRoots, position: UInt64,
        filter: ((_ row: UInt32) -> Bool)? = nil,
        _ body: (_ row: UInt32, _ document: UInt32) -> Void
    ) {
        let plan = SearchPlan(query, index: self, roots: roots, position: position)
        plan.forEachMatch(filter: filter) { body(documents.row($0), $0) }
    }

    /// What terms are worth in a search, by how few documents of a view have each; 0 for one that
    /// only one document has.
    ///
    /// - Complexity: O(log terms) each while no document is dead; else O(postings of the term).
    package func rarities(
        ofTerms terms: [String], roots: TextRoots, position: UInt64
    ) -> [Double] {
        let plan = SearchPlan(.nothing, index: self, roots: roots, position: position)
        return terms.map { term in
            guard let number = termNumber(term, in: roots) else { return 0 }
            let frequency = plan.documentFrequency(number)
            return frequency < 2 ? 0 : plan.ranking.weight(documentFrequency: frequency)
        }
    }

    /// At most how many documents of a view match a query; as good as the rarest term says.
    ///
    /// - Complexity: O(words · log terms).
    package func matchLimit(_ query: SearchQuery, roots: TextRoots) -> Int {
        beginReading()
        let all = Int(roots.documentLimit) - 1
        switch query {
        case .nothing: return 0
        case .everything, .not, .prefix, .fuzzy: return all
        case .term(let term):
            return termNumber(term, in: roots).map { tally(ofTerm: $0).count } ?? 0
        case .fields(_, let inner): return matchLimit(inner, roots: roots)
        case .near(let words, _):
            return words.map { matchLimit(.term($0), roots: roots) }.min() ?? 0
        case .phrase(let words):
            return words.compactMap { $0 }.map { matchLimit(.term($0), roots: roots) }.min() ?? 0
        case .and(let parts): return parts.map { matchLimit($0, roots: roots) }.min() ?? all
        case .or(let parts):
            return min(all, parts.reduce(0) { $0 + matchLimit($1, roots: roots) })
        }
    }
}
