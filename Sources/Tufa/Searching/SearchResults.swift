public import TufaModel
public import TufaSearch

/// A row that a search found, and how well it fits.
public struct SearchHit<Row> {
    /// The row.
    public let row: Row
    /// The BM25F score, greater where it fits better; 0 where another order was asked for.
    public let score: Double
    /// What was asked for of the row's texts, in the order of the search.
    public let snippets: [Snippet]

    // In place, what the runtime knows of the type is asked for once a search and not once a hit.
    @inline(__always)
    init(row: Row, score: Double, snippets: [Snippet]) {
        self.row = row
        self.score = score
        self.snippets = snippets
    }
}

extension SearchHit: Sendable where Row: Sendable {}

/// What a search found.
public struct SearchResults<Row> {
    /// The rows, in the order asked for.
    public let hits: [SearchHit<Row>]
    /// Where the next page begins, as text that may be kept and sent; nil behind the last one.
    public let next: String?
    /// How many rows there are in all, where that was asked.
    public let total: Int?
    /// The counts that were asked for, in the order of the search.
    public let facets: [Facet]
}

extension SearchResults: Sendable where Row: Sendable {}

/// How many of the rows that a search found have each value of a field.
public struct Facet: Sendable, Hashable {
    /// One value, and how many rows have it.
    public struct Count: Sendable, Hashable {
        /// The value, or the moment at which the span of time begins.
        public let value: Value
        /// How many rows.
        public let rowCount: Int
    }

    /// The name of the field.
    public let field: String
    /// The values of the most rows, those of the most first; spans of time in their order.
    public let counts: [Count]
    /// How many rows have a value that is not among them.
    public let otherRowCount: Int
}

/// How a search is answered.
public struct SearchExplanation: Sendable, CustomStringConvertible {
    /// The text index that is asked.
    public let index: String
    /// The query in the terms of the index, as PostgreSQL writes a `tsquery`.
    public let query: String
    /// How the filter is applied; nil without one.
    public let filter: String?
    /// Terms whose postings were opened.
    public let termCount: Int
    /// Postings that were decoded.
    public let postingsRead: Int
    /// Rows whose score was computed.
    public let rowsScored: Int
    /// Runs of postings that were passed over, because none of them could be among the hits.
    public let blocksSkipped: Int

    /// The plan and its costs on a few lines.
    public var description: String {
        var lines = ["\(index): \(query)"]
        if let filter { lines.append("filter: \(filter)") }
        lines.append(
            "terms \(termCount), postings read \(postingsRead), rows scored \(rowsScored), "
                + "blocks skipped \(blocksSkipped)")
        return lines.joined(separator: "\n")
    }
}

/// A word that may have been meant.
public struct SearchSuggestion: Sendable, Hashable {
    /// The word, in lower case, as it stands in a row.
    public let word: String
    /// How many rows have it or another form of it.
    public let rowCount: Int
}
