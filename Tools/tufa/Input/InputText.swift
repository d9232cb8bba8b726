import TufaModel

/// Pieces of an input for messages.
enum InputText {
    /// What stands at a place: a character, a short word, or the end.
    static func excerpt(_ bytes: [UInt8], _ at: Int, _ end: Int) -> String {
        guard at < end else { return "the end of the line" }
        var stop = at + 1
        if isWordByte(bytes[at]) {
            while stop < end, isWordByte(bytes[stop]), stop - at < 40 { stop += 1 }
        } else {
            while stop < end, bytes[stop] & 0xC0 == 0x80, stop - at < 4 { stop += 1 }
        }
        return Value.excerpt(String(decoding: bytes[at..<stop], as: UTF8.self))
    }

    /// How many characters, as UTF-8 counts them, stand before a place in a line, plus one.
    static func column(_ bytes: [UInt8], _ start: Int, _ at: Int) -> Int {
        var column = 1
        for byte in bytes[start..<max(start, min(at, bytes.count))] where byte & 0xC0 != 0x80 {
            column += 1
        }
        return column
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}
