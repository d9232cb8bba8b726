// What begins with a byte that is no letter or digit: tags, entities, signs and slashes.

extension WordParser {
    /// Reads on from the `<`, `&`, `+`, `-` or `/` at the offset; true if it begins a token.
    @inline(never)
    mutating func parseOpened() -> Bool {
        switch unsafe byte(offset) {
        case UInt8(ascii: "<"):
            if let end = unsafe tag(offset) {
                unsafe skipIgnored(offset, end)
                unsafe mode = .fresh
                return false
            }
        case UInt8(ascii: "&"):
            if let end = unsafe entity(offset + 1) {
                unsafe offset = end
                unsafe mode = .fresh
                return false
            }
        case UInt8(ascii: "/"):
            if let end = unsafe file(offset + 1) { return unsafe accept(Found(end: end)) }
        default:
            if unsafe parseSigned() { return true }
        }
        unsafe offset += 1
        return false
    }

    /// The end of the entity that goes on behind its ampersand.
    private func entity(_ from: Int) -> Int? {
        var index = from
        if unsafe byte(from) == UInt8(ascii: "#") {
            let isHexadecimal = unsafe entry(from + 1) == UInt8(ascii: "x")
            let first = isHexadecimal ? from + 2 : from + 1
            index = first
            while unsafe isDigit(index)
                || isHexadecimal && isLetter(index) && entry(index) <= UInt8(ascii: "f")
            {
                index += 1
            }
            guard index > first else { return nil }
        } else {
            let first = unsafe byte(from)
            guard unsafe isLetter(from) || first == UInt8(ascii: ":") || first == UInt8(ascii: "_")
            else { return nil }
            while true {
                let scalar = unsafe role(index)
                if scalar.role == .other || scalar.role == .mark {
                    guard unsafe isNameByte(byte(index)) else { break }
                }
                index += scalar.byteCount
            }
        }
        return unsafe byte(index) == UInt8(ascii: ";") ? index + 1 : nil
    }

    /// Whether a byte that is no letter or digit stands in names of XML.
    private func isNameByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ":") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "-")
    }
}

// MARK: - Tags

extension WordParser {
    /// The end of the tag, comment or declaration that begins with the `<` at an index.
    mutating func tag(_ from: Int) -> Int? {
        switch unsafe byte(from + 1) {
        case UInt8(ascii: "/"): return unsafe isLetter(from + 2) ? unsafe tagName(from + 3) : nil
        case UInt8(ascii: "?"):
            return unsafe byte(from + 2) == UInt8(ascii: "x") ? unsafe attributes(from + 3) : nil
        case UInt8(ascii: "!"):
            if unsafe entry(from + 2) == UInt8(ascii: "d") { return unsafe attributes(from + 3) }
            guard unsafe byte(from + 2) == UInt8(ascii: "-"),
                unsafe byte(from + 3) == UInt8(ascii: "-")
            else { return nil }
            return unsafe comment(from + 4)
        case UInt8(ascii: ":"), UInt8(ascii: "_"): return unsafe tagName(from + 2)
        default: return unsafe isLetter(from + 1) ? unsafe tagName(from + 2) : nil
        }
    }

    private func tagName(_ from: Int) -> Int? {
        var index = from
        while true {
            let character = unsafe byte(index)
            if character == UInt8(ascii: ">") { return index + 1 }
            if character == UInt8(ascii: "/") {
                return unsafe byte(index + 1) == UInt8(ascii: ">") ? index + 2 : nil
            }
            let spaceByteCount = unsafe spaceByteCount(index)
            if spaceByteCount > 0 { return unsafe attributes(index + spaceByteCount) }
            let scalar = unsafe role(index)
            if scalar.role == .other || scalar.role == .mark {
                guard unsafe isNameByte(character) else { return nil }
            }
            index += scalar.byteCount
        }
    }

    /// The end of a tag, from within what follows its name.
    private func attributes(_ from: Int) -> Int? {
        var index = from
        while unsafe index < byteCount {
            let character = unsafe byte(index)
            switch character {
            case UInt8(ascii: ">"): return index + 1
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                index += 1
                while unsafe index < byteCount, unsafe byte(index) != character {
                    index += unsafe byte(index) == UInt8(ascii: "\\") ? 2 : 1
                }
            case UInt8(ascii: "="), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "#"),
                UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "&"),
                UInt8(ascii: "?"), UInt8(ascii: "%"), UInt8(ascii: "~"):
                break
            default:
                if unsafe !isLetterOrDigit(index) {
                    let spaceByteCount = unsafe spaceByteCount(index)
                    if spaceByteCount == 0 { return nil }
                    index += spaceByteCount - 1
                }
            }
            index += 1
        }
        return nil
    }

    /// The end of a comment, from within; a search that failed is not done again.
    private mutating func comment(_ from: Int) -> Int? {
        guard unsafe from < lastCommentOffset else { return nil }
        var index = from
        while unsafe index < byteCount {
            if unsafe byte(index) == UInt8(ascii: "-"), unsafe byte(index + 1) == UInt8(ascii: "-")
            {
                var stop = index + 2
                while unsafe byte(stop) == UInt8(ascii: "-") { stop += 1 }
                if unsafe byte(stop) == UInt8(ascii: ">") { return stop + 1 }
                index = stop
            }
            index += 1
        }
        unsafe lastCommentOffset = from
        return nil
    }

    /// The length of the space at an index, of ASCII or not; zero if there is none.
    func spaceByteCount(_ index: Int) -> Int {
        let first = unsafe byte(index)
        if first == 0x20 || (0x09...0x0D).contains(first) { return 1 }
        if first < 0x80 { return 0 }
        let (scalar, byteCount) = unsafe UTF8Reader.decode(text, at: index, end: self.byteCount)
        return scalar?.isBreakingSpace ?? false ? byteCount : 0
    }

    /// Moves behind a tag, and behind the text of a script or style sheet that it opens.
    private mutating func skipIgnored(_ from: Int, _ tagEnd: Int) {
        var isIgnoring = unsafe isOpening(from)
        unsafe offset = tagEnd
        while isIgnoring, unsafe offset < byteCount {
            let begin = unsafe offset
            if unsafe byte(begin) == UInt8(ascii: "<"), let end = unsafe tag(begin) {
                if unsafe isClosing(begin) { isIgnoring = false }
                unsafe offset = end
            } else {
                unsafe offset += 1
            }
        }
    }

    private func isOpening(_ from: Int) -> Bool {
        unsafe isTag("<script", from) || isTag("<style", from)
    }

    private func isClosing(_ from: Int) -> Bool {
        unsafe isTag("</script", from) || isTag("</style", from)
    }

    /// Whether the tag at an index has a name, in any case.
    private func isTag(_ name: StaticString, _ from: Int) -> Bool {
        // Safe: the name is a literal of ASCII.
        for index in 0..<name.utf8CodeUnitCount {
            let letter = unsafe name.utf8Start[index]
            let byte = unsafe byte(from + index)
            if letter >= UInt8(ascii: "a") ? byte | 0x20 != letter : byte != letter { return false }
        }
        let end = from + name.utf8CodeUnitCount
        return unsafe byte(end) == UInt8(ascii: ">") || spaceByteCount(end) > 0
    }
}
