/// A set of documents below a limit, and a score for each.
@unsafe
struct DocumentSet {
    private let bits: UnsafeMutablePointer<UInt64>
    private let scores: UnsafeMutablePointer<Double>
    private let wordCount: Int
    /// The greatest score of a document of the set.
    private(set) var greatestScore = 0.0
    /// How many documents there are.
    private(set) var count = 0

    init(limit: UInt32) {
        unsafe wordCount = Int(limit) / 64 + 1
        unsafe bits = .allocate(capacity: wordCount)
        unsafe bits.initialize(repeating: 0, count: wordCount)
        // Safe: a score is read only where its bit is set, and is written with the bit.
        unsafe scores = .allocate(capacity: Int(limit))
    }

    func deallocate() {
        unsafe bits.deallocate()
        unsafe scores.deallocate()
    }

    /// Adds to the score of a document, which is in the set from now on.
    @inline(__always)
    mutating func add(_ document: UInt32, _ score: Double) {
        let word = unsafe bits + Int(document >> 6)
        let bit: UInt64 = 1 << UInt64(document & 63)
        let isThere = unsafe word.pointee & bit != 0
        let sum = unsafe isThere ? scores[Int(document)] + score : score
        unsafe word.pointee |= bit
        unsafe count &+= isThere ? 0 : 1
        unsafe scores[Int(document)] = sum
        unsafe greatestScore = max(greatestScore, sum)
    }

    /// The score of a document of the set.
    @inline(__always)
    func score(_ document: UInt32) -> Double { unsafe scores[Int(document)] }

    /// The first document of the set that is at least `target`; ``PostingCursor/atEnd`` for none.
    @inline(__always)
    func first(atLeast target: UInt32) -> UInt32 {
        var index = Int(target >> 6)
        guard unsafe index < wordCount else { return PostingCursor.atEnd }
        var word = unsafe bits[index] & (.max << UInt64(target & 63))
        while word == 0 {
            index &+= 1
            guard unsafe index < wordCount else { return PostingCursor.atEnd }
            word = unsafe bits[index]
        }
        return UInt32(truncatingIfNeeded: index << 6 &+ word.trailingZeroBitCount)
    }
}
