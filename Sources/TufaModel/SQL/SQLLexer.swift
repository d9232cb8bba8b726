internal import TufaBytes

/// Cuts SQL text into tokens, by PostgreSQL's rules for names, texts, numbers and comments.
struct SQLLexer {
    private let scalars: [Unicode.Scalar]
    private var at = 0
    private var line = 1
    private var lineStart = 0

    private init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// All tokens of a text, the last of them `end`.
    ///
    /// - Complexity: O(length of the text).
    static func tokens(of text: String) throws(DatabaseError) -> [SQLToken] {
        var lexer = SQLLexer(text)
        var tokens: [SQLToken] = []
        while true {
            try lexer.skipBlanks()
            let token = try lexer.token()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private var current: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

    private func scalar(_ distance: Int) -> Unicode.Scalar? {
        at + distance < scalars.count ? scalars[at + distance] : nil
    }

    private mutating func step() {
        if scalars[at] == "\n" {
            line += 1
            lineStart = at + 1
        }
        at += 1
    }

    private func mark(_ kind: SQLToken.Kind = .end) -> SQLToken {
        SQLToken(kind: kind, line: line, column: at - lineStart + 1, range: at..<at)
    }

    private mutating func skipBlanks() throws(DatabaseError) {
        while let scalar = current {
            if scalar == " " || scalar == "\n" || scalar == "\t" || scalar == "\r"
                || scalar == "\u{0C}" || scalar == "\u{FEFF}" && at == 0
            {
                step()
            } else if scalar == "-", self.scalar(1) == "-" {
                while let scalar = current, scalar != "\n" { step() }
            } else if scalar == "/", self.scalar(1) == "*" {
                try skipComment()
            } else {
                return
            }
        }
    }

    private mutating func skipComment() throws(DatabaseError) {
        let start = mark()
        var depth = 0
        while let scalar = current {
            if scalar == "/", self.scalar(1) == "*" {
                depth += 1
                step()
            } else if scalar == "*", self.scalar(1) == "/" {
                depth -= 1
                step()
            }
            step()
            if depth == 0 { return }
        }
        throw start.error("The comment that begins here has no */.")
    }

    private mutating func token() throws(DatabaseError) -> SQLToken {
        var token = mark()
        let start = at
        guard let scalar = current else { return token }
        if isNameStart(scalar) {
            token.kind = .word(name())
        } else if scalar == "\"" {
            let name = try quoted("\"", "name")
            if name.isEmpty { throw token.error("A name in quotes is empty.") }
            token.kind = .quotedName(name)
        } else if scalar == "'" {
            token.kind = .string(try quoted("'", "text"))
        } else if isDigit(scalar) || scalar == "." && self.scalar(1).map(isDigit) == true {
            token.kind = .number(try number())
        } else {
            token.kind = .symbol(try symbol())
        }
        token.range = start..<at
        return token
    }

    private func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar >= "0" && scalar <= "9" }

    private func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
        scalar >= "a" && scalar <= "z" || scalar >= "A" && scalar <= "Z" || scalar == "_"
            || scalar.value > 127 && scalar.properties.isAlphabetic
    }

    private mutating func name() -> String {
        var name = String.UnicodeScalarView()
        while let scalar = current,
            isNameStart(scalar) || isDigit(scalar) || scalar == "$"
        {
            let isCapital = scalar >= "A" && scalar <= "Z"
            name.append(isCapital ? Unicode.Scalar(UInt8(scalar.value) + 32) : scalar)
            step()
        }
        return String(name)
    }

    private mutating func quoted(
        _ quote: Unicode.Scalar, _ what: String
    ) throws(DatabaseError) -> String {
        let start = mark()
        var content = String.UnicodeScalarView()
        step()
        while let scalar = current {
            if scalar == quote {
                if self.scalar(1) != quote {
                    step()
                    return String(content)
                }
                step()
            }
            content.append(scalar)
            step()
        }
        throw start.error("The \(what) that begins here has no closing quote.")
    }

    private mutating func number() throws(DatabaseError) -> String {
        let start = at
        while let scalar = current, isDigit(scalar) { step() }
        if current == "." {
            step()
            while let scalar = current, isDigit(scalar) { step() }
        }
        if current == "e" || current == "E" {
            step()
            if current == "+" || current == "-" { step() }
            guard let scalar = current, isDigit(scalar)
            else { throw mark().error("Expected the digits of an exponent.") }
            while let scalar = current, isDigit(scalar) { step() }
        }
        if let scalar = current, isNameStart(scalar) {
            throw mark().error("Expected a blank after a number.")
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[start..<at])
        return String(text)
    }

    private mutating func symbol() throws(DatabaseError) -> String {
        let first = scalars[at]
        for pair in ["<>", "!=", "<=", ">=", "||", "::"] {
            let parts = Array(pair.unicodeScalars)
            if first == parts[0], scalar(1) == parts[1] {
                step()
                step()
                return pair
            }
        }
        guard "(),;.=<>+-*/%[]".unicodeScalars.contains(first)
        else {
            throw mark().error("The character \(Value.excerpt(String(first))) is not expected.")
        }
        step()
        return String(first)
    }
}
