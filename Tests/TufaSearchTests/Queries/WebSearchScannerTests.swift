import Testing

@testable import TufaSearch

@Suite struct WebSearchScannerTests {
    @Test(
        "OR is an operator only between operands, and a word elsewhere",
        arguments: [
            ("a or b", "a OR b"),
            ("or a", "or a"),
            ("a or or b", "a OR or b"),
            ("a or or or b", "a OR or OR b"),
            ("a -or b", "a !or b"),
            ("a --or b", "a or b"),
            ("a --(or b", "a or b"),
            ("a - or b", "a OR b"),
            ("a or", "a or"),
            ("a or ", "a or"),
            ("a or,", "a or,"),
            ("a or, b", "a OR , b"),
            ("a or)", "a or"),
            ("a or- b", "a or- b"),
            ("\"a\"OR\"b\"", "[a] OR [b]"),
        ])
    func disjunction(_ text: String, _ expected: String) {
        #expect(scan(text) == expected)
    }

    @Test(
        "Quotes, hyphens, spaces and parentheses end and begin operands",
        arguments: [
            ("", ""),
            (" \u{2003}\u{3000}() ", ""),
            ("a\u{A0}b\u{2003}c -\u{A0}d", "a\u{A0}b c !\u{A0}d"),
            ("a(b)c", "a b c"),
            ("a\"b c\"d", "a [b c] d"),
            ("a \"b c", "a [b c]"),
            ("\"\"", "[]"),
            ("“a b„c", "[a b] c"),
            ("-a --b ---c - d -", "!a b !c d"),
            ("-\"a b\" -(c d)", "![a b] !c d"),
            ("a-b a- 'c'", "a-b a- 'c'"),
        ])
    func operands(_ text: String, _ expected: String) {
        #expect(scan(text) == expected)
    }

    /// The pieces of a text: phrases in brackets, excluded operands after a bang.
    private func scan(_ text: String) -> String {
        var scanner = WebSearchScanner(text)
        var pieces: [String] = []
        while let element = scanner.next() {
            switch element {
            case .or: pieces.append("OR")
            case .operand(let operand):
                let text = String(operand.text)
                let piece = operand.isQuoted ? "[\(text)]" : text
                pieces.append(operand.isExcluded ? "!" + piece : piece)
            }
        }
        return pieces.joined(separator: " ")
    }
}
