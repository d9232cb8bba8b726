internal import TufaBytes
internal import TufaIndex
public import TufaModel
internal import TufaSearch

/// A row that a search found, and how well it fits.
public struct SearchHit<Row> {
    /// The row.
    public let row: Row
    /// The BM25F score; greater fits better.
    public let score: Double
}

extension SearchHit: Sendable where Row: Sendable {}

extension View {
    /// The rows whose texts fit what a person typed best, the best first.
    ///
    /// Words must all be found; `"quotes"` make a phrase, `OR` an alternative, `-` excludes and a
    /// closing `*` makes a prefix. No text is a syntax error; one without a word finds nothing.
    /// - Throws: ``DatabaseError``: `view_expired`, `unknown_table`; `unsupported` for a table
    ///   without full text, or where the program lacks the text's analyzer.
    /// - Complexity: O(postings of the words); no I/O.
    public func search<E: Entity>(
        _ type: E.Type, _ text: String, limit: Int = 10
    ) throws -> [SearchHit<E>] {
        let codec = try registry.codec(E.self)
        return try read { state in
            unsafe try search(codec.plan.number, text, limit, state) {
                unsafe codec.decode($0.id, $0.body)
            }
        }
    }

    /// The records whose texts fit what a person typed best, the best first.
    ///
    /// - Throws: as ``search(_:_:limit:)-swift.method``.
    public func search(
        _ table: String, _ text: String, limit: Int = 10
    ) throws -> [SearchHit<Record>] {
        try read { state in
            let plan = try state.schema.table(table)
            return unsafe try search(plan.number, text, limit, state) { unsafe Record($0, plan) }
        }
    }

    /// Why a text can find nothing in a table; nil where it asks for a word.
    ///
    /// - Throws: as ``search(_:_:limit:)-swift.method``.
    package func whySearchFindsNothing(_ table: String, _ text: String) throws -> String? {
        let index = try read { try searchable($0.schema.table(table).number, $0) }
        switch WebSearchParser(analyzer: index.analyzer).parse(text) {
        case .nothing, .everything:
            return text.contains { $0.isLetter || $0.isNumber }
                ? "the text has only words that are too common to be in the index"
                : "the text has no word to look for"
        case .not: return "the text only excludes words; give one that must be found"
        default: return nil
        }
    }

    private func search<Row>(
        _ table: Int, _ text: String, _ limit: Int, _ state: PublishedState,
        _ decode: (RowVersion) -> Row
    ) throws -> [SearchHit<Row>] {
        let index = try searchable(table, state)
        let query = WebSearchParser(analyzer: index.analyzer).parse(text)
        let rows = state.tables[table].store.rows
        return index.search(
            query, roots: state.texts[table][0], position: state.position, limit: limit
        ).compactMap { hit in
            unsafe rows.visible(hit.row, at: state.position).map {
                unsafe SearchHit(row: decode($0), score: hit.score)
            }
        }
    }

    /// The text index that a search of a table asks.
    private func searchable(_ table: Int, _ state: PublishedState) throws -> TextIndex {
        if state.tables[table].texts.isEmpty {
            let name = state.schema.tables[table].name
            throw DatabaseError(
                .unsupported, "Table \(name) has no full text to search.", table: name,
                advice: "Declare a FullText field, or a GIN index over to_tsvector.")
        }
        return try state.tables[table].searchable(0)
    }
}
