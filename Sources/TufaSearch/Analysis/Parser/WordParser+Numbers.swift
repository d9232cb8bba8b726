// Numbers, versions, and the hosts and words that begin with a digit.

extension WordParser {
    /// Finds the token that begins with the digit at an index.
    mutating func parseNumber(_ from: Int) -> Bool {
        let stop = unsafe skipDigits(from)
        switch unsafe byte(stop) {
        case UInt8(ascii: "."):
            if unsafe parseHost(.first, stop + 1) { return true }
            if unsafe isDigit(stop + 1) { return unsafe accept(Found(end: decimal(stop + 1))) }
        case UInt8(ascii: "-"), UInt8(ascii: "_"):
            if unsafe parseHost(.afterHyphen, stop + 1) { return true }
        case UInt8(ascii: "@"):
            if let end = unsafe address(stop + 1) { return unsafe accept(Found(end: end)) }
        case UInt8(ascii: "/"):
            if let end = unsafe file(stop + 1) { return unsafe accept(Found(end: end)) }
        default:
            if let end = unsafe exponent(stop) { return unsafe accept(Found(end: end)) }
            if unsafe isLetter(stop), unsafe parseHost(.inside, stop + 1) { return true }
            if unsafe role(stop).role != .other { return unsafe parseNumberedWord(stop) }
        }
        return unsafe accept(Found(end: stop))
    }

    /// The end of a number, from the digit behind its dot; more dots make it a version.
    private func decimal(_ from: Int) -> Int {
        var stop = unsafe skipDigits(from)
        if let end = unsafe exponent(stop) { return end }
        while unsafe byte(stop) == UInt8(ascii: "."), unsafe isDigit(stop + 1) {
            stop = unsafe skipDigits(stop + 1)
        }
        return stop
    }

    /// The end of an exponent at an index.
    func exponent(_ from: Int) -> Int? {
        guard unsafe entry(from) == UInt8(ascii: "e") else { return nil }
        let sign = unsafe byte(from + 1)
        let digits = sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") ? from + 2 : from + 1
        return unsafe isDigit(digits) ? unsafe skipDigits(digits) : nil
    }

    /// Finds the number with the sign at the offset.
    mutating func parseSigned() -> Bool {
        let from = unsafe offset
        guard unsafe isDigit(from + 1) else { return false }
        var stop = unsafe skipDigits(from + 1)
        if unsafe byte(stop) == UInt8(ascii: "."), unsafe isDigit(stop + 1) {
            stop = unsafe skipDigits(stop + 1)
            // A version has no sign.
            if unsafe byte(stop) == UInt8(ascii: "."), unsafe isDigit(stop + 1) {
                unsafe offset = from + 1
                return unsafe parseNumber(from + 1)
            }
        }
        return unsafe accept(Found(end: exponent(stop) ?? stop))
    }
}
