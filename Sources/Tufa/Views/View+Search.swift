internal import TufaBytes
internal import TufaIndex
public import TufaModel
internal import TufaSearch

extension View {
    /// The rows whose texts fit what a person typed best, the best first.
    ///
    /// Words must all be found; `"quotes"` make a phrase, `OR` an alternative, `-` excludes and a
    /// closing `*` makes a prefix. No text is a syntax error; one without a word finds nothing.
    /// - Throws: ``DatabaseError``: `view_expired`, `unknown_table`; `unsupported` for a table
    ///   without full text, or whose analyzer the program lacks.
    /// - Complexity: O(postings of the words); no I/O.
    public func search<E: Entity>(
        _ type: E.Type, _ text: String, limit: Int = 10
    ) throws -> [SearchHit<E>] {
        try results(E.search(text).limit(limit), after: nil, inPages: false).hits
    }

    /// The records whose texts fit what a person typed best, the best first.
    ///
    /// - Throws: as ``search(_:_:limit:)-swift.method``.
    public func search(
        _ table: String, _ text: String, limit: Int = 10
    ) throws -> [SearchHit<Record>] {
        let shape = SearchShape(table: table, .expression(.typed(text)), limit: limit)
        return try results(shape, after: nil, inPages: false).hits
    }

    /// What a search finds, from the start or behind a cursor.
    ///
    /// A cursor holds where the last hit stood. In the view it came from, pages neither repeat nor
    /// leave out a row; in a later one, scores may have moved.
    /// - Throws: as ``search(_:_:limit:)-swift.method``; `unknown_field`, `type_mismatch`,
    ///   `limit_exceeded`, `row_not_found`, and `invalid_cursor` for a cursor of another search.
    /// - Complexity: O(postings of the words); a total, facets or another order look at every row
    ///   that is found.
    public func search<E: Entity>(
        _ search: Search<E>, after cursor: String? = nil
    ) throws -> SearchResults<E> { try results(search, after: cursor, inPages: true) }

    /// Lends the rows that a search finds, in its order, with their scores.
    ///
    /// Faster than ``search(_:after:)-(Search<E>,_)`` where a program shows the rows and keeps
    /// none: no entity is made. Up to the limit of the search are lent; a total, facets and
    /// snippets that it asks for are not made.
    ///
    /// - Throws: as ``search(_:_:limit:)-swift.method``; `unknown_field`, `type_mismatch`,
    ///   `limit_exceeded`, `row_not_found`; what `body` throws, which ends the walk.
    /// - Complexity: O(postings of the words); another order looks at every row that is found.
    public func forEach<E: Entity>(
        _ search: Search<E>, _ body: (_ row: borrowing Row<E>, _ score: Double) throws -> Void
    ) throws {
        let codec = try registry.codec(E.self)
        try read { state in
            unsafe try run(search.shape, codec.plan.number, state).forEachHit { version, score in
                try state.checkLoaded()
                try body(unsafe Row(version, codec), score)
            }
        }
    }

    private func results<E: Entity>(
        _ search: Search<E>, after cursor: String?, inPages isPaged: Bool
    ) throws -> SearchResults<E> {
        let codec = try registry.codec(E.self)
        return try read { state in
            let run = try run(search.shape, codec.plan.number, state)
            return unsafe try run.results(after: cursor, inPages: isPaged) {
                unsafe codec.decode($0.id, $0.body)
            }
        }
    }

    /// What a search finds, as records, from the start or behind a cursor.
    ///
    /// - Throws: as ``search(_:after:)-(Search<E>,_)``.
    public func search(
        _ shape: SearchShape, after cursor: String? = nil
    ) throws -> SearchResults<Record> { try results(shape, after: cursor, inPages: true) }

    private func results(
        _ shape: SearchShape, after cursor: String?, inPages isPaged: Bool
    ) throws -> SearchResults<Record> {
        try read { state in
            let plan = try state.schema.table(shape.table)
            let run = try run(shape, plan.number, state)
            return unsafe try run.results(after: cursor, inPages: isPaged) {
                unsafe Record($0, plan)
            }
        }
    }

    /// How a search is answered; it is run for it.
    ///
    /// - Throws: as ``search(_:after:)-(Search<E>,_)``.
    public func explain<E: Entity>(_ search: Search<E>) throws -> SearchExplanation {
        let codec = try registry.codec(E.self)
        return try read { try run(search.shape, codec.plan.number, $0).explained() }
    }

    /// How a search is answered; it is run for it.
    ///
    /// - Throws: as ``search(_:after:)-(Search<E>,_)``.
    public func explain(_ shape: SearchShape) throws -> SearchExplanation {
        try read { state in
            try run(shape, state.schema.table(shape.table).number, state).explained()
        }
    }

    /// The words in the texts of a type that a misspelt word may have meant, the likeliest first.
    ///
    /// - Throws: as ``search(_:_:limit:)-swift.method``.
    /// - Complexity: as a search for a word two edits away.
    public func suggestions<E: Entity>(
        for word: String, in type: E.Type, limit: Int = 5
    ) throws -> [SearchSuggestion] {
        try suggestions(for: word, in: E.schema.name, limit: limit)
    }

    /// The words in the texts of a table that a misspelt word may have meant, the likeliest first.
    ///
    /// - Throws: as ``search(_:_:limit:)-swift.method``.
    public func suggestions(
        for word: String, in table: String, limit: Int = 5
    ) throws -> [SearchSuggestion] {
        try read { state in
            let shape = SearchShape(table: table, .expression(.phrase(word)))
            return try run(shape, state.schema.table(table).number, state).suggestions(
                for: word, limit: limit)
        }
    }

    /// Why a text can find nothing in a table; nil where it asks for a word.
    ///
    /// - Throws: as ``search(_:_:limit:)-swift.method``.
    package func whySearchFindsNothing(_ table: String, _ text: String) throws -> String? {
        let query = try read { state in
            let shape = SearchShape(table: table, .expression(.typed(text)))
            return try run(shape, state.schema.table(table).number, state).query
        }
        switch query {
        case .nothing, .everything:
            return text.contains { $0.isLetter || $0.isNumber }
                ? "the text has only words that are too common to be in the index"
                : "the text has no word to look for"
        case .not: return "the text only excludes words; give one that must be found"
        default: return nil
        }
    }

    private func run(
        _ shape: SearchShape, _ table: Int, _ state: PublishedState
    ) throws -> SearchRun {
        try SearchRun(shape, reading(table, in: state), state.tables[table].texts)
    }
}
