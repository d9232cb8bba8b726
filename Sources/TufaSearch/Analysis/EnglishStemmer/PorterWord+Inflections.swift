// The endings of grammar: possessives, plurals, -ed, -ing, and a final y.
extension PorterWord {
    /// Step 0: drops `'`, `'s` and `'s'`.
    @inline(__always)
    mutating func removePossessive() {
        switch last {
        case UInt8(ascii: "'"): drop(ends(with: Suffix("'s'")) ? 3 : 1)
        case UInt8(ascii: "s"): if ends(with: Suffix("'s")) { drop(2) }
        default: break
        }
    }

    /// Step 1a: plurals, and -ied.
    @inline(__always)
    mutating func removePlural() {
        if last == UInt8(ascii: "s") {
            switch secondToLast {
            case UInt8(ascii: "e") where ends(with: Suffix("sses")): drop(2)
            case UInt8(ascii: "e") where ends(with: Suffix("ies")): shortenIed()
            case UInt8(ascii: "u"), UInt8(ascii: "s"): break
            default:
                // The letter just before the s does not count as the vowel.
                if hasVowel(before: count - 2) { drop(1) }
            }
        } else if ends(with: Suffix("ied")) {
            shortenIed()
        }
    }

    private mutating func shortenIed() {
        let stemEnd = count - 3
        let hasTwoScalars = stemEnd > 0 && scalarStart(before: stemEnd) > 0
        drop(hasTwoScalars ? 2 : 1)
    }

    /// Step 1b: -eed, -ed, -ing, with or without -ly.
    @inline(__always)
    mutating func removePast() {
        switch last {
        case UInt8(ascii: "d"):
            if ends(with: Suffix("eed")) {
                dropInRegion1(3, 1)
            } else if ends(with: Suffix("ed")) {
                removePast(suffixByteCount: 2)
            }
        case UInt8(ascii: "g"):
            if ends(with: Suffix("ing")) { removePast(suffixByteCount: 3) }
        case UInt8(ascii: "y"):
            if ends(with: Suffix("eedly")) {
                dropInRegion1(5, 3)
            } else if ends(with: Suffix("edly")) {
                removePast(suffixByteCount: 4)
            } else if ends(with: Suffix("ingly")) {
                removePast(suffixByteCount: 5)
            }
        default: break
        }
    }

    private mutating func removePast(suffixByteCount: Int) {
        guard hasVowel(before: count - suffixByteCount) else { return }
        drop(suffixByteCount)
        if ends(with: Suffix("at")) || ends(with: Suffix("bl")) || ends(with: Suffix("iz")) {
            drop(0, addE: true)
        } else if last == secondToLast && Self.isUndoubled(last) {
            drop(1)
        } else if region1 == count && hasShortSyllable(before: count) {
            drop(0, addE: true)
        }
    }

    /// Whether a doubled letter loses its twin: b, d, f, g, m, n, p, r and t do.
    @inline(__always)
    private static func isUndoubled(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "b"), UInt8(ascii: "d"), UInt8(ascii: "f"), UInt8(ascii: "g"),
            UInt8(ascii: "m"), UInt8(ascii: "n"), UInt8(ascii: "p"), UInt8(ascii: "r"),
            UInt8(ascii: "t"):
            true
        default: false
        }
    }

    /// Step 1c: a final y after a consonant that is not the first letter becomes i.
    @inline(__always)
    mutating func replaceFinalY() {
        guard last == UInt8(ascii: "y") || last == UInt8(ascii: "Y"), count > 2,
            !Self.isVowel(secondToLast), scalarStart(before: count - 1) > 0
        else { return }
        self[count - 1] = UInt8(ascii: "i")
        loadTail()
    }
}
