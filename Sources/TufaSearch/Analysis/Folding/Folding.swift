/// How the characters of a term are made alike.
///
/// Letters are folded to lower case one by one, what is invisible goes, and what Unicode holds to
/// be the same text, composed or not, becomes the same bytes: those of its composed form (NFC).
struct Folding: Hashable, Sendable {
    /// Whether accents go as well: `é` is `e`, `ß` is `ss` and `ø` is `o`.
    var dropsAccents = false

    /// The folding of a word of ASCII: lower case.
    static let plain = Folding()

    /// Writes the folding of a text to memory with room for the longest term, and returns its
    /// length; what does not fit is cut off between two characters.
    ///
    /// Bytes that are not UTF-8 are replaced by U+FFFD, and zeros go.
    /// - Complexity: O(bytes of the text), and no more than some of the longest term.
    @unsafe @inline(never)
    func write(
        _ text: UnsafeBufferPointer<UInt8>, into output: UnsafeMutablePointer<UInt8>
    ) -> Int {
        unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Scalars.capacity) {
            memory in
            guard let base = memory.baseAddress else { return 0 }
            var scalars = unsafe Scalars(base: base)
            unsafe append(text, to: &scalars)
            return unsafe scalars.encode(into: output)
        }
    }

    /// Appends the folded scalars of a text, as many as there is room for, in composed form.
    @unsafe
    func append(_ text: UnsafeBufferPointer<UInt8>, to scalars: inout Scalars) {
        guard let base = text.baseAddress else { return }
        var index = 0
        while unsafe index < text.count && scalars.hasRoom {
            let byte = unsafe base[index]
            if byte < 0x80 {
                if byte != 0 { unsafe append(Unicode.Scalar(byte), to: &scalars) }
                index += 1
                continue
            }
            let (scalar, byteCount) = unsafe UTF8Reader.decode(base, at: index, end: text.count)
            index += byteCount
            unsafe append(scalar ?? "\u{FFFD}", to: &scalars)
        }
        if unsafe scalars.needsComposing { unsafe scalars.compose(droppingAccents: dropsAccents) }
    }

    /// Appends the folding of one scalar.
    @unsafe @inline(__always)
    func append(_ scalar: Unicode.Scalar, to scalars: inout Scalars) {
        if scalar.value >= 0xAD && !ScalarTable.isIdeographOrSyllable(scalar.value)
            && (scalar.value == 0xAD || scalar.value >= 0x300) && scalar.isIgnorable
        {
            return
        }
        if scalar.value < 0x80 {
            let isCapital = scalar.value &- 0x41 < 26
            unsafe scalars.append(isCapital ? scalar.value | 0x20 : scalar.value)
            return
        }
        let folded = ScalarTable.shared.folding(of: scalar)
        if dropsAccents || !Self.isComposed(folded.value) {
            unsafe scalars.needsComposing = true
        }
        unsafe scalars.append(folded.value)
    }

    /// Whether a scalar has one form and none to compose with: of Latin and Cyrillic letters, and
    /// of what is written in China, Japan and Korea.
    @inline(__always)
    private static func isComposed(_ value: UInt32) -> Bool {
        value < 0x300 || 0x400..<0x483 ~= value || ScalarTable.isIdeographOrSyllable(value)
    }
}
