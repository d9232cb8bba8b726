/// Which characters a term has and how many, in 32 bits: enough to tell most terms apart from a
/// word without looking at their texts.
///
/// Characters fall into groups. Bits 0 to 27 say of each group whether the term has one of it, and
/// of the most frequent letters, each a group of its own, whether it has two. Bits 28 to 31 are the
/// number of characters, where 15 stands for all that are more.
///
/// An edit adds a character, leaves one out, puts one in place of another, or exchanges two. One
/// more raises the count of one group by one, which sets at most one bit; one less clears at most
/// one; one in place of another does both at most; an exchange changes no count. So d edits set at
/// most d bits and clear at most d, whatever the characters are and however many bytes they have.
/// Where a term is n characters longer, n of the edits only add, so d - n bits at most are
/// cleared; where it is n shorter, d - n at most are set.
struct TermSignature: Equatable {
    let bits: UInt32

    /// The bits of the groups.
    static let groupBits: UInt32 = 1 << lengthShift - 1
    static let lengthShift: UInt32 = 28
    /// What stands for every greater length too.
    static let maximumLength = 15

    init(bits: UInt32) { self.bits = bits }

    /// That of no term.
    static let none = TermSignature(bits: 0)

    /// The signature of a term.
    ///
    /// - Complexity: O(bytes of the term); allocates nothing.
    @unsafe
    init(_ term: UnsafeRawBufferPointer) {
        var groups: UInt32 = 0
        var length = 0
        var at = 0
        while at < term.count {
            let (character, byteCount) = unsafe EditMatcher.character(term, at)
            let bit = Self.firstBits[Int(character & 31)]
            let isSecond = bit < Self.firstSingleBit && groups >> bit & 1 == 1
            groups |= 1 << (isSecond ? bit + 1 : bit)
            length += 1
            at += byteCount
        }
        bits = groups | UInt32(min(length, Self.maximumLength)) << Self.lengthShift
    }

    /// How many characters the term has, at most ``maximumLength``.
    var length: Int { Int(bits >> Self.lengthShift) }

    /// Whether a term of this signature may be within so many edits of a term of another one.
    @inline(__always)
    func isWithin(_ distance: Int, of other: TermSignature) -> Bool {
        let longer = length &- other.length
        let most = distance &+ min(0, longer)
        let least = distance &- max(0, longer)
        guard most >= 0, least >= 0 else { return false }
        let added = bits & ~other.bits & Self.groupBits
        let missing = other.bits & ~bits & Self.groupBits
        return added.nonzeroBitCount <= most && missing.nonzeroBitCount <= least
    }

    /// The bit of the group that a character is in, by its lower five bits; the group has the next
    /// bit as well if this one is below ``firstSingleBit``.
    ///
    /// In ASCII those five bits are a letter's place in the alphabet, and they tell apart most
    /// letters of other alphabets. Rare letters are together, so that each bit halves as many words
    /// as it can: e, a, i, o, n, r and l have two bits; g and q, b and j, f and z, k and x, w and v
    /// share one.
    private static let firstBits: [UInt32] = [
        27, 2, 23, 16, 18, 0, 24, 22, 21, 4, 23, 25, 12, 20, 8, 6,
        19, 22, 10, 15, 14, 17, 26, 26, 25, 27, 24, 22, 23, 24, 25, 26,
    ]
    private static let firstSingleBit: UInt32 = 14
}
