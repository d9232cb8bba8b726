import TufaBytes
import TufaModel

/// Writes JSON (RFC 8259) into bytes, without a tree in between.
///
/// Identifiers are lower-case, times RFC 3339 with microseconds in UTC, bytes `\x` and hexadecimal
/// digits, doubles the shortest text that reads back as the same number. JSON has no word for
/// numbers that are not finite: they are the texts `NaN`, `Infinity` and `-Infinity`, which
/// `import` reads back.
struct JSONWriter {
    /// What was written so far.
    var bytes: [UInt8] = []
    private var needsComma = false

    /// Writes an object and what the body puts in it.
    mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
        open(0x7B)
        try body(&self)
        close(0x7D)
    }

    /// Writes an array and what the body puts in it.
    mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
        open(0x5B)
        try body(&self)
        close(0x5D)
    }

    /// Writes the name of the member whose value comes next.
    mutating func name(_ name: String) {
        separate()
        quote(name)
        bytes.append(0x3A)
        needsComma = false
    }

    mutating func string(_ text: String) {
        separate()
        quote(text)
    }

    mutating func number(_ number: some BinaryInteger) { raw(String(number)) }

    mutating func number(_ number: Double) {
        number.isFinite ? raw(number.description) : string(Value.double(number).description)
    }

    mutating func boolean(_ flag: Bool) { raw(flag ? "true" : "false") }

    mutating func null() { raw("null") }

    mutating func value(_ value: Value) {
        switch value {
        case .null: null()
        case .int64(let number): self.number(number)
        case .double(let number): self.number(number)
        case .boolean(let flag): boolean(flag)
        case .text(let text): string(text)
        case .uuid, .timestamp, .bytes: string(value.description)
        }
    }

    /// Writes a member whose value is a text, a number or a flag.
    mutating func member(_ name: String, _ text: String) {
        self.name(name)
        string(text)
    }

    mutating func member(_ name: String, _ number: some BinaryInteger) {
        self.name(name)
        self.number(number)
    }

    mutating func member(_ name: String, _ number: Double) {
        self.name(name)
        self.number(number)
    }

    mutating func member(_ name: String, _ flag: Bool) {
        self.name(name)
        boolean(flag)
    }

    /// Ends a line; what follows stands for itself.
    mutating func endLine() {
        bytes.append(0x0A)
        needsComma = false
    }

    private mutating func open(_ byte: UInt8) {
        separate()
        bytes.append(byte)
        needsComma = false
    }

    private mutating func close(_ byte: UInt8) {
        bytes.append(byte)
        needsComma = true
    }

    private mutating func raw(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func separate() {
        if needsComma { bytes.append(0x2C) }
        needsComma = true
    }

    private mutating func quote(_ text: String) {
        bytes.append(0x22)
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C:
                bytes.append(0x5C)
                bytes.append(byte)
            case 0x0A: bytes.append(contentsOf: [0x5C, 0x6E])
            case 0x0D: bytes.append(contentsOf: [0x5C, 0x72])
            case 0x09: bytes.append(contentsOf: [0x5C, 0x74])
            case 0..<0x20, 0x7F:
                bytes.append(contentsOf: [0x5C, 0x75, 0x30, 0x30])
                for digit in [byte >> 4, byte & 15] {
                    bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
                }
            default: bytes.append(byte)
            }
        }
        bytes.append(0x22)
    }
}
