import TufaSearch

/// Reads what PostgreSQL writes for a `tsquery`.
struct TsqueryReader {
    /// What cannot be read is a mistake of the comparison itself.
    struct Unreadable: Error {
        let text: String
    }

    private let text: String
    private var rest: Substring

    /// The query that a text of PostgreSQL's stands for; an empty one finds nothing.
    static func read(_ text: String) throws -> SearchQuery {
        if text.isEmpty { return .nothing }
        var reader = TsqueryReader(text: text, rest: text[...])
        let query = try reader.disjunction()
        guard reader.rest.isEmpty else { throw Unreadable(text: text) }
        return query
    }

    private mutating func disjunction() throws -> SearchQuery {
        var parts = [try conjunction()]
        while skip("|") { parts.append(try conjunction()) }
        return parts.count == 1 ? parts[0] : .or(parts)
    }

    private mutating func conjunction() throws -> SearchQuery {
        var parts = [try phrase()]
        while skip("&") { parts.append(try phrase()) }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func phrase() throws -> SearchQuery {
        let first = try unary()
        var places: [String?]?
        while skip("<") {
            var distance = 1
            if !skip("->") {
                let digits = rest.prefix { $0.isNumber }
                guard let number = Int(digits) else { throw Unreadable(text: text) }
                distance = number
                rest = rest.dropFirst(digits.count)
                guard skip(">") else { throw Unreadable(text: text) }
            }
            let head = try places ?? words(of: first)
            let tail = try words(of: unary())
            places = head + Array(repeating: nil, count: distance - 1) + tail
        }
        return places.map(SearchQuery.phrase) ?? first
    }

    private func words(of query: SearchQuery) throws -> [String?] {
        switch query {
        case .term(let term): [term]
        case .phrase(let terms): terms
        default: throw Unreadable(text: text)
        }
    }

    private mutating func unary() throws -> SearchQuery {
        if skip("!") { return .not(try unary()) }
        if skip("(") {
            let query = try disjunction()
            guard skip(")") else { throw Unreadable(text: text) }
            return query
        }
        guard skip("'") else { throw Unreadable(text: text) }
        var term = ""
        while let character = rest.unicodeScalars.popFirst() {
            if character == "'" {
                guard rest.unicodeScalars.first == "'" else { break }
                rest.unicodeScalars.removeFirst()
            } else if character == "\\" {
                rest.unicodeScalars.removeFirst()
            }
            term.unicodeScalars.append(character)
        }
        skipSpaces()
        return .term(term)
    }

    private mutating func skip(_ sign: String) -> Bool {
        guard rest.hasPrefix(sign) else { return false }
        rest = rest.dropFirst(sign.count)
        // The text of a term may begin with a space.
        if sign != "'" { skipSpaces() }
        return true
    }

    private mutating func skipSpaces() { rest = rest.drop { $0 == " " } }
}
