internal import TufaBytes
internal import TufaIndex
internal import TufaModel
internal import TufaSearch

/// A search that is being answered in one view: the query in the terms of the index, the filter,
/// the ranking.
struct SearchRun {
    let shape: SearchShape
    let reading: TableReading
    let index: TextIndex
    let roots: TextRoots
    /// What the index is over.
    let text: FullTextPlan
    let query: SearchQuery
    let filter: RowFilter
    let ranking: RankingOptions
    /// Whether a row may be found; nil where every row may.
    let test: ((UInt32) -> Bool)?

    /// - Throws: `unsupported` for a table without such a text index, or one whose analyzer the
    ///   program lacks; `unknown_field`, `type_mismatch`, `limit_exceeded`, `row_not_found`.
    init(_ shape: SearchShape, _ reading: TableReading, _ texts: [TextRoots]) throws {
        self.shape = shape
        self.reading = reading
        let number = try reading.textNumber(shape.index)
        text = reading.plan.fullText[number]
        index = try reading.table.searchable(number)
        roots = index.warmRoots(texts[number])
        var own: UInt32?
        switch shape.subject {
        case .expression(let expression):
            query = try expression.query(
                analyzer: index.analyzer, fields: text.fieldIndexes.map(reading.plan.fieldName))
        case .rowsLike(let id):
            guard let version = unsafe reading.row(id) else {
                throw DatabaseError(
                    .rowNotFound, "There is no row that others could be like.",
                    table: reading.plan.name, row: id)
            }
            own = reading.table.store.number(
                of: id, in: reading.roots.primary, at: reading.position)
            query = unsafe Self.likeness(
                of: version, index, roots, text, reading)
        }
        filter = try RowFilter(
            shape.predicate, reading, matchLimit: index.matchLimit(query, roots: roots))
        let passes = filter.test
        test =
            own.map { own in { number in number != own && passes?(number) ?? true } } ?? passes
        ranking = try Self.ranking(shape, text, reading.plan)
    }

    /// What `k1` can be: far above, scores would be no numbers.
    private static let saturations = 0.0...1_000_000

    private static func ranking(
        _ shape: SearchShape, _ text: FullTextPlan, _ plan: TablePlan
    ) throws -> RankingOptions {
        guard saturations.contains(shape.saturation), (0...1).contains(shape.lengthShare) else {
            throw DatabaseError(
                .typeMismatch,
                "k1 of a ranking lies between 0 and a million, and b between 0 and 1.",
                table: plan.name)
        }
        var ranking = RankingOptions()
        ranking.saturation = shape.saturation
        ranking.lengthShare = shape.lengthShare
        if shape.weights.isEmpty { return ranking }
        var weights = text.weights
        for (field, weight) in shape.weights {
            guard let place = text.fieldIndexes.firstIndex(of: field) else {
                throw plan.isNotSearched(field, text)
            }
            guard FullTextField.weights.contains(weight) else {
                throw DatabaseError(
                    .typeMismatch,
                    "The weight of a field lies between a billionth and a billion; it is "
                        + "\(weight).", table: plan.name, fields: [plan.fieldName(field)])
            }
            weights[place] = weight
        }
        ranking.weights = weights
        return ranking
    }

    // MARK: Cursors

    /// The rows that may be found, in the order asked for.
    func rowPlan() throws -> Plan {
        try Planner.plan(
            reading.restricted(shape.predicate), sort: shape.sort, reading.plan)
    }

    /// Tells the rows that may be found and their order apart.
    private func rowFingerprint() throws -> UInt64 {
        // Most searches are of all rows, and need no plan for that.
        if case .all = shape.predicate, shape.sort.isEmpty, reading.restriction == nil {
            return reading.plan.allRowsFingerprint
        }
        return try rowPlan().fingerprint
    }

    /// Tells searches apart, for cursors.
    func fingerprint() throws -> UInt64 {
        var fingerprint = Fingerprint()
        fingerprint.combine(shape.index ?? "")
        // What a person typed says as much as a description of what was made of it.
        if case .expression(.typed(let text)) = shape.subject {
            fingerprint.combine(word: 0)
            fingerprint.combine(text)
        } else {
            fingerprint.combine(word: 1)
            fingerprint.combine("\(query)")
        }
        fingerprint.combine(word: try rowFingerprint())
        for (field, weight) in shape.weights.sorted(by: { $0.key < $1.key }) {
            fingerprint.combine(word: UInt64(field))
            fingerprint.combine(word: weight.bitPattern)
        }
        fingerprint.combine(word: shape.saturation.bitPattern)
        fingerprint.combine(word: shape.lengthShare.bitPattern)
        return fingerprint.value
    }

    // MARK: Rows like one

    /// The words of a row that tell it best from others: frequent in it and rare elsewhere.
    @unsafe
    private static func likeness(
        of version: RowVersion, _ index: TextIndex, _ roots: TextRoots, _ text: FullTextPlan,
        _ reading: TableReading
    ) -> SearchQuery {
        var counts: [String: Double] = [:]
        var tokens = TokenBuffer()
        let body = unsafe version.body
        for (place, field) in text.fieldIndexes.enumerated() {
            if unsafe body.isNull(field) { continue }
            let layout = reading.plan.layout
            unsafe index.analyzer.analyze(
                body.variable(layout.fields[field], in: layout), into: &tokens)
            for number in 0..<tokens.count {
                counts[tokens.text(tokens[number]), default: 0] += text.weights[place]
            }
        }
        // A word of this row alone finds no other.
        let rarities = index.rarities(
            ofTerms: Array(counts.keys), roots: roots, position: reading.position)
        let ranked = zip(counts, rarities).map { ($0.key, $0.value * $1) }
        let best = ranked.filter { $0.1 > 0 }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
        return SearchQuery.or(best.prefix(likenessWordCount).map { .term($0.0) }).simplified()
    }

    /// So many words of a row are looked for, as in Lucene's "more like this".
    private static let likenessWordCount = 25
}
