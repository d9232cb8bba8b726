/// A word while it is being stemmed: its bytes, its length so far and its two regions.
///
/// A `y` that acts as a consonant is written as `Y` meanwhile.
@safe
struct PorterWord {
    /// The bytes; they belong to the caller of `stem` and outlive this value.
    let base: UnsafeMutablePointer<UInt8>
    /// Length so far, in bytes; it never grows beyond the first one.
    var count: Int
    /// The last eight bytes, the last one lowest; zeros stand before a shorter word.
    var tail: UInt64
    /// Where the region after the first vowel and consonant begins.
    var region1: Int
    /// Where the same region of that region begins.
    var region2: Int
    /// Whether a `Y` was written.
    var hasConsonantY = false

    /// Wraps the `count` bytes at `base`.
    @unsafe @inline(__always)
    init(base: UnsafeMutablePointer<UInt8>, count: Int) {
        unsafe self.base = base
        self.count = count
        region1 = count
        region2 = count
        tail = 0
        loadTail()
    }

    @inline(__always)
    subscript(index: Int) -> UInt8 {
        // Safe: every caller stays within 0..<count.
        get { unsafe base[index] }
        nonmutating set { unsafe base[index] = newValue }
    }

    @inline(__always)
    mutating func loadTail() {
        if count >= 8 {
            // Safe: the eight bytes before `count` belong to the word.
            tail = unsafe UInt64(
                bigEndian: UnsafeRawPointer(base + (count - 8)).loadUnaligned(as: UInt64.self))
            return
        }
        tail = 0
        for index in 0..<count { tail = tail << 8 | UInt64(self[index]) }
    }
}

// MARK: - Letters

extension PorterWord {
    /// Whether a byte is one of a, e, i, o, u and the vowel y.
    @inline(__always)
    static func isVowel(_ byte: UInt8) -> Bool {
        // One bit for each byte from 0x40 to 0x7F.
        let vowels: UInt64 = 1 << 0x21 | 1 << 0x25 | 1 << 0x29 | 1 << 0x2F | 1 << 0x35 | 1 << 0x39
        return byte & 0xC0 == 0x40 && vowels >> UInt64(byte & 0x3F) & 1 == 1
    }

    /// The start of the scalar that ends before `end`, which is greater than zero.
    @inline(__always)
    func scalarStart(before end: Int) -> Int {
        var start = end - 1
        while start > 0 && self[start] & 0xC0 == 0x80 { start -= 1 }
        return start
    }

    /// Whether the word has at least three scalars; shorter ones are not stemmed.
    @inline(__always)
    func hasThreeScalars() -> Bool {
        // Two scalars take at most eight bytes.
        if count > 8 || tail & 0x8080_8080_8080_8080 == 0 { return count > 2 }
        var scalarCount = 0
        for index in 0..<count where self[index] & 0xC0 != 0x80 { scalarCount += 1 }
        return scalarCount > 2
    }

    /// Whether one of the first `end` bytes is a vowel; of a negative `end`, none is.
    @inline(__always)
    func hasVowel(before end: Int) -> Bool {
        var index = 0
        while index < end {
            if Self.isVowel(self[index]) { return true }
            index += 1
        }
        return false
    }

    /// Whether the bytes up to `end` close with a short syllable: a vowel between two consonants
    /// of which the second is not w, x or Y, or a vowel and a consonant that are the whole word.
    @inline(__always)
    func hasShortSyllable(before end: Int) -> Bool {
        guard end > 1 else { return false }
        let start = scalarStart(before: end)
        let last = self[start]
        guard start > 0, !Self.isVowel(last), Self.isVowel(self[start - 1]) else { return false }
        if start == 1 { return true }
        return !Self.isVowel(self[start - 2])
            && last != UInt8(ascii: "w") && last != UInt8(ascii: "x") && last != UInt8(ascii: "Y")
    }
}

// MARK: - Suffixes

extension PorterWord {
    /// The last byte; the word is not empty.
    @inline(__always)
    var last: UInt8 { UInt8(truncatingIfNeeded: tail) }

    /// The byte before the last one, or zero.
    @inline(__always)
    var secondToLast: UInt8 { UInt8(truncatingIfNeeded: tail >> 8) }

    /// Whether the word ends with a suffix.
    @inline(__always)
    func ends(with suffix: Suffix) -> Bool { tail & suffix.mask == suffix.value }

    /// Whether the word is these letters and no more.
    @inline(__always)
    func isWhole(_ word: Suffix) -> Bool { count == word.byteCount && tail == word.value }

    /// Takes the last `dropped` bytes away and adds an `e` when asked.
    @inline(__always)
    mutating func drop(_ dropped: Int, addE: Bool = false) {
        count -= dropped
        if addE {
            self[count] = UInt8(ascii: "e")
            count += 1
        }
        loadTail()
    }

    /// Drops bytes if a suffix of `byteCount` bytes lies in the first region.
    @inline(__always)
    mutating func dropInRegion1(_ byteCount: Int, _ dropped: Int, addE: Bool = false) {
        if region1 <= count - byteCount { drop(dropped, addE: addE) }
    }
}
