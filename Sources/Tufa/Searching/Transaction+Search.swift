internal import TufaBytes
internal import TufaIndex
public import TufaModel
internal import TufaSearch

// The text indexes are fed with what the transaction has written when it first searches, and with
// the rest when it searches again or stands, so a search costs no work that would not be done
// anyway. Hits, scores and counts are those of a view right after the commit.
extension Transaction {
    /// The rows whose texts fit what a person typed best, as this transaction has left them, the
    /// best first.
    ///
    /// The text is read as by ``View/search(_:_:limit:)-swift.method``. Others see nothing of what
    /// the transaction has written, and nothing of it is found any more where it is taken back.
    /// - Throws: ``DatabaseError``: `unknown_table`; `unsupported` for a table without full text,
    ///   or whose analyzer the program lacks.
    /// - Complexity: O(postings of the words), and once O(bytes of the texts written since the last
    ///   search in the transaction); no I/O.
    public func search<E: Entity>(
        _ type: E.Type, _ text: String, limit: Int = 10
    ) throws -> [SearchHit<E>] {
        try results(E.search(text).limit(limit), after: nil, inPages: false).hits
    }

    /// The records whose texts fit what a person typed best, as this transaction has left them, the
    /// best first.
    ///
    /// - Throws: as ``search(_:_:limit:)-swift.method``.
    public func search(
        _ table: String, _ text: String, limit: Int = 10
    ) throws -> [SearchHit<Record>] {
        let shape = SearchShape(table: table, .expression(.typed(text)), limit: limit)
        return try results(shape, after: nil, inPages: false).hits
    }

    /// What a search finds as this transaction has left the rows, from the start or behind a
    /// cursor.
    ///
    /// A cursor holds where the last hit stood. Until the transaction writes again, pages neither
    /// repeat nor leave out a row; behind that, scores may have moved.
    /// - Throws: as ``search(_:_:limit:)-swift.method``; `unknown_field`, `type_mismatch`,
    ///   `limit_exceeded`, `row_not_found`, and `invalid_cursor` for a cursor of another search.
    /// - Complexity: as ``search(_:_:limit:)-swift.method``; a total, facets or another order look
    ///   at every row that is found.
    public func search<E: Entity>(
        _ search: Search<E>, after cursor: String? = nil
    ) throws -> SearchResults<E> { try results(search, after: cursor, inPages: true) }

    private func results<E: Entity>(
        _ search: Search<E>, after cursor: String?, inPages isPaged: Bool
    ) throws -> SearchResults<E> {
        let codec = try registry.codec(E.self)
        let run = try run(search.shape, codec.plan)
        return unsafe try run.results(after: cursor, inPages: isPaged) {
            unsafe codec.decode($0.id, $0.body)
        }
    }

    /// What a search finds as this transaction has left the rows, as records, from the start or
    /// behind a cursor.
    ///
    /// - Throws: as ``search(_:after:)-(Search<E>,_)``.
    public func search(
        _ shape: SearchShape, after cursor: String? = nil
    ) throws -> SearchResults<Record> { try results(shape, after: cursor, inPages: true) }

    private func results(
        _ shape: SearchShape, after cursor: String?, inPages isPaged: Bool
    ) throws -> SearchResults<Record> {
        let plan = try engine.schema.table(shape.table)
        let run = try run(shape, plan)
        return unsafe try run.results(after: cursor, inPages: isPaged) { unsafe Record($0, plan) }
    }

    /// How a search is answered; it is run for it.
    ///
    /// - Throws: as ``search(_:after:)-(Search<E>,_)``.
    public func explain<E: Entity>(_ search: Search<E>) throws -> SearchExplanation {
        try run(search.shape, registry.codec(E.self).plan).explained()
    }

    /// How a search is answered; it is run for it.
    ///
    /// - Throws: as ``search(_:after:)-(Search<E>,_)``.
    public func explain(_ shape: SearchShape) throws -> SearchExplanation {
        try run(shape, engine.schema.table(shape.table)).explained()
    }

    /// The words in the texts of a type, as this transaction has left them, that a misspelt word
    /// may have meant, the likeliest first.
    ///
    /// - Throws: as ``search(_:_:limit:)-swift.method``.
    /// - Complexity: as a search for a word two edits away.
    public func suggestions<E: Entity>(
        for word: String, in type: E.Type, limit: Int = 5
    ) throws -> [SearchSuggestion] {
        try suggestions(for: word, in: E.schema.name, limit: limit)
    }

    /// The words in the texts of a table, as this transaction has left them, that a misspelt word
    /// may have meant, the likeliest first.
    ///
    /// - Throws: as ``search(_:_:limit:)-swift.method``.
    public func suggestions(
        for word: String, in table: String, limit: Int = 5
    ) throws -> [SearchSuggestion] {
        let shape = SearchShape(table: table, .expression(.phrase(word)))
        return try run(shape, engine.schema.table(table)).suggestions(for: word, limit: limit)
    }

    private func run(_ shape: SearchShape, _ plan: TablePlan) throws -> SearchRun {
        let table = engine.tables[plan.number]
        if !table.texts.isEmpty { engine.feedTexts() }
        // Documents end at the positions of events, so the last one is what the search sees.
        let reading = TableReading(
            table: table, roots: table.store.draftRoots, position: engine.position)
        return try SearchRun(shape, reading, table.texts.map(\.draftRoots))
    }
}
