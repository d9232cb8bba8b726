extension PorterWord {
    /// Drops a leading apostrophe, marks the consonant y's and finds the two regions.
    @inline(__always)
    mutating func markRegions() {
        if self[0] == UInt8(ascii: "'") { dropFirst() }
        region1 = startOfRegion1AfterKnownPrefix()
        region2 = count
        var foundCount = region1 == 0 ? 0 : 1
        if foundCount == 0 { region1 = count }
        var isAfterVowel = false
        for index in 0..<count {
            let byte = self[index]
            if byte == UInt8(ascii: "y") && (isAfterVowel || index == 0) {
                self[index] = UInt8(ascii: "Y")
                hasConsonantY = true
            }
            let isVowel = Self.isVowel(self[index])
            if isAfterVowel && !isVowel {
                if foundCount == 0 {
                    region1 = scalarEnd(at: index)
                    foundCount = 1
                } else if foundCount == 1 && index > region1 {
                    region2 = scalarEnd(at: index)
                    foundCount = 2
                }
            }
            isAfterVowel = isVowel
        }
        if hasConsonantY { loadTail() }
    }

    /// Turns the marked y's back.
    @inline(__always)
    func unmarkConsonantY() {
        guard hasConsonantY else { return }
        for index in 0..<count where self[index] == UInt8(ascii: "Y") {
            self[index] = UInt8(ascii: "y")
        }
    }

    private mutating func dropFirst() {
        for index in 1..<count { self[index - 1] = self[index] }
        count -= 1
        loadTail()
    }

    /// The end of the scalar that starts at `index`.
    @inline(__always)
    private func scalarEnd(at index: Int) -> Int {
        var end = index + 1
        while end < count && self[end] & 0xC0 == 0x80 { end += 1 }
        return end
    }

    /// The length of one of three beginnings whose words would be cut too short, or zero.
    @inline(__always)
    private func startOfRegion1AfterKnownPrefix() -> Int {
        switch self[0] {
        case UInt8(ascii: "g"): hasPrefix("gener") ? 5 : 0
        case UInt8(ascii: "c"): hasPrefix("commun") ? 6 : 0
        case UInt8(ascii: "a"): hasPrefix("arsen") ? 5 : 0
        default: 0
        }
    }

    @inline(__always)
    private func hasPrefix(_ prefix: StaticString) -> Bool {
        guard count >= prefix.utf8CodeUnitCount else { return false }
        for index in 0..<prefix.utf8CodeUnitCount {
            // Safe: the index is below the literal's length.
            if unsafe prefix.utf8Start[index] != self[index] { return false }
        }
        return true
    }
}
