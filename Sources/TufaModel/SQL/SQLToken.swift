internal import TufaBytes

/// One token of SQL text and where it stands.
struct SQLToken: Sendable {
    enum Kind: Sendable, Equatable {
        /// A keyword or name without quotes, in lower case.
        case word(String)
        /// A name in double quotes, as it is.
        case quotedName(String)
        /// A number as written.
        case number(String)
        /// A text in single quotes, without them.
        case string(String)
        /// An operator or a piece of punctuation.
        case symbol(String)
        /// The end of the text.
        case end
    }

    var kind: Kind
    /// The first line is 1.
    var line: Int
    /// Counts Unicode scalars; the first column is 1.
    var column: Int
    /// The place in the scalars of the text.
    var range: Range<Int>

    /// The token as a message names it.
    var shown: String {
        switch kind {
        case .word(let name): name.uppercased()
        case .quotedName(let name): "\"\(name)\""
        case .number(let text): text
        case .string(let text): Value.excerpt(text)
        case .symbol(let symbol): symbol
        case .end: "the end"
        }
    }

    func error(_ message: String, _ code: DatabaseError.Code = .syntax) -> DatabaseError {
        DatabaseError(code, "Line \(line), column \(column): \(message)")
    }

    func unexpected(_ expected: String) -> DatabaseError {
        error("Expected \(expected), found \(shown).")
    }
}

/// A walk over tokens that ends with an `end` token for ever.
struct SQLTokens {
    let tokens: [SQLToken]
    var at = 0

    init(_ tokens: [SQLToken]) { self.tokens = tokens }

    var next: SQLToken { tokens[min(at, tokens.count - 1)] }

    func peek(_ distance: Int) -> SQLToken { tokens[min(at + distance, tokens.count - 1)] }

    mutating func advance() -> SQLToken {
        let token = next
        at += 1
        return token
    }

    func isAt(_ words: String...) -> Bool {
        for (distance, word) in words.enumerated()
        where peek(distance).kind != .word(word) { return false }
        return true
    }

    func isAt(symbol: String) -> Bool { next.kind == .symbol(symbol) }

    /// Takes the words if all of them stand here in this order.
    mutating func take(_ words: String...) -> Bool {
        for (distance, word) in words.enumerated()
        where peek(distance).kind != .word(word) { return false }
        at += words.count
        return true
    }

    mutating func take(symbol: String) -> Bool {
        guard isAt(symbol: symbol) else { return false }
        at += 1
        return true
    }

    mutating func expect(_ word: String) throws(DatabaseError) {
        if !take(word) { throw next.unexpected(word.uppercased()) }
    }

    mutating func expect(symbol: String) throws(DatabaseError) {
        if !take(symbol: symbol) { throw next.unexpected(symbol) }
    }
}
