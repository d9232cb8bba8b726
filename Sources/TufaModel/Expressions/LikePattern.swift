/// SQL's LIKE: `%` is any run of characters, `_` any one, and a backslash takes the next as it is.
enum LikePattern {
    private enum Part: Equatable {
        case one(Unicode.Scalar)
        case anyOne
        case anyRun
    }

    /// Whether the whole text matches; characters are Unicode scalars.
    ///
    /// - Complexity: O(length of the text * length of the pattern) at worst.
    static func matches(_ text: String, _ pattern: String) -> Bool {
        let parts = parse(pattern)
        let text = Array(text.unicodeScalars)
        var (textAt, partAt) = (0, 0)
        var (retryText, retryPart) = (0, -1)
        while textAt < text.count {
            if partAt < parts.count, parts[partAt] == .anyRun {
                partAt += 1
                (retryText, retryPart) = (textAt, partAt)
            } else if partAt < parts.count,
                parts[partAt] == .anyOne || parts[partAt] == .one(text[textAt])
            {
                textAt += 1
                partAt += 1
            } else if retryPart >= 0 {
                // Only the last run needs a longer try: an earlier one could reach no further.
                retryText += 1
                (textAt, partAt) = (retryText, retryPart)
            } else {
                return false
            }
        }
        return parts[partAt...].allSatisfy { $0 == .anyRun }
    }

    private static func parse(_ pattern: String) -> [Part] {
        var parts: [Part] = []
        var scalars = pattern.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            switch scalar {
            case "%": parts.append(.anyRun)
            case "_": parts.append(.anyOne)
            case "\\": parts.append(.one(scalars.next() ?? scalar))
            default: parts.append(.one(scalar))
            }
        }
        return parts
    }
}
