package import TufaBytes

/// Reads a query that a program writes: every character of it means something, and what means
/// nothing is an error with its column.
///
/// ```
/// query   = and { "OR" and }
/// and     = unary { [ "AND" ] unary }
/// unary   = [ "NOT" | "-" ] primary
/// primary = "(" query ")" | field ":" primary | phrase | near | word [ "*" | "~" [ digit ] ]
/// phrase  = '"' text '"' [ "~" number ]
/// near    = "NEAR" "(" word { word } [ "," number ] ")"
/// ```
/// `word*` finds what begins like it, `word~` and `word~2` what is one or two edits away,
/// `"a b"~3` and `NEAR(a b, 3)` words with at most three others between them, in any order.
/// Operators are written in capitals. Stop words are dropped, as everywhere.
package struct StrictSearchParser {
    /// How many words a query may have.
    package static let maximumWordCount = 1024
    /// How deep parentheses, fields and negations may be nested.
    package static let maximumDepth = 64
    /// How many edits a fuzzy word may be away.
    package static let maximumEditCount = 2

    private let analyzer: Analyzer
    private let fields: [String]

    /// Makes a parser for an index over `fields`, in their order, that this analyzer fills.
    package init(analyzer: Analyzer, fields: [String]) {
        self.analyzer = analyzer
        self.fields = fields
    }

    /// The query that a text means.
    ///
    /// - Throws: `syntax` with the column; `unknown_field`; `limit_exceeded`.
    /// - Complexity: O(length of the text).
    package func parse(_ text: String) throws(DatabaseError) -> SearchQuery {
        var reader = StrictSearchReader(text, analyzer, fields)
        return try reader.read().simplified()
    }
}

/// A recursive descent over the pieces of a query.
private struct StrictSearchReader: ~Copyable {
    private var scanner: StrictSearchScanner
    private let analyzer: Analyzer
    private let fields: [String]
    private var tokens = TokenBuffer()
    private var wordCount = 0
    private var depth = 0

    init(_ text: String, _ analyzer: Analyzer, _ fields: [String]) {
        scanner = StrictSearchScanner(text)
        self.analyzer = analyzer
        self.fields = fields
    }

    mutating func read() throws(DatabaseError) -> SearchQuery {
        try scanner.advance()
        if scanner.piece == .end { throw scanner.problem("A query has at least one word") }
        let query = try disjunction()
        guard scanner.piece == .end else {
            throw scanner.problem("\(scanner.piece.description) has nothing to close")
        }
        return query ?? .nothing
    }

    private mutating func disjunction() throws(DatabaseError) -> SearchQuery? {
        depth += 1
        defer { depth -= 1 }
        guard depth <= StrictSearchParser.maximumDepth else {
            throw DatabaseError(
                .limitExceeded,
                "A query is nested more than \(StrictSearchParser.maximumDepth) deep.")
        }
        var parts = [try conjunction()]
        while scanner.piece == .or {
            try scanner.advance()
            parts.append(try conjunction())
        }
        let words = parts.compactMap { $0 }
        return words.isEmpty ? nil : .or(words)
    }

    private mutating func conjunction() throws(DatabaseError) -> SearchQuery? {
        var parts: [SearchQuery] = []
        var isEmpty = true
        while true {
            if scanner.piece == .and {
                if isEmpty { throw scanner.problem("AND needs something on its left") }
                try scanner.advance()
            } else if !isEmpty, !scanner.piece.beginsOperand {
                break
            }
            if let part = try unary() { parts.append(part) }
            isEmpty = false
        }
        return parts.isEmpty ? nil : .and(parts)
    }

    private mutating func unary() throws(DatabaseError) -> SearchQuery? {
        var isNegated = false
        while scanner.piece == .not {
            isNegated.toggle()
            try scanner.advance()
        }
        let operand = try primary()
        return isNegated ? operand.map { .not($0) } : operand
    }

    private mutating func primary() throws(DatabaseError) -> SearchQuery? {
        switch scanner.piece {
        case .open:
            try scanner.advance()
            let query = try disjunction()
            try expect(.close, "A parenthesis is not closed")
            return query
        case .field(let name):
            guard let field = fields.firstIndex(of: name) else {
                throw DatabaseError(
                    .unknownField,
                    "Column \(scanner.column): the text index has no field \(name).",
                    fields: [name], advice: "It has \(fields.joined(separator: ", ")).")
            }
            try scanner.advance()
            depth += 1
            defer { depth -= 1 }
            guard depth <= StrictSearchParser.maximumDepth else {
                throw scanner.problem("Fields are nested too deep")
            }
            return try primary().map { .fields(1 << UInt8(field), $0) }
        case .phrase(let text, let distance):
            let terms = try terms(text)
            try scanner.advance()
            guard let distance else { return terms.isEmpty ? nil : .phrase(terms) }
            let words = terms.compactMap { $0 }
            return words.isEmpty ? nil : .near(words, distance: distance)
        case .near(let text, let distance):
            let words = try terms(text).compactMap { $0 }
            try scanner.advance()
            return words.isEmpty ? nil : .near(words, distance: distance)
        case .word(let text, let suffix):
            let query = try word(text, suffix)
            try scanner.advance()
            return query
        case .or, .and, .not, .close, .end:
            throw scanner.problem("\(scanner.piece.description) stands where a word is expected")
        }
    }

    private mutating func word(
        _ text: String, _ suffix: StrictSearchScanner.Suffix
    ) throws(DatabaseError) -> SearchQuery? {
        switch suffix {
        case .none:
            let terms = try terms(text)
            return terms.isEmpty ? nil : .phrase(terms)
        case .prefix:
            return try lowercased(text).map { .prefix($0) }
        case .fuzzy(let distance):
            // A misspelt word would be stemmed to anything, so the index's own form is made of it
            // only where the stem does not hide its letters.
            let terms = try terms(text).compactMap { $0 }
            return terms.isEmpty
                ? nil : .and(terms.map { .fuzzy($0, distance: distance) })
        }
    }

    private mutating func expect(
        _ piece: StrictSearchScanner.Piece, _ otherwise: String
    ) throws(DatabaseError) {
        guard scanner.piece == piece else { throw scanner.problem(otherwise) }
        try scanner.advance()
    }

    /// The terms of a text, nil for each stop word between them.
    private mutating func terms(_ text: String) throws(DatabaseError) -> [String?] {
        analyzer.analyze(text, into: &tokens)
        var terms: [String?] = []
        var position: UInt32 = 0
        for index in 0..<tokens.count {
            let token = tokens[index]
            // Of the words for one thing in one place, the first is looked for.
            if !terms.isEmpty && token.position == position { continue }
            let gap = terms.isEmpty ? 0 : max(0, Int(token.position) - Int(position) - 1)
            wordCount += gap + 1
            guard wordCount <= StrictSearchParser.maximumWordCount else {
                throw DatabaseError(
                    .limitExceeded,
                    "A query has more than \(StrictSearchParser.maximumWordCount) words.")
            }
            terms += Array(repeating: nil, count: gap)
            terms.append(tokens.text(token))
            position = token.position
        }
        return terms
    }

    private mutating func lowercased(_ text: String) throws(DatabaseError) -> String? {
        analyzer.tokenize(text, into: &tokens)
        guard tokens.count > 0, tokens[tokens.count - 1].position == tokens[0].position else {
            throw scanner.problem("A prefix is one word, not \(text)*")
        }
        wordCount += 1
        return tokens.text(tokens[0])
    }
}
