extension TextIndex {
    /// Where the words of a query stand in some documents of a view that match it.
    ///
    /// The words of phrases are given only where the phrase stands. The lists come in the order of
    /// the documents given; each is by field and position.
    /// The positions come from the postings, so no text is analyzed for them.
    /// - Complexity: O(terms · (log postings + documents)); up to 1,000 terms for a prefix.
    package func matches(
        of query: SearchQuery, in documents: [UInt32], roots: TextRoots, position: UInt64
    ) -> [[TextMatch]] {
        let plan = SearchPlan(.nothing, index: self, roots: roots, position: position)
        let finder = MatchFinder(query, plan)
        var found = [[TextMatch]](repeating: [], count: documents.count)
        // Cursors move forward only.
        for place in documents.indices.sorted(by: { documents[$0] < documents[$1] }) {
            found[place] = finder.matches(in: documents[place])
        }
        return found
    }
}
