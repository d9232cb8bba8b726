// Words, with digits and hyphens in them or without.

extension WordParser {
    /// Finds the token that begins with the letter or digit at the offset; false if it is one that
    /// is stepped over.
    @inline(never)
    mutating func parseToken() -> Bool {
        let from = unsafe offset
        if unsafe isDigit(from) { return unsafe parseNumber(from) }
        if unsafe isLetter(from) { return unsafe parseWord() }
        return unsafe parseRun(from)
    }

    /// Takes what was found as the token that begins at the offset.
    @inline(__always)
    mutating func accept(_ found: Found) -> Bool {
        unsafe start = offset
        unsafe end = found.end
        unsafe kind = found.kind
        unsafe offset = found.end
        if unsafe mode == .text { unsafe mode = .fresh }
        return true
    }

    /// The token that begins with an ASCII letter.
    private mutating func parseWord() -> Bool {
        let stop = unsafe skipLetters(offset)
        switch unsafe byte(stop) {
        case UInt8(ascii: "."):
            if unsafe parseHost(.first, stop + 1) { return true }
            if unsafe isFile(stop + 1) { return unsafe accept(Found(end: fileEnd(stop + 1))) }
        case UInt8(ascii: "-"):
            if unsafe parseHost(.afterHyphen, stop + 1) { return true }
            if let found = unsafe hyphenated(stop + 1, .ascii) {
                return unsafe acceptHyphenated(found)
            }
        case UInt8(ascii: "_"):
            if unsafe parseHost(.afterHyphen, stop + 1) { return true }
        case UInt8(ascii: "@"):
            if let end = unsafe address(stop + 1) { return unsafe accept(Found(end: end)) }
        case UInt8(ascii: ":"):
            if unsafe byte(stop + 1) == UInt8(ascii: "/"),
                unsafe byte(stop + 2) == UInt8(ascii: "/")
            {
                unsafe offset = stop + 3
                unsafe mode = .fresh
                return false
            }
        case UInt8(ascii: "/"):
            if let end = unsafe file(stop + 1) { return unsafe accept(Found(end: end)) }
        default:
            if unsafe isDigit(stop) {
                if unsafe parseHost(.inside, stop + 1) { return true }
                return unsafe parseNumberedWord(stop)
            }
            return unsafe parseRun(stop)
        }
        return unsafe accept(Found(end: stop, kind: .word))
    }

    /// The rest of a word of any letters.
    private mutating func parseRun(_ from: Int) -> Bool {
        var index = from
        while true {
            let scalar = unsafe role(index)
            if scalar.role == .digit { return unsafe parseNumberedWord(index) }
            if scalar.role == .other { break }
            index += scalar.byteCount
        }
        if unsafe byte(index) == UInt8(ascii: "-"), unsafe offset < index,
            let found = unsafe hyphenated(index + 1, .letters)
        {
            return unsafe acceptHyphenated(found)
        }
        return unsafe accept(Found(end: index, kind: .word))
    }

    /// The rest of a word with digits in it.
    mutating func parseNumberedWord(_ from: Int) -> Bool {
        unsafe acceptNumbered(numberedWord(from))
    }

    /// Takes a word with digits in it, which may be a hyphenated one.
    mutating func acceptNumbered(_ numbered: (found: Found, isHyphenated: Bool)) -> Bool {
        numbered.isHyphenated
            ? unsafe acceptHyphenated(numbered.found) : unsafe accept(numbered.found)
    }

    /// The end of a word with digits in it.
    func numberedWord(_ from: Int) -> (found: Found, isHyphenated: Bool) {
        let stop = unsafe skipRun(from)
        switch unsafe byte(stop) {
        case UInt8(ascii: "@"):
            if let end = unsafe address(stop + 1) { return (Found(end: end), false) }
        case UInt8(ascii: "/"):
            if let end = unsafe file(stop + 1) { return (Found(end: end), false) }
        case UInt8(ascii: "."):
            if unsafe isFile(stop + 1) { return unsafe (Found(end: fileEnd(stop + 1)), false) }
        case UInt8(ascii: "-"):
            if let found = unsafe hyphenated(stop + 1, .numbers) { return (found, true) }
        default: break
        }
        return (Found(end: stop), false)
    }

    /// The index behind a run of letters, digits and marks.
    func skipRun(_ from: Int) -> Int {
        var index = from
        while true {
            let scalar = unsafe role(index)
            if scalar.role == .other { return index }
            index += scalar.byteCount
        }
    }
}

// MARK: - Hyphens

extension WordParser {
    /// Which scalars a hyphenated word has had so far.
    enum Level {
        case ascii, letters, numbers
    }

    /// The rest of a hyphenated word, from the index behind its first hyphen; nil if no part of a
    /// word begins there.
    func hyphenated(_ from: Int, _ level: Level) -> Found? {
        guard var level = unsafe levelOfPart(from, level) else { return nil }
        var index = from
        while true {
            let scalar = unsafe role(index)
            switch scalar.role {
            case .letter, .mark:
                if scalar.byteCount > 1 && level == .ascii { level = .letters }
            case .digit: level = .numbers
            case .other:
                guard unsafe byte(index) == UInt8(ascii: "-"),
                    let next = unsafe levelOfPart(index + 1, level)
                else { return Found(end: index, kind: level == .numbers ? .literal : .word) }
                level = next
            }
            index += scalar.byteCount
        }
    }

    /// The level of a hyphenated word with the part at an index; nil if no part begins there, as
    /// with digits alone.
    private func levelOfPart(_ from: Int, _ level: Level) -> Level? {
        let first = unsafe role(from)
        switch first.role {
        case .letter:
            if level == .ascii && first.byteCount > 1 { return .letters }
            return level
        case .digit:
            let following = unsafe role(skipDigits(from)).role
            return following == .letter || following == .mark ? .numbers : nil
        case .mark, .other: return nil
        }
    }

    /// Takes a hyphenated word; its parts come next.
    private mutating func acceptHyphenated(_ found: Found) -> Bool {
        let from = unsafe offset
        _ = unsafe accept(found)
        unsafe offset = from
        unsafe mode = .parts
        return true
    }

    /// The next part of a hyphenated word, or of a URL; false if there is none.
    @inline(never)
    mutating func nextOfCompound() -> Bool {
        switch unsafe mode {
        case .parts: return unsafe nextPart()
        case .host:
            unsafe mode = .path
            return unsafe accept(Found(end: hostEnd))
        case .path:
            unsafe mode = .text
            return unsafe accept(Found(end: pathEnd))
        case .fresh, .text:
            unsafe mode = .text
            return unsafe parsePath()
        }
    }

    private mutating func nextPart() -> Bool {
        // Between two parts is a hyphen.
        if unsafe byte(offset) == UInt8(ascii: "-") {
            if unsafe role(offset + 1).role == .other {
                unsafe mode = .fresh
                return false
            }
            unsafe offset += 1
        }
        let first = unsafe role(offset).role
        var hasDigit = first == .digit
        if hasDigit {
            let following = unsafe role(skipDigits(offset)).role
            if following != .letter && following != .mark { unsafe mode = .fresh }
        } else if first != .letter {
            unsafe mode = .fresh
        }
        if unsafe mode == .fresh { return false }
        var index = unsafe offset
        while true {
            let scalar = unsafe role(index)
            if scalar.role == .other { break }
            if scalar.role == .digit { hasDigit = true }
            index += scalar.byteCount
        }
        return unsafe accept(Found(end: index, kind: hasDigit ? .literal : .word))
    }
}
