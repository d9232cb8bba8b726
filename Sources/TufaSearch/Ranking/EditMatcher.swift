/// Tells how many edits lie between one word and each of many others.
///
/// An edit adds, leaves out or replaces a character, or exchanges two neighbours, and none touches
/// what another one has changed (optimal string alignment; Damerau 1964, Wagner and Fischer 1974).
/// For a word of up to 64 characters a column of the table is four words of bits (Myers, "A Fast
/// Bit-Vector Algorithm for Approximate String Matching Based on Dynamic Programming", 1999; with
/// exchanges, Hyyrö, "A Bit-Vector Algorithm for Computing Levenshtein and Damerau Edit Distances",
/// 2003).
struct EditMatcher {
    /// The word looked for.
    private let word: [UInt32]
    /// More edits than these are not told apart.
    let limit: Int
    /// For each character of ASCII where it stands in the word, a bit for each place.
    private var places = [UInt64](repeating: 0, count: 128)
    /// The same for the other characters of the word.
    private var otherPlaces: [(character: UInt32, places: UInt64)] = []

    /// The longest word that fits in the bits.
    private static let bitCount = UInt64.bitWidth

    /// Looks for words within `limit` edits of `word`, at most 100 of them.
    init(_ word: String, within limit: Int) {
        self.word = word.unicodeScalars.map(\.value)
        self.limit = min(max(0, limit), 100)
        guard self.word.count <= Self.bitCount else { return }
        for (place, character) in self.word.enumerated() {
            let bit: UInt64 = 1 << UInt64(place)
            if character < 0x80 {
                places[Int(character)] |= bit
            } else if let at = otherPlaces.firstIndex(where: { $0.character == character }) {
                otherPlaces[at].places |= bit
            } else {
                otherPlaces.append((character, bit))
            }
        }
    }

    /// How many edits away another word is; nil for more than ``limit``.
    ///
    /// - Complexity: O(characters of the other one), and for a word of more than 64 times those of
    ///   the word; allocates nothing for a word of up to 64.
    @unsafe
    func distance(to other: UnsafeRawBufferPointer) -> Int? {
        // There are at most as many characters as bytes.
        if other.count + limit < word.count { return nil }
        return word.count <= Self.bitCount
            ? unsafe bitDistance(to: other) : unsafe tableDistance(to: other)
    }

    /// Goes through the columns of the table; bit i of a word of bits speaks of row i + 1.
    @unsafe @inline(__always)
    private func bitDistance(to other: UnsafeRawBufferPointer) -> Int? {
        if word.isEmpty { return unsafe Self.characterCount(other, atMost: limit) }
        let lastRow = UInt64(word.count - 1)
        // Where a cell is one more than the cell above it, and where one less.
        var more = UInt64.max
        var less: UInt64 = 0
        // Where a cell is no more than the one above to the left of it.
        var level: UInt64 = 0
        var equalBefore: UInt64 = 0
        var distance = word.count
        var at = 0
        while at < other.count {
            let equal: UInt64
            let byte = unsafe other[at]
            if byte < 0x80 {
                equal = places[Int(byte)]
                at &+= 1
            } else {
                let (character, byteCount) = unsafe Self.character(other, at)
                equal = otherPlaces.first { $0.character == character }?.places ?? 0
                at &+= byteCount
            }
            let exchanged = (~level & equal) << 1 & equalBefore
            level = (((equal & more) &+ more) ^ more) | equal | less | exchanged
            let moreThanLeft = less | ~(level | more)
            let lessThanLeft = level & more
            distance &+= Int(truncatingIfNeeded: moreThanLeft >> lastRow & 1)
            distance &-= Int(truncatingIfNeeded: lessThanLeft >> lastRow & 1)
            // Every character that is left can bring the distance down by one.
            if distance &- (other.count &- at) > limit { return nil }
            // The topmost row counts the characters of the other word, so it is always one more.
            let above = moreThanLeft << 1 | 1
            more = lessThanLeft << 1 | ~(level | above)
            less = above & level
            equalBefore = equal
        }
        return distance <= limit ? distance : nil
    }

    /// The same by the table itself, of which three rows are kept.
    @unsafe
    private func tableDistance(to other: UnsafeRawBufferPointer) -> Int? {
        var row = Array(0...word.count)
        // An exchange looks at the row before the last one, of which there is none at first.
        var rowBefore = row
        var next = row
        var characterBefore: UInt32?
        var at = 0
        while at < other.count {
            let (character, byteCount) = unsafe Self.character(other, at)
            at += byteCount
            next[0] = row[0] + 1
            for column in 1...word.count {
                let own = word[column - 1]
                var cell = row[column - 1] + (own == character ? 0 : 1)
                cell = min(cell, row[column] + 1, next[column - 1] + 1)
                if column > 1, own == characterBefore, word[column - 2] == character {
                    cell = min(cell, rowBefore[column - 2] + 1)
                }
                next[column] = cell
            }
            swap(&rowBefore, &row)
            swap(&row, &next)
            characterBefore = character
        }
        return row[word.count] <= limit ? row[word.count] : nil
    }

    /// The number of characters; nil for more than `limit`.
    @unsafe
    private static func characterCount(
        _ bytes: UnsafeRawBufferPointer, atMost limit: Int
    ) -> Int? {
        var count = 0
        var at = 0
        while at < bytes.count {
            unsafe at += character(bytes, at).byteCount
            count += 1
        }
        return count <= limit ? count : nil
    }

    /// The character that begins at an offset; a byte that begins none stands for itself.
    @unsafe @inline(__always)
    static func character(
        _ bytes: UnsafeRawBufferPointer, _ at: Int
    ) -> (UInt32, byteCount: Int) {
        let first = unsafe UInt32(bytes[at])
        let length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard length > 1, at + length <= bytes.count else { return (first, 1) }
        var character = first & (0x7F >> UInt32(length))
        for next in 1..<length {
            character = unsafe character << 6 | UInt32(bytes[at + next] & 0x3F)
        }
        return (character, length)
    }
}
