import TufaSearch

/// Compares terms and their positions, text by text.
struct TokenComparison {
    /// PostgreSQL keeps no more positions of a lexeme in a text.
    private static let keptPositionCount = 255

    private let writer = TermWriter()
    private(set) var totalCount = 0
    private(set) var beyondKeptCount = 0
    /// What PostgreSQL drops where the last character of a text stands behind a backslash, within
    /// the open quote of an open tag.
    private(set) var lostTextCount = 0
    private(set) var unexplainedCount = 0
    private var listed: [String] = []

    /// How many tokens only one of the two has.
    var differingCount: Int { beyondKeptCount + lostTextCount + unexplainedCount }

    /// Compares one text.
    mutating func compare(_ text: String, theirs: String, number: Int) {
        let ours = writer.line(text)
        totalCount += theirs.utf8.lazy.count { $0 == UInt8(ascii: " ") } + (theirs.isEmpty ? 0 : 1)
        if ours == theirs { return }
        if text.unicodeScalars.dropLast().last == "\\", ours.hasPrefix(theirs) {
            lostTextCount += ours.dropFirst(theirs.count).count { $0 == " " }
            list("text \(number): PostgreSQL drops what follows a quote that is never closed")
            return
        }
        let left = Set(theirs.split(separator: " "))
        let right = Set(ours.split(separator: " "))
        var missing = left.subtracting(right)
        var extra = right.subtracting(left)
        let frequent = extra.filter { isBeyondKept($0, in: left) }
        beyondKeptCount += frequent.count
        if let first = frequent.min() {
            list("text \(number): \(first) and more: beyond the 255 positions that are kept")
        }
        extra.subtract(frequent)
        missing.subtract(extra)
        if missing.isEmpty && extra.isEmpty { return }
        unexplainedCount += max(missing.count, extra.count)
        let differences =
            missing.sorted().map { "-\($0)" }.prefix(8) + extra.sorted().map { "+\($0)" }.prefix(8)
        list(
            "text \(number): unexplained: \(differences.joined(separator: " "))"
                + (text.utf8.count < 300 ? " in \(text.debugDescription)" : ""))
    }

    private func isBeyondKept(_ token: Substring, in theirs: Set<Substring>) -> Bool {
        guard let colon = token.lastIndex(of: ":") else { return false }
        let start = token[...colon]
        return theirs.count { $0.hasPrefix(start) } >= Self.keptPositionCount
    }

    private mutating func list(_ line: String) { listed.append(line) }

    /// Prints the differences and how many there are.
    func report(_ name: String, documentCount: Int) {
        for line in listed.prefix(Comparison.listedCount) { print("  \(line)") }
        let share = 100 * Double(differingCount) / Double(max(1, totalCount))
        print(
            "tokens of \(name): \(differingCount) of \(totalCount) differ",
            "in \(documentCount) texts (\((share * 10_000).rounded() / 10_000) %):",
            "\(beyondKeptCount) beyond the positions kept, \(lostTextCount) behind an open quote,",
            "\(unexplainedCount) unexplained")
    }
}
