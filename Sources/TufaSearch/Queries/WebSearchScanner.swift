/// Cuts the text of a search box into operands and ORs.
struct WebSearchScanner {
    /// A run without spaces, or what stands between quotes.
    struct Operand {
        var text: Substring.UnicodeScalarView
        var isQuoted: Bool
        var isExcluded: Bool
    }

    /// One piece of the text.
    enum Element {
        case operand(Operand)
        case or
    }

    private var rest: Substring.UnicodeScalarView
    /// Whether an OR would have nothing on its left; then it is a word.
    private var isAtStart = true

    init(_ text: String) { rest = Substring(text).unicodeScalars }

    /// The next piece, or nil at the end.
    mutating func next() -> Element? {
        var isExcluded = false
        // Behind a hyphen stands an operand, so OR is a word there even where two cancel out.
        var hasHyphen = false
        while let scalar = rest.first {
            if scalar == "-" {
                rest.removeFirst()
                guard let following = rest.first, !following.isBreakingSpace else {
                    isExcluded = false
                    hasHyphen = false
                    continue
                }
                isExcluded.toggle()
                hasHyphen = true
            } else if Self.isQuote(scalar) {
                return quoted(isExcluded: isExcluded)
            } else if Self.isSpace(scalar) {
                rest.removeFirst()
            } else if !isAtStart && !hasHyphen && skipOr() {
                isAtStart = true
                return .or
            } else {
                return unquoted(isExcluded: isExcluded)
            }
        }
        return nil
    }

    private mutating func quoted(isExcluded: Bool) -> Element {
        let inner = rest.dropFirst()
        let end = inner.firstIndex(where: Self.isQuote) ?? inner.endIndex
        rest = inner[end...].dropFirst()
        isAtStart = false
        return .operand(Operand(text: inner[..<end], isQuoted: true, isExcluded: isExcluded))
    }

    private mutating func unquoted(isExcluded: Bool) -> Element {
        let end = rest.firstIndex { Self.isQuote($0) || Self.isSpace($0) } ?? rest.endIndex
        let text = rest[..<end]
        rest = rest[end...]
        isAtStart = false
        return .operand(Operand(text: text, isQuoted: false, isExcluded: isExcluded))
    }

    /// Steps over an OR that is a word of its own and has something on its right.
    private mutating func skipOr() -> Bool {
        guard String(rest.prefix(2)).lowercased() == "or" else { return false }
        let following = rest.dropFirst(2)
        guard let scalar = following.first, scalar != "-", scalar != "_", !scalar.continuesWord,
            following.dropFirst().contains(where: { !$0.isBreakingSpace })
        else { return false }
        rest = following
        return true
    }

    private static func isQuote(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\"", "\u{201C}", "\u{201D}", "\u{201E}": true
        default: false
        }
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "(" || scalar == ")" || scalar.isBreakingSpace
    }
}
