/// What a search found in one field of a row: fragments of its text with the words that were
/// asked for.
public struct Snippet: Sendable, Hashable {
    /// One part of a text.
    public struct Fragment: Sendable, Hashable {
        /// The part of the text, as it is in the row.
        public let text: String
        /// The words that were asked for, as ranges of the UTF-8 of ``text``: ascending, apart.
        public let highlights: [Range<Int>]
        /// Whether the text goes on before the fragment.
        public let isCutBefore: Bool
        /// Whether the text goes on behind the fragment.
        public let isCutBehind: Bool
    }

    /// The name of the field.
    public let field: String
    /// The fragments, in the order of the text; one without highlights where the words are in
    /// other fields only.
    public let fragments: [Fragment]

    /// Whether any word that was asked for is in the field.
    public var isMatch: Bool { fragments.contains { !$0.highlights.isEmpty } }
}

// MARK: - Writing

extension Snippet {
    /// The fragments as HTML: what could be read as markup is escaped, and the words that were
    /// asked for stand in an element.
    ///
    /// The result is safe as the content of an element and, as quotes are escaped too, of an
    /// attribute. The name of the element is written as it is.
    /// - Complexity: O(length of the fragments).
    public func html(element: String = "mark") -> String {
        joined("<\(element)>", "</\(element)>") { Self.appendEscaped($0, to: &$1) }
    }

    /// The fragments as plain text with marks around the words that were asked for.
    ///
    /// - Complexity: O(length of the fragments).
    public func text(opening: String, closing: String) -> String {
        joined(opening, closing) { $1 += String(decoding: $0, as: UTF8.self) }
    }

    private func joined(
        _ opening: String, _ closing: String,
        _ append: (ArraySlice<UInt8>, inout String) -> Void
    ) -> String {
        var result = ""
        for (number, fragment) in fragments.enumerated() {
            if fragment.isCutBefore { result += number == 0 ? "…" : " … " }
            let bytes = Array(fragment.text.utf8)
            var at = 0
            for range in fragment.highlights {
                append(bytes[at..<range.lowerBound], &result)
                result += opening
                append(bytes[range], &result)
                result += closing
                at = range.upperBound
            }
            append(bytes[at...], &result)
        }
        if fragments.last?.isCutBehind == true { result += "…" }
        return result
    }

    private static func appendEscaped(_ bytes: ArraySlice<UInt8>, to result: inout String) {
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
