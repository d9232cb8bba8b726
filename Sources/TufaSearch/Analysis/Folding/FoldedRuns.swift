/// From how many scalars on a run ends as soon as it may.
private let runCount = 512

/// Reads a whole text as folded scalars, a run at a time.
///
/// Blanks are reduced to one space between what stands around them. A run ends before a scalar that
/// composes with none before it, so that it does not matter where a text is cut.
@unsafe
struct FoldedRuns {
    private let text: UnsafeBufferPointer<UInt8>
    private let folding: Folding
    /// Where the next run begins.
    private(set) var offset = 0
    /// Where the run last read begins, without the blanks before it.
    private(set) var runStart = 0
    private var hasText = false
    private var owesSpace = false

    init(text: UnsafeBufferPointer<UInt8>, folding: Folding) {
        unsafe self.text = text
        unsafe self.folding = folding
    }

    /// Whether the whole text was read.
    var isAtEnd: Bool { unsafe offset >= text.count }

    /// Appends the next run; true at the end of the text.
    mutating func fill(_ scalars: inout Scalars) -> Bool {
        unsafe fill(&scalars, toCount: runCount)
    }

    /// Appends the next run, which ends as soon as it may.
    mutating func fillShortest(_ scalars: inout Scalars) {
        _ = unsafe fill(&scalars, toCount: 1)
    }

    private mutating func fill(_ scalars: inout Scalars, toCount runCount: Int) -> Bool {
        guard let base = unsafe text.baseAddress else { return true }
        while unsafe offset < text.count {
            guard unsafe scalars.hasRoom else { break }
            let byte = unsafe base[offset]
            var scalar = Unicode.Scalar(byte)
            var byteCount = 1
            if byte >= 0x80 {
                let decoded = unsafe UTF8Reader.decode(base, at: offset, end: text.count)
                scalar = decoded.scalar ?? "\u{FFFD}"
                byteCount = decoded.byteCount
            }
            if unsafe scalars.count >= runCount
                && (byte < 0x80 || ScalarTable.isIdeographOrSyllable(scalar.value))
            {
                break
            }
            unsafe offset += byteCount
            if unsafe Self.isBlank(scalar) {
                unsafe owesSpace = hasText
                continue
            }
            if unsafe scalars.count == 0 { unsafe runStart = offset - byteCount }
            if unsafe owesSpace {
                unsafe scalars.append(0x20)
                unsafe owesSpace = false
            }
            unsafe hasText = true
            unsafe folding.append(scalar, to: &scalars)
        }
        if unsafe scalars.needsComposing {
            unsafe scalars.compose(droppingAccents: folding.dropsAccents)
            unsafe scalars.needsComposing = false
        }
        return unsafe offset >= text.count
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value <= 0x20 || scalar.value == 0x7F { return true }
        return scalar.value >= 0x80 && scalar.properties.isWhitespace
    }
}
