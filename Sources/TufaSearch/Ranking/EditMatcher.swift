/// Tells how many edits lie between one word and each of many, which come in ascending order.
///
/// An edit adds, leaves out or replaces a character, or exchanges two neighbours (optimal string
/// alignment; Damerau 1964, Wagner and Fischer 1974). The rows of the table are kept for as long as
/// the next word begins like the last.
struct EditMatcher {
    /// How a word lies to the one looked for.
    enum Outcome: Equatable {
        /// It is so many edits away, and that is near enough.
        case distance(Int)
        /// It is too far.
        case far
        /// It is too far, and so is everything that begins with as many of its bytes.
        case farFrom(prefixByteCount: Int)
    }

    private let word: [Unicode.Scalar]
    private let limit: Int
    /// A row for each character of the current word, and one before the first.
    private var rows: [[Int]]
    private var characters: [Unicode.Scalar] = []
    /// Bytes of the current word up to and with each character.
    private var ends: [Int] = []
    private var bytes: [UInt8] = []

    /// Looks for words within `limit` edits of `word`.
    init(_ word: String, within limit: Int) {
        self.word = Array(word.unicodeScalars)
        self.limit = max(0, limit)
        rows = [Array(0...self.word.count)]
    }

    /// How another word lies to the one looked for.
    ///
    /// - Complexity: O(characters that differ from the last word · length of the word).
    mutating func match(_ other: [UInt8]) -> Outcome {
        var shared = 0
        while shared < min(bytes.count, other.count), bytes[shared] == other[shared] { shared += 1 }
        // Only whole characters are kept.
        while let end = ends.last, end > shared {
            ends.removeLast()
            characters.removeLast()
        }
        rows.removeSubrange((characters.count + 1)...)
        bytes = other
        let rest = String(decoding: other[(ends.last ?? 0)...], as: UTF8.self)
        for scalar in rest.unicodeScalars {
            if isFar { break }
            append(scalar)
        }
        if isFar { return .farFrom(prefixByteCount: ends.last ?? 0) }
        let distance = rows[characters.count][word.count]
        return distance <= limit ? .distance(distance) : .far
    }

    /// Whether nothing that begins like the current word is near enough.
    ///
    /// An exchange reaches back over one row, so two rows must be too far.
    private var isFar: Bool {
        rows.count > 2 && rows.suffix(2).allSatisfy { ($0.min() ?? 0) > limit }
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        let above = rows[characters.count]
        var row = [characters.count + 1]
        row.reserveCapacity(word.count + 1)
        for (index, own) in word.enumerated() {
            var least = min(row[index], above[index + 1]) + 1
            least = min(least, above[index] + (own == scalar ? 0 : 1))
            if let last = characters.last, index > 0, own == last, word[index - 1] == scalar {
                least = min(least, rows[characters.count - 1][index - 1] + 1)
            }
            row.append(least)
        }
        rows.append(row)
        characters.append(scalar)
        ends.append((ends.last ?? 0) + UTF8.width(scalar))
    }
}
