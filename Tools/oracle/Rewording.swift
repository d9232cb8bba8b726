/// Where a search text deliberately means something else here than to PostgreSQL, and the text with
/// which PostgreSQL is asked for what it means here.
///
/// So each deviation is exact: what we make of the text must be what PostgreSQL makes of the other.
struct Rewording {
    /// A deviation that Docs/Decisions/0009 lists.
    enum Deviation: String, CaseIterable {
        case dash = "a hyphen before a blank is a dash"
        case curlyQuotes = "curly quotes are quotes"
        case wholeRun = "& | ! < : do not end a word with something on both sides"
        case star = "a star makes a prefix"
        case limit = "words after the 64th are ignored"
    }

    /// What PostgreSQL is asked.
    private(set) var text = ""
    /// Which deviations the text has.
    private(set) var deviations: Set<Deviation> = []

    private var rest: Substring.UnicodeScalarView
    private var mayBeOr = false
    /// The text up to the hyphens that wait for an operand.
    private var beforeHyphens: String?

    /// Rewords a text without a star that is no longer than the limit.
    init(_ original: String) {
        rest = original[...].unicodeScalars
        while let scalar = rest.first {
            if Self.isSpace(scalar) {
                text.unicodeScalars.append(scalar)
                rest.removeFirst()
            } else if scalar == "-" {
                rewordHyphen()
            } else if Self.quotes.contains(scalar) {
                rewordQuoted()
            } else {
                rewordRun()
            }
        }
    }

    private mutating func rewordHyphen() {
        beforeHyphens = beforeHyphens ?? text
        rest.removeFirst()
        if let next = rest.first, next == "-" || !Self.isBlank(next) {
            text += "-"
        } else {
            deviations.insert(.dash)
            text = (beforeHyphens ?? "") + " "
            beforeHyphens = nil
        }
    }

    private mutating func rewordQuoted() {
        let open = rest.removeFirst()
        let inner = rest.prefix { !Self.quotes.contains($0) }
        rest = rest.dropFirst(inner.count)
        let close = rest.popFirst()
        if open != "\"" || (close ?? "\"") != "\"" { deviations.insert(.curlyQuotes) }
        text += "\"" + String(inner) + (close == nil ? "" : "\"")
        endOperand()
    }

    private mutating func rewordRun() {
        if mayBeOr && beforeHyphens == nil && isOr() {
            text += "or "
            rest = rest.dropFirst(2)
            mayBeOr = false
            return
        }
        let run = rest.prefix { !Self.isSpace($0) && !Self.quotes.contains($0) }
        rest = rest.dropFirst(run.count)
        if run.contains(where: { "&|!<:".unicodeScalars.contains($0) }) {
            deviations.insert(.wholeRun)
            text += "\"" + String(run) + "\""
        } else {
            text += String(run)
        }
        endOperand()
    }

    private mutating func endOperand() {
        mayBeOr = true
        beforeHyphens = nil
    }

    private func isOr() -> Bool {
        guard String(rest.prefix(2)).lowercased() == "or" else { return false }
        let following = rest.dropFirst(2)
        guard let next = following.first, next != "-", next != "_",
            !next.properties.isAlphabetic, next.properties.numericType == nil
        else { return false }
        return following.dropFirst().contains { !Self.isBlank($0) }
    }

    private static let quotes: Set<Unicode.Scalar> = ["\"", "\u{201C}", "\u{201D}", "\u{201E}"]

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "(" || scalar == ")" || isBlank(scalar)
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace
            && !["\u{85}", "\u{A0}", "\u{2007}", "\u{202F}"].contains(scalar)
    }
}

extension Rewording {
    /// A text with a deviation that whoever made the text up knows.
    init(_ text: String, for deviation: Deviation) {
        self.init(text)
        deviations.insert(deviation)
    }
}
