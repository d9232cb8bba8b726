internal import TufaBytes

/// Cuts a strict query into pieces.
struct StrictSearchScanner {
    /// What stands behind a word.
    enum Suffix: Equatable {
        case none
        case prefix
        case fuzzy(distance: Int)
    }

    /// One piece of the text.
    enum Piece: Equatable {
        case word(String, Suffix)
        /// A phrase, and how many other words may stand between its own.
        case phrase(String, distance: Int?)
        /// Words near each other, and how many others may stand between them.
        case near(String, distance: Int)
        case field(String)
        case and, or, not, open, close, end

        /// Whether something to look for begins here.
        var beginsOperand: Bool {
            switch self {
            case .word, .phrase, .near, .field, .not, .open: true
            case .and, .or, .close, .end: false
            }
        }

        /// The piece in an error.
        var description: String {
            switch self {
            case .word(let text, _): text
            case .phrase(let text, _): "\"\(text)\""
            case .near: "NEAR"
            case .field(let name): "\(name):"
            case .and: "AND"
            case .or: "OR"
            case .not: "NOT"
            case .open: "("
            case .close: ")"
            case .end: "The end"
            }
        }
    }

    private var rest: Substring.UnicodeScalarView
    private let text: String
    /// The piece at the scanner.
    private(set) var piece = Piece.end
    /// The column at which it begins, from 1.
    private(set) var column = 1

    /// How near words are where NEAR does not say.
    private static let standardDistance = 10

    init(_ text: String) {
        self.text = text
        rest = Substring(text).unicodeScalars
    }

    /// An error at the piece.
    func problem(_ what: String) -> DatabaseError {
        DatabaseError(
            .syntax, "Column \(column): \(what).",
            advice: "Quote what is text: \"…\"; or search as people type, which refuses nothing.")
    }

    /// Goes to the next piece.
    mutating func advance() throws(DatabaseError) {
        while let scalar = rest.first, scalar.properties.isWhitespace { rest.removeFirst() }
        column = text.unicodeScalars.distance(from: text.startIndex, to: rest.startIndex) + 1
        guard let scalar = rest.first else {
            piece = .end
            return
        }
        switch scalar {
        case "(", ")":
            rest.removeFirst()
            piece = scalar == "(" ? .open : .close
        case "-":
            rest.removeFirst()
            piece = .not
        case "\"":
            piece = try phrase()
        default:
            piece = try word()
        }
    }

    private mutating func phrase() throws(DatabaseError) -> Piece {
        let inner = rest.dropFirst()
        guard let end = inner.firstIndex(of: "\"") else {
            throw problem("A quote is not closed")
        }
        rest = inner[end...].dropFirst()
        let text = String(inner[..<end])
        guard rest.first == "~" else { return .phrase(text, distance: nil) }
        rest.removeFirst()
        guard let distance = number() else { throw problem("A number is missing behind ~") }
        return .phrase(text, distance: distance)
    }

    private mutating func word() throws(DatabaseError) -> Piece {
        let end = rest.firstIndex { Self.endsWord($0) } ?? rest.endIndex
        let word = String(rest[..<end])
        rest = rest[end...]
        switch (word, rest.first) {
        case ("AND", _): return .and
        case ("OR", _): return .or
        case ("NOT", _): return .not
        case ("NEAR", "("): return try near()
        case ("", let other):
            let shown = other.map { String($0) } ?? ""
            throw problem("\(shown) stands where a word is expected")
        case (_, ":"):
            rest.removeFirst()
            return .field(word)
        case (_, "*"):
            rest.removeFirst()
            return .word(word, .prefix)
        case (_, "~"):
            rest.removeFirst()
            let distance = number() ?? 1
            guard (1...SearchExpression.maximumEditCount).contains(distance) else {
                throw problem("A word is 1 or 2 edits away, not \(distance)")
            }
            return .word(word, .fuzzy(distance: distance))
        default: return .word(word, .none)
        }
    }

    private mutating func near() throws(DatabaseError) -> Piece {
        let inner = rest.dropFirst()
        guard let end = inner.firstIndex(of: ")") else {
            throw problem("The parenthesis behind NEAR is not closed")
        }
        let parts = inner[..<end].split(separator: ",", omittingEmptySubsequences: false)
        rest = inner[end...].dropFirst()
        let words = parts.first.map { String($0) } ?? ""
        guard parts.count == 2 else {
            if parts.count > 2 { throw problem("NEAR has words and one number") }
            return .near(words, distance: Self.standardDistance)
        }
        var digits = parts[1].drop { $0.properties.isWhitespace }
        while digits.last?.properties.isWhitespace == true { digits.removeLast() }
        guard let distance = Int(String(digits)), distance >= 0 else {
            throw problem("The distance of NEAR is a number, not \(String(parts[1]))")
        }
        return .near(words, distance: min(distance, 1 << 24))
    }

    /// The digits here, as a number of at most seven of them.
    private mutating func number() -> Int? {
        let digits = rest.prefix { ("0"..."9").contains($0) }
        guard !digits.isEmpty, digits.count <= 7, let number = Int(String(digits)) else {
            return nil
        }
        rest = rest[digits.endIndex...]
        return number
    }

    private static func endsWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "(", ")", "\"", ":", "*", "~": true
        default: scalar.properties.isWhitespace
        }
    }
}
