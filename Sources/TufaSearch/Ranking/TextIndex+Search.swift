extension TextIndex {
    /// The best documents of a view for a query, the best first, equals by row number.
    ///
    /// `filter` is asked with the row number of each document that matches, before it is scored.
    /// A phrase counts as a term that is worth what its terms are worth together and occurs as
    /// often as the phrase does. A prefix stands for its terms joined by OR, of which the 1,000
    /// in the most documents are looked at.
    /// Blocks whose best posting cannot be among the hits are not read; the hits are those of a
    /// search that reads everything.
    /// - Complexity: O(postings of the terms · log limit) at most; AND reads those of the rarest
    ///   term and, of the others, the blocks where it occurs. No lock.
    package func search(
        _ query: SearchQuery, roots: TextRoots, position: UInt64, limit: Int,
        ranking: RankingOptions = RankingOptions(), filter: ((_ row: UInt32) -> Bool)? = nil
    ) -> [TextHit] {
        var statistics = SearchStatistics()
        return search(
            query, roots: roots, position: position, limit: limit, ranking: ranking,
            filter: filter, statistics: &statistics)
    }

    /// The same, and what it took.
    package func search(
        _ query: SearchQuery, roots: TextRoots, position: UInt64, limit: Int,
        ranking: RankingOptions = RankingOptions(), filter: ((_ row: UInt32) -> Bool)? = nil,
        statistics: inout SearchStatistics
    ) -> [TextHit] {
        let plan = SearchPlan(query, index: self, roots: roots, position: position, ranking)
        defer { statistics = plan.finalStatistics }
        guard limit > 0 else { return [] }
        var hits = HitCollector(limit: limit, filter: filter)
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
        let plan = SearchPlan(query, index: self, roots: roots, position: position)
        var count = 0
        plan.forEachMatch(filter: filter) { _ in count += 1 }
        return count
    }
}
