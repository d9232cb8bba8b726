extension PorterWord {
    /// Replaces a word that follows no rule; true if the word is done.
    @inline(__always)
    mutating func replaceIrregular() -> Bool {
        switch count {
        case 3: return isWhole(Suffix("sky"))
        case 4: return replaceIrregularOfFour()
        case 5: return replaceIrregularOfFive()
        case 6: return replaceIrregularOfSix()
        default: return false
        }
    }

    /// Whether the word is one of those that only lose their plural.
    @inline(__always)
    func isInvariantAfterPlural() -> Bool {
        switch count {
        case 6:
            isWhole(Suffix("inning")) || isWhole(Suffix("outing")) || isWhole(Suffix("exceed"))
        case 7:
            isWhole(Suffix("canning")) || isWhole(Suffix("herring"))
                || isWhole(Suffix("earring")) || isWhole(Suffix("proceed"))
                || isWhole(Suffix("succeed"))
        default: false
        }
    }

    private mutating func replaceIrregularOfFour() -> Bool {
        if isWhole(Suffix("news")) || isWhole(Suffix("howe")) || isWhole(Suffix("bias")) {
            return true
        }
        if isWhole(Suffix("skis")) {
            count = 3
            return true
        }
        if isWhole(Suffix("idly")) {
            count = 3
            return true
        }
        if isWhole(Suffix("ugly")) || isWhole(Suffix("only")) {
            self[3] = UInt8(ascii: "i")
            return true
        }
        return false
    }

    private mutating func replaceIrregularOfFive() -> Bool {
        if isWhole(Suffix("atlas")) || isWhole(Suffix("andes")) { return true }
        if isWhole(Suffix("skies")) {
            self[2] = UInt8(ascii: "y")
            count = 3
            return true
        }
        if isWhole(Suffix("dying")) || isWhole(Suffix("lying")) || isWhole(Suffix("tying")) {
            self[1] = UInt8(ascii: "i")
            self[2] = UInt8(ascii: "e")
            count = 3
            return true
        }
        if isWhole(Suffix("early")) {
            self[4] = UInt8(ascii: "i")
            return true
        }
        return false
    }

    private mutating func replaceIrregularOfSix() -> Bool {
        if isWhole(Suffix("cosmos")) { return true }
        if isWhole(Suffix("gently")) {
            count = 5
            return true
        }
        if isWhole(Suffix("singly")) {
            count = 5
            return true
        }
        return false
    }
}
