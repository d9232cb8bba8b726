// Paths of files.

extension WordParser {
    /// Whether a name of a file begins at an index.
    @inline(__always)
    func isFile(_ index: Int) -> Bool {
        unsafe isLetterOrDigit(index) || byte(index) == UInt8(ascii: "_")
    }

    /// The end of the path that goes on behind the slash before an index.
    func file(_ from: Int) -> Int? {
        if unsafe isFile(from) { return unsafe fileEnd(from) }
        switch unsafe byte(from) {
        case UInt8(ascii: "."): return unsafe dotted(from + 1)
        case UInt8(ascii: "~"): return unsafe home(from + 1)
        default: return nil
        }
    }

    /// The end of the path that goes on behind a dot at its beginning or behind a slash.
    private func dotted(_ from: Int) -> Int? {
        if unsafe isFile(from) { return unsafe fileEnd(from) }
        switch unsafe byte(from) {
        case UInt8(ascii: "."): return unsafe parent(from + 1)
        case UInt8(ascii: "/"): return unsafe file(from + 1)
        default: return nil
        }
    }

    /// The end of the path that goes on behind two dots.
    private func parent(_ from: Int) -> Int? {
        let character = unsafe byte(from)
        if character == UInt8(ascii: "/") { return unsafe file(from + 1) ?? from }
        return unsafe spaceByteCount(from) > 0 || from >= byteCount ? from : nil
    }

    /// The end of the path that goes on behind a tilde.
    private func home(_ from: Int) -> Int? {
        if unsafe isFile(from) { return unsafe fileEnd(from) }
        return unsafe byte(from) == UInt8(ascii: "/") ? unsafe file(from + 1) : nil
    }

    /// The end of a path within a name.
    func fileEnd(_ from: Int) -> Int {
        var index = from
        while true {
            let character = unsafe byte(index)
            if unsafe isFile(index) || character == UInt8(ascii: "-") {
                index += 1
            } else if character == UInt8(ascii: "."), unsafe isFile(index + 1) {
                index += 2
            } else if character == UInt8(ascii: "/"), let end = unsafe file(index + 1) {
                return end
            } else {
                return index
            }
        }
    }

    /// Finds the path that begins with a dot or tilde at the offset.
    mutating func parsePath() -> Bool {
        let next = unsafe byte(offset + 1)
        switch unsafe byte(offset) {
        case UInt8(ascii: "."):
            guard next == UInt8(ascii: ".") || next == UInt8(ascii: "/") else { return false }
            return unsafe accept(path: dotted(offset + 1))
        case UInt8(ascii: "~"): return unsafe accept(path: home(offset + 1))
        default: return false
        }
    }

    /// Takes a path that ends at an index, if there is one.
    private mutating func accept(path end: Int?) -> Bool {
        guard let end else { return false }
        return unsafe accept(Found(end: end))
    }
}
