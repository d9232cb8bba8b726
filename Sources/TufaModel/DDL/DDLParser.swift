public import TufaBytes

/// Reads a schema in PostgreSQL's words: `CREATE TABLE`, `CREATE [UNIQUE] INDEX`.
public enum DDLParser {
    /// Reads all statements of a text into one schema of version 1, and checks it.
    ///
    /// The words are those of PostgreSQL, and a few of them: `Docs/Format/Schema.md` lists the
    /// three things that it has no words for. Whatever is not known is refused, never skipped.
    ///
    /// - Throws: `syntax`, `unsupported`, `schema_mismatch` or another code that says what is wrong
    ///   with the schema, with line and column in the message.
    /// - Complexity: O(length of the text).
    public static func parse(_ text: String) throws(DatabaseError) -> DatabaseSchema {
        var reader = DDLReader(try SQLLexer.tokens(of: text), Array(text.unicodeScalars))
        return try reader.schema()
    }
}

/// The state of reading a schema: the tokens, and the tables so far.
struct DDLReader {
    var tokens: SQLTokens
    let scalars: [Unicode.Scalar]
    var tables: [TableSchema] = []
    /// Where a table, a field or a rule was declared, for mistakes that only the whole shows.
    var places: [String: SQLToken] = [:]

    init(_ tokens: [SQLToken], _ scalars: [Unicode.Scalar]) {
        self.tokens = SQLTokens(tokens)
        self.scalars = scalars
    }

    mutating func schema() throws(DatabaseError) -> DatabaseSchema {
        while true {
            while tokens.take(symbol: ";") {}
            if tokens.next.kind == .end { break }
            try statement()
            guard tokens.isAt(symbol: ";") || tokens.next.kind == .end
            else { throw tokens.next.unexpected("; after the statement") }
        }
        let schema = DatabaseSchema(tables)
        do {
            try schema.validate()
        } catch {
            throw placed(error)
        }
        return schema
    }

    private mutating func statement() throws(DatabaseError) {
        guard
            tokens.isAt("create", "table") || tokens.isAt("create", "index")
                || tokens.isAt("create", "unique", "index")
        else {
            // Where the statement creates something else, that is what is not known.
            let isOther = tokens.isAt("create") && tokens.peek(1).kind != .end
            throw (isOther ? tokens.peek(1) : tokens.next)
                .unexpected(isOther ? "TABLE or INDEX" : "CREATE TABLE or CREATE INDEX")
        }
        _ = tokens.advance()
        if tokens.take("table") {
            try createTable()
        } else {
            let isUnique = tokens.take("unique")
            try tokens.expect("index")
            try createIndex(isUnique: isUnique)
        }
    }

    /// Takes `IF NOT EXISTS`.
    mutating func ifNotExists() throws(DatabaseError) -> Bool {
        guard tokens.take("if") else { return false }
        try tokens.expect("not")
        try tokens.expect("exists")
        return true
    }

    /// A name, in lower case unless it is in quotes.
    mutating func name(of what: String) throws(DatabaseError) -> String {
        let token = tokens.next
        switch token.kind {
        case .quotedName(let name):
            _ = tokens.advance()
            return name
        case .word(let word):
            if SQLWords.reserved.contains(word) { throw token.unexpected("the name of a \(what)") }
            _ = tokens.advance()
            if tokens.isAt(symbol: ".") {
                throw token.error(
                    "Names stand alone here, without \(token.shown.lowercased()). before them.")
            }
            return word
        default: throw token.unexpected("the name of a \(what)")
        }
    }

    /// A list of names in parentheses.
    mutating func names(of what: String) throws(DatabaseError) -> [String] {
        try tokens.expect(symbol: "(")
        var names: [String] = []
        repeat { names.append(try name(of: what)) } while tokens.take(symbol: ",")
        try tokens.expect(symbol: ")")
        return names
    }

    /// The error with the line and column of what it is about, where that is known.
    private func placed(_ error: DatabaseError) -> DatabaseError {
        guard let table = error.table else { return error }
        var keys: [String] = []
        for field in error.fields { keys.append("\(table).\(field)") }
        if let rule = error.rule { keys.insert("\(table)#\(rule)", at: 0) }
        keys.append(table)
        guard let place = keys.lazy.compactMap({ places[$0] }).first else { return error }
        var placed = error
        placed.message = place.error(error.message).message
        return placed
    }
}

/// Words that a name without quotes cannot be.
enum SQLWords {
    static let reserved: Set<String> = [
        "and", "as", "asc", "between", "check", "constraint", "create", "current_timestamp",
        "default", "desc", "false", "foreign", "in", "is", "like", "not", "null", "on", "or",
        "primary", "references", "table", "true", "unique", "using", "where",
    ]

    /// Words that mean something where a name may stand, so that the printer puts such a name in
    /// quotes to be safe.
    static let special: Set<String> = reserved.union([
        "if", "index", "key", "only", "exclude", "user", "order", "group", "select", "from", "to",
        "timestamp", "timestamptz", "length", "char_length", "character_length", "lower", "upper",
        "coalesce", "now", "end", "limit", "offset", "all", "any", "case", "when", "then", "else",
    ])

    /// A name as it reads back as the same name.
    static func name(_ name: String) -> String {
        let isPlain =
            name.utf8.first.map { $0 == 95 || $0 >= 97 && $0 <= 122 } == true
            && name.utf8.allSatisfy {
                $0 == 95 || $0 >= 97 && $0 <= 122 || $0 >= 48 && $0 <= 57
            }
        if isPlain, !special.contains(name) { return name }
        var quoted = "\""
        for scalar in name.unicodeScalars {
            if scalar == "\"" { quoted.unicodeScalars.append(scalar) }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
