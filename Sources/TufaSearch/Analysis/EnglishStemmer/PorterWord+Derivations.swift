// The endings of word building. In each step the longest ending that matches decides, and what it
// does depends on the region it lies in.
extension PorterWord {
    /// Step 2: double endings such as -ization and -fulness become single ones.
    @inline(__always)
    mutating func reduceDoubleSuffix() {
        switch last {
        case UInt8(ascii: "i"): reduceDoubleSuffixInI()
        case UInt8(ascii: "l"):
            if ends(with: Suffix("ational")) {
                dropInRegion1(7, 5, addE: true)
            } else if ends(with: Suffix("tional")) {
                dropInRegion1(6, 2)
            }
        case UInt8(ascii: "n"):
            if ends(with: Suffix("ization")) {
                dropInRegion1(7, 5, addE: true)
            } else if ends(with: Suffix("ation")) {
                dropInRegion1(5, 3, addE: true)
            }
        case UInt8(ascii: "r"):
            if ends(with: Suffix("izer")) {
                dropInRegion1(4, 1)
            } else if ends(with: Suffix("ator")) {
                dropInRegion1(4, 2, addE: true)
            }
        case UInt8(ascii: "s"):
            if ends(with: Suffix("fulness")) || ends(with: Suffix("ousness"))
                || ends(with: Suffix("iveness"))
            {
                dropInRegion1(7, 4)
            }
        case UInt8(ascii: "m"):
            if ends(with: Suffix("alism")) { dropInRegion1(5, 3) }
        default: break
        }
    }

    private mutating func reduceDoubleSuffixInI() {
        switch secondToLast {
        case UInt8(ascii: "l"): reduceDoubleSuffixInLi()
        case UInt8(ascii: "t"):
            if ends(with: Suffix("biliti")) {
                guard region1 <= count - 6 else { return }
                self[count - 5] = UInt8(ascii: "l")
                drop(4, addE: true)
            } else if ends(with: Suffix("aliti")) {
                dropInRegion1(5, 3)
            } else if ends(with: Suffix("iviti")) {
                dropInRegion1(5, 3, addE: true)
            }
        case UInt8(ascii: "c"):
            if ends(with: Suffix("enci")) || ends(with: Suffix("anci")) {
                dropInRegion1(4, 1, addE: true)
            }
        case UInt8(ascii: "g"):
            if ends(with: Suffix("logi")) { dropInRegion1(3, 1) }
        default: break
        }
    }

    private mutating func reduceDoubleSuffixInLi() {
        if ends(with: Suffix("abli")) {
            dropInRegion1(4, 1, addE: true)
        } else if ends(with: Suffix("bli")) {
            dropInRegion1(3, 1, addE: true)
        } else if ends(with: Suffix("alli")) {
            dropInRegion1(4, 2)
        } else if ends(with: Suffix("entli")) || ends(with: Suffix("ousli"))
            || ends(with: Suffix("fulli"))
        {
            dropInRegion1(5, 2)
        } else if ends(with: Suffix("lessli")) {
            dropInRegion1(6, 2)
        } else if Self.isBeforeLi(UInt8(truncatingIfNeeded: tail >> 16)) {
            dropInRegion1(2, 2)
        }
    }

    /// Whether -li after this letter is an ending: after c, d, e, g, h, k, m, n, r and t it is.
    @inline(__always)
    private static func isBeforeLi(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "c"), UInt8(ascii: "d"), UInt8(ascii: "e"), UInt8(ascii: "g"),
            UInt8(ascii: "h"), UInt8(ascii: "k"), UInt8(ascii: "m"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            true
        default: false
        }
    }

    /// Step 3: -tional, -alize, -icate, -ical, -ful, -ness and their like.
    @inline(__always)
    mutating func reduceSuffix() {
        switch last {
        case UInt8(ascii: "l"):
            if ends(with: Suffix("ational")) {
                dropInRegion1(7, 5, addE: true)
            } else if ends(with: Suffix("tional")) {
                dropInRegion1(6, 2)
            } else if ends(with: Suffix("ical")) {
                dropInRegion1(4, 2)
            } else if ends(with: Suffix("ful")) {
                dropInRegion1(3, 3)
            }
        case UInt8(ascii: "e"):
            if ends(with: Suffix("alize")) || ends(with: Suffix("icate")) {
                dropInRegion1(5, 3)
            } else if ends(with: Suffix("ative")) && region2 <= count - 5 {
                dropInRegion1(5, 5)
            }
        case UInt8(ascii: "i"):
            if ends(with: Suffix("iciti")) { dropInRegion1(5, 3) }
        case UInt8(ascii: "s"):
            if ends(with: Suffix("ness")) { dropInRegion1(4, 4) }
        default: break
        }
    }

    /// Step 4: -al, -ance, -er, -ment, -ion and their like go if they lie in the second region.
    @inline(__always)
    mutating func removeSuffix() {
        let suffixByteCount = removableSuffixByteCount()
        if suffixByteCount > 0 && region2 <= count - suffixByteCount { drop(suffixByteCount) }
    }

    @inline(__always)
    private func removableSuffixByteCount() -> Int {
        switch last {
        case UInt8(ascii: "e"):
            if ends(with: Suffix("ate")) || ends(with: Suffix("ive")) || ends(with: Suffix("ize")) {
                return 3
            }
            return ends(with: Suffix("ance")) || ends(with: Suffix("ence"))
                || ends(with: Suffix("able")) || ends(with: Suffix("ible")) ? 4 : 0
        case UInt8(ascii: "t"):
            if ends(with: Suffix("ement")) { return 5 }
            if ends(with: Suffix("ment")) { return 4 }
            return ends(with: Suffix("ent")) || ends(with: Suffix("ant")) ? 3 : 0
        case UInt8(ascii: "n"):
            return ends(with: Suffix("sion")) || ends(with: Suffix("tion")) ? 3 : 0
        case UInt8(ascii: "l"): return secondToLast == UInt8(ascii: "a") ? 2 : 0
        case UInt8(ascii: "r"): return secondToLast == UInt8(ascii: "e") ? 2 : 0
        case UInt8(ascii: "c"): return secondToLast == UInt8(ascii: "i") ? 2 : 0
        case UInt8(ascii: "m"): return ends(with: Suffix("ism")) ? 3 : 0
        case UInt8(ascii: "i"): return ends(with: Suffix("iti")) ? 3 : 0
        case UInt8(ascii: "s"): return ends(with: Suffix("ous")) ? 3 : 0
        default: return 0
        }
    }

    /// Step 5: a final e, and one of two final l's.
    @inline(__always)
    mutating func removeFinalLetter() {
        if last == UInt8(ascii: "e") {
            if region2 <= count - 1
                || (region1 <= count - 1 && !hasShortSyllable(before: count - 1))
            {
                drop(1)
            }
        } else if ends(with: Suffix("ll")) && region2 <= count - 1 {
            drop(1)
        }
    }
}
