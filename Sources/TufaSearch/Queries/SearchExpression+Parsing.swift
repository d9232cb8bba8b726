public import TufaBytes

extension SearchExpression {
    /// How deep parentheses, fields and negations may be nested in a text.
    private static let maximumTextDepth = 64

    /// Reads a query that a program writes: every character of it means something, and what means
    /// nothing is an error with its column.
    ///
    /// ```
    /// query   = and { "OR" and }
    /// and     = unary { [ "AND" ] unary }
    /// unary   = { "NOT" | "-" } primary
    /// primary = "(" query ")" | field ":" primary | phrase | near | word [ "*" | "~" [ digit ] ]
    /// phrase  = '"' text '"' [ "~" number ]
    /// near    = "NEAR" "(" word { word } [ "," number ] ")"
    /// ```
    /// `word*` finds what begins like it, `word~` and `word~2` what is one or two edits away,
    /// `"a b"~3` and `NEAR(a b, 3)` words with at most three others between them, in any order.
    /// Operators are written in capitals.
    ///
    /// - Throws: `syntax` with the column; `limit_exceeded` for more than 64 levels.
    /// - Complexity: O(length of the text).
    public init(parsing text: String) throws(DatabaseError) {
        var reader = StrictSearchReader(text, maximumDepth: Self.maximumTextDepth)
        self = try reader.read()
    }
}

/// A recursive descent over the pieces of a query.
private struct StrictSearchReader: ~Copyable {
    private var scanner: StrictSearchScanner
    private let maximumDepth: Int
    private var depth = 0

    init(_ text: String, maximumDepth: Int) {
        scanner = StrictSearchScanner(text)
        self.maximumDepth = maximumDepth
    }

    mutating func read() throws(DatabaseError) -> SearchExpression {
        try scanner.advance()
        if scanner.piece == .end { throw scanner.problem("A query has at least one word") }
        let query = try disjunction()
        guard scanner.piece == .end else {
            throw scanner.problem("\(scanner.piece.description) has nothing to close")
        }
        return query
    }

    private mutating func disjunction() throws(DatabaseError) -> SearchExpression {
        try descend()
        defer { depth -= 1 }
        var parts = [try conjunction()]
        while scanner.piece == .or {
            try scanner.advance()
            parts.append(try conjunction())
        }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func conjunction() throws(DatabaseError) -> SearchExpression {
        var parts: [SearchExpression] = []
        while true {
            if scanner.piece == .and {
                if parts.isEmpty { throw scanner.problem("AND needs something on its left") }
                try scanner.advance()
            } else if !parts.isEmpty, !scanner.piece.beginsOperand {
                break
            }
            parts.append(try unary())
        }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func unary() throws(DatabaseError) -> SearchExpression {
        var isNegated = false
        while scanner.piece == .not {
            isNegated.toggle()
            try scanner.advance()
        }
        let operand = try primary()
        return isNegated ? .not(operand) : operand
    }

    private mutating func primary() throws(DatabaseError) -> SearchExpression {
        let expression: SearchExpression
        switch scanner.piece {
        case .open:
            try scanner.advance()
            let query = try disjunction()
            guard scanner.piece == .close else {
                throw scanner.problem("A parenthesis is not closed")
            }
            expression = query
        case .field(let name):
            try scanner.advance()
            try descend()
            defer { depth -= 1 }
            return .field(name, try primary())
        case .phrase(let text, nil): expression = .phrase(text)
        case .phrase(let text, let distance?): expression = .near(text, within: distance)
        case .near(let text, let distance): expression = .near(text, within: distance)
        case .word(let text, .none): expression = .phrase(text)
        case .word(let text, .prefix): expression = .prefix(text)
        case .word(let text, .fuzzy(let distance)): expression = .fuzzy(text, edits: distance)
        case .or, .and, .not, .close, .end:
            throw scanner.problem("\(scanner.piece.description) stands where a word is expected")
        }
        try scanner.advance()
        return expression
    }

    private mutating func descend() throws(DatabaseError) {
        depth += 1
        guard depth <= maximumDepth else {
            throw DatabaseError(
                .limitExceeded, "A query is nested more than \(maximumDepth) deep.")
        }
    }
}
