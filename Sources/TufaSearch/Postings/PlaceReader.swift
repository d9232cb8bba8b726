/// Reads the steps of places in a packed block, from any place on; it moves forward only.
///
/// The quotient of a step is so many zero bits before a one: that of place `n` begins behind `n`
/// ones.
@unsafe
struct PlaceReader {
    private let block: PackedBlock
    private let quotients: UnsafeRawPointer
    private let remainders: Int
    private let width: Int
    /// A place, and where its quotient begins.
    private var place = 0
    private var bit = 0

    init(_ block: PackedBlock, fieldCount: Int) {
        unsafe self.block = block
        unsafe quotients = block.base + block.quotients
        unsafe remainders =
            block.counts
            &+ PackedBlock.countByteCount(
                block.countCount(fieldCount: fieldCount),
                PackedBlock.countWidths[block.countWidthCode])
        unsafe width = block.remainderWidth
    }

    /// Word `index` of the quotients.
    @inline(__always)
    private func word(_ index: Int) -> UInt64 {
        // Safe: the block ends with a whole word of quotients.
        unsafe quotients.loadUnaligned(fromByteOffset: index &<< 3, as: UInt64.self)
    }

    /// The word with the next quotient, without the bits before it.
    private var nextWord: UInt64 {
        @inline(__always) get {
            unsafe word(bit &>> 6) & (.max &<< UInt64(truncatingIfNeeded: bit & 63))
        }
    }

    /// Moves to a place that is not before the one that the reader is at.
    ///
    /// - Complexity: O(places between).
    mutating func seek(_ target: Int) {
        guard unsafe target > place else { return }
        // The quotient begins behind the one of the place before.
        var left = unsafe target &- place &- 1
        var index = unsafe bit &>> 6
        var word = unsafe nextWord
        while true {
            // The ones of each byte, then those up to and with each byte.
            var ones = word &- (word &>> 1 & 0x5555_5555_5555_5555)
            ones = (ones & 0x3333_3333_3333_3333) &+ (ones &>> 2 & 0x3333_3333_3333_3333)
            ones = (ones &+ ones &>> 4) & 0x0F0F_0F0F_0F0F_0F0F
            ones = ones &* 0x0101_0101_0101_0101
            let count = Int(ones &>> 56)
            if left < count {
                unsafe bit = index &<< 6 &+ Self.place(ofOne: left, in: word, ones) &+ 1
                unsafe place = target
                return
            }
            left &-= count
            index &+= 1
            unsafe word = self.word(index)
        }
    }

    /// Where the one behind `left` others is in a word; `ones` are those up to and with each byte
    /// (Vigna, "Broadword Implementation of Rank/Select Queries", 2008).
    @safe @inline(__always)
    private static func place(ofOne left: Int, in word: UInt64, _ ones: UInt64) -> Int {
        let each: UInt64 = 0x0101_0101_0101_0101
        let wanted = UInt64(truncatingIfNeeded: left) &* each
        let highest: UInt64 = 0x8080_8080_8080_8080
        // The highest bit of each byte with no more ones up to it than are to be left out.
        let passed = ((wanted | highest) &- ones) & highest
        let shift = ((passed &>> 7) &* each) &>> 53 & ~7
        var rest = left &- Int(truncatingIfNeeded: (ones &<< 8) &>> shift & 0xFF)
        var byte = word &>> shift
        while rest > 0 {
            byte &= byte &- 1
            rest &-= 1
        }
        return Int(truncatingIfNeeded: shift) &+ byte.trailingZeroBitCount
    }

    /// The step of a place that is not before the one that the reader is at; the reader stays at
    /// it.
    ///
    /// - Complexity: O(places between).
    @inline(__always)
    mutating func step(at target: Int) -> UInt32 {
        unsafe seek(target)
        var reader = unsafe self
        return unsafe reader.next()
    }

    /// The step of the place that the reader is at, which then moves on.
    @inline(__always)
    mutating func next() -> UInt32 {
        var word = unsafe nextWord
        var index = unsafe bit &>> 6
        while word == 0 {
            index &+= 1
            unsafe word = self.word(index)
        }
        let end = index &<< 6 &+ word.trailingZeroBitCount
        let quotient = unsafe UInt32(truncatingIfNeeded: end &- bit)
        let remainder = unsafe block.number(remainders, place, width)
        unsafe bit = end &+ 1
        unsafe place &+= 1
        return unsafe quotient &<< UInt32(truncatingIfNeeded: width) | remainder
    }
}
