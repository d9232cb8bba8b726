import TufaSearch

/// Writes the terms of texts as the comparison has PostgreSQL write them: `cat:2 sat:3`.
final class TermWriter {
    private var tokens = TokenBuffer()

    /// The terms of the English analyzer with their positions.
    func line(_ text: String) -> String {
        Analyzer.english.analyze(text, into: &tokens)
        var line = ""
        for index in 0..<tokens.count {
            let token = tokens[index]
            if index > 0 { line += " " }
            line += "\(tokens.text(token)):\(token.position)"
        }
        return line
    }

    /// The words of a text in lower case, neither stemmed nor filtered.
    func words(_ text: String) -> [String] {
        Analyzer.english.tokenize(text, into: &tokens)
        return (0..<tokens.count).map { tokens.text(tokens[$0]) }
    }
}
