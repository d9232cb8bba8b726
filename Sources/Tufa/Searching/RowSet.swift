/// A set of row numbers below a limit.
struct RowSet {
    private var words: [UInt64]
    private(set) var count = 0

    init(limit: UInt32) { words = Array(repeating: 0, count: Int(limit) / 64 + 1) }

    mutating func insert(_ number: UInt32) {
        let bit: UInt64 = 1 << UInt64(number & 63)
        let word = Int(number >> 6)
        if words[word] & bit == 0 {
            words[word] |= bit
            count += 1
        }
    }

    @inline(__always)
    func contains(_ number: UInt32) -> Bool {
        let word = Int(number >> 6)
        return word < words.count && words[word] & (1 << UInt64(number & 63)) != 0
    }
}
