package import TufaBytes

extension SearchExpression {
    /// How many words an expression may have.
    package static let maximumWordCount = 1024
    /// How deep an expression may be nested.
    package static let maximumDepth = 256
    /// How many edits a fuzzy word may be away.
    package static let maximumEditCount = 2

    /// The query that this means to an index over `fields`, in their order, that the analyzer
    /// fills; simplified.
    ///
    /// - Throws: `unknown_field` for a field that is not among them; `limit_exceeded` for more than
    ///   1,024 words, 256 levels or 2 edits.
    /// - Complexity: O(length of the words).
    package func query(
        analyzer: Analyzer, fields: @autoclosure () -> [String]
    ) throws(DatabaseError) -> SearchQuery {
        // What a person typed names no field, and comes simplified.
        if case .typed(let text) = self { return WebSearchParser(analyzer: analyzer).parse(text) }
        var compiler = SearchCompiler(analyzer, fields())
        return try (compiler.compile(self, depth: 0) ?? .nothing).simplified()
    }
}

/// Makes terms of the words of an expression; a part without a word that counts is nil.
private struct SearchCompiler: ~Copyable {
    private let analyzer: Analyzer
    private let fields: [String]
    private var reader: OperandReader

    init(_ analyzer: Analyzer, _ fields: [String]) {
        self.analyzer = analyzer
        self.fields = fields
        reader = OperandReader(
            analyzer: analyzer, wordLimit: SearchExpression.maximumWordCount + 1)
    }

    mutating func compile(
        _ expression: SearchExpression, depth: Int
    ) throws(DatabaseError) -> SearchQuery? {
        guard depth < SearchExpression.maximumDepth else {
            throw DatabaseError(
                .limitExceeded,
                "A query is nested more than \(SearchExpression.maximumDepth) deep.")
        }
        let query = try compiled(expression, depth: depth)
        guard !reader.isExhausted else {
            throw DatabaseError(
                .limitExceeded,
                "A query has more than \(SearchExpression.maximumWordCount) words.")
        }
        return query
    }

    private mutating func compiled(
        _ expression: SearchExpression, depth: Int
    ) throws(DatabaseError) -> SearchQuery? {
        switch expression {
        case .typed(let text):
            return WebSearchParser(analyzer: analyzer).parse(text)
        case .phrase(let text):
            return reader.phrase(text)
        case .prefix(let text):
            return reader.prefix(of: text)
        case .fuzzy(let text, let edits):
            guard (1...SearchExpression.maximumEditCount).contains(edits) else {
                throw DatabaseError(
                    .limitExceeded, "A word is 1 or 2 edits away, not \(edits).")
            }
            let terms = reader.distinctTerms(text)
            return terms.isEmpty ? nil : .and(terms.map { .fuzzy($0, distance: edits) })
        case .near(let text, let distance):
            let terms = reader.distinctTerms(text)
            return terms.isEmpty ? nil : .near(terms, distance: max(0, distance))
        case .field(let name, let inner):
            guard let field = fields.firstIndex(of: name) else {
                throw DatabaseError(
                    .unknownField, "The text index has no field \(name).", fields: [name],
                    advice: "It has \(fields.joined(separator: ", ")).")
            }
            return try compile(inner, depth: depth + 1).map { .fields(1 << UInt8(field), $0) }
        case .all(let parts):
            if parts.isEmpty { return .everything }
            let queries = try compile(parts, depth: depth)
            return queries.isEmpty ? nil : .and(queries)
        case .any(let parts):
            if parts.isEmpty { return .nothing }
            let queries = try compile(parts, depth: depth)
            return queries.isEmpty ? nil : .or(queries)
        case .not(let inner):
            return try compile(inner, depth: depth + 1).map { .not($0) }
        }
    }

    private mutating func compile(
        _ parts: [SearchExpression], depth: Int
    ) throws(DatabaseError) -> [SearchQuery] {
        var queries: [SearchQuery] = []
        for part in parts {
            if let query = try compile(part, depth: depth + 1) { queries.append(query) }
        }
        return queries
    }
}
