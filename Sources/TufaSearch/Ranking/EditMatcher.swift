/// Tells how many edits lie between one word and each of many, which come in ascending order.
///
/// An edit adds, leaves out or replaces a character, or exchanges two neighbours (optimal string
/// alignment; Damerau 1964, Wagner and Fischer 1974). Only the cells near the diagonal are computed
/// (Ukkonen 1985), and the rows are kept for as long as the next word begins like the last.
struct EditMatcher {
    /// How a word lies to the one looked for.
    enum Outcome: Equatable {
        /// It is so many edits away, and that is near enough.
        case distance(Int)
        /// It is too far.
        case far
        /// It is too far, and so is everything that begins with as many of its bytes.
        case farFrom(prefixByteCount: Int)

        /// Whether longer words that begin like this one have to be looked at.
        var isUndecided: Bool {
            if case .farFrom = self { false } else { true }
        }
    }

    private let word: [UInt32]
    private let limit: Int
    /// A cell that is too far, however far.
    private let beyond: UInt8
    private let stride: Int
    /// A row for the empty word, and one for each character of the current word.
    private var table: [UInt8]
    /// The least cell of each row.
    private var least: [UInt8]
    /// The characters of the current word, and its bytes up to and with each.
    private var characters: [UInt32]
    private var ends: [Int]
    private var count = 0
    /// The current word, as far as its rows were computed.
    private var bytes: [UInt8]

    /// Looks for words within `limit` edits of `word`, at most 100 of them.
    init(_ word: String, within limit: Int) {
        self.word = word.unicodeScalars.map(\.value)
        self.limit = min(max(0, limit), 100)
        beyond = UInt8(self.limit) + 1
        stride = self.word.count + 1
        let rowCount = TokenBuffer.maximumTermByteCount + 1
        table = Array(repeating: beyond, count: rowCount * stride)
        for column in 0..<min(stride, self.limit + 1) { table[column] = UInt8(column) }
        least = Array(repeating: 0, count: rowCount)
        characters = Array(repeating: 0, count: rowCount)
        ends = Array(repeating: 0, count: rowCount)
        bytes = Array(repeating: 0, count: rowCount)
    }

    /// How another word, of at most 255 bytes, lies to the one looked for.
    ///
    /// - Complexity: O(characters that differ from the last word · limit); allocates nothing.
    @unsafe
    mutating func match(_ other: UnsafeRawBufferPointer) -> Outcome {
        precondition(
            other.count <= TokenBuffer.maximumTermByteCount, "A term is longer than terms are.")
        var shared = 0
        let most = count == 0 ? 0 : min(ends[count - 1], other.count)
        while shared < most, unsafe bytes[shared] == other[shared] { shared += 1 }
        // Only whole characters are kept.
        while count > 0, ends[count - 1] > shared { count -= 1 }
        var at = count == 0 ? 0 : ends[count - 1]
        while at < other.count, !isFar {
            let (character, byteCount) = unsafe Self.character(other, at)
            for index in at..<at + byteCount { bytes[index] = unsafe other[index] }
            at += byteCount
            append(character, end: at)
        }
        if isFar { return .farFrom(prefixByteCount: ends[count - 1]) }
        let distance = table[count * stride + word.count]
        return distance < beyond ? .distance(Int(distance)) : .far
    }

    /// Whether nothing that begins like the current word is near enough.
    ///
    /// An exchange reaches back over one row, so two rows must be too far.
    private var isFar: Bool {
        count > 1 && least[count] >= beyond && least[count - 1] >= beyond
    }

    private mutating func append(_ character: UInt32, end: Int) {
        let row = count + 1
        let above = count * stride
        let this = row * stride
        var rowLeast = beyond
        // Cells further from the diagonal than the limit are beyond it.
        let first = max(1, row - limit)
        let last = min(word.count, row + limit)
        table[this] = UInt8(min(row, Int(beyond)))
        if row <= limit { rowLeast = table[this] }
        if first > 1, first - 1 <= word.count { table[this + first - 1] = beyond }
        if first <= last {
            for column in first...last {
                let own = word[column - 1]
                var cell = table[above + column - 1] + (own == character ? 0 : 1)
                cell = min(cell, table[this + column - 1] + 1)
                // Above the last cell of the band there is a stale one.
                if column < row + limit { cell = min(cell, table[above + column] + 1) }
                if column > 1, row > 1, own == characters[count - 1],
                    word[column - 2] == character
                {
                    cell = min(cell, table[above - stride + column - 2] + 1)
                }
                cell = min(cell, beyond)
                table[this + column] = cell
                rowLeast = min(rowLeast, cell)
            }
        }
        if row + limit < word.count { table[this + word.count] = beyond }
        least[row] = rowLeast
        characters[count] = character
        ends[count] = end
        count = row
    }

    /// The character that begins at an offset; a byte that begins none stands for itself.
    @unsafe @inline(__always)
    private static func character(
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
