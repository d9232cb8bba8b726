public import TufaBytes

extension Value {
    /// Reads a value of a type from its text form, strictly: no blanks around it, nothing after it.
    ///
    /// - uuid: the 36-character form, in either case.
    /// - text: as it is; an empty text is a text, not NULL.
    /// - int64: decimal digits with an optional sign.
    /// - double: decimal, with an optional fraction and exponent; `NaN`, `Infinity`, `-Infinity`.
    /// - boolean: `true`, `false`, `t` or `f`, in either case.
    /// - timestamp: a date, or date and time by RFC 3339; without a zone it is UTC.
    /// - bytes: `\x` and an even number of hexadecimal digits.
    ///
    /// - Throws: `type_mismatch` with the text and the form that was expected.
    /// - Complexity: O(length of the text).
    public init(parsing text: String, as type: ScalarType) throws(DatabaseError) {
        let value: Value? =
            switch type {
            case .uuid: RowID(text).map { .uuid($0) }
            case .text: .text(text)
            case .int64: Value.int64(from: text).map { .int64($0) }
            case .double: Value.double(from: text).map { .double($0) }
            case .boolean: Value.boolean(from: text).map { .boolean($0) }
            case .timestamp: Timestamp(text).map { .timestamp($0) }
            case .bytes: Value.bytes(from: text).map { .bytes($0) }
            }
        guard let value else {
            throw DatabaseError(
                .typeMismatch,
                "\(Value.excerpt(text)) is not of type \(type.name): expected \(type.textForm).")
        }
        self = value
    }

    /// The same value as a field of another type holds it, where nothing is lost.
    ///
    /// NULL is NULL of every type; int64 becomes double and double becomes int64 when the number
    /// stays exactly the same; a text becomes a uuid, a timestamp or bytes by its text form.
    /// Everything else is a mistake of the input and not guessed at.
    ///
    /// - Throws: `type_mismatch` with the value and the type.
    public func coerced(to target: ScalarType) throws(DatabaseError) -> Value {
        guard let type, type != target else { return self }
        switch (self, target) {
        case (.int64(let number), .double):
            if let exact = Double(exactly: number) { return .double(exact) }
        case (.double(let number), .int64):
            if let exact = Int64(exactly: number) { return .int64(exact) }
        case (.text(let text), .uuid), (.text(let text), .timestamp), (.text(let text), .bytes):
            return try Value(parsing: text, as: target)
        default: break
        }
        throw DatabaseError(
            .typeMismatch,
            "\(Value.excerpt(description)) is of type \(type.name), where \(target.name) belongs.")
    }

    /// A text for a message: quoted, and cut where it is long.
    package static func excerpt(_ text: String) -> String {
        var cut = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(40) {
            // Control characters would break the one line of a message.
            cut.append(scalar.value < 32 || scalar.value == 127 ? "\u{FFFD}" : scalar)
        }
        let isCut = text.unicodeScalars.dropFirst(40).first != nil
        return quote(String(cut) + (isCut ? "…" : ""))
    }

    private static func int64(from text: String) -> Int64? { Int64(text) }

    private static func double(from text: String) -> Double? {
        switch text {
        case "NaN": return .nan
        case "Infinity": return .infinity
        case "-Infinity": return -.infinity
        default: break
        }
        // Double's own reader takes hexadecimal and words too, and turns an overflow to infinity.
        for byte in text.utf8 {
            switch byte {
            case 48...57, UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"),
                UInt8(ascii: "+"), UInt8(ascii: "-"):
                continue
            default: return nil
            }
        }
        guard let number = Double(text), number.isFinite else { return nil }
        return number
    }

    private static func boolean(from text: String) -> Bool? {
        guard text.utf8.count <= 5 else { return nil }
        switch text.lowercased() {
        case "true", "t": return true
        case "false", "f": return false
        default: return nil
        }
    }

    private static func bytes(from text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count >= 2, digits.count % 2 == 0, digits[0] == UInt8(ascii: "\\"),
            digits[1] == UInt8(ascii: "x")
        else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2 - 1)
        for at in stride(from: 2, to: digits.count, by: 2) {
            guard let high = hexDigit(digits[at]), let low = hexDigit(digits[at + 1])
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}

extension ScalarType {
    /// The text form of the type's values, as messages describe it.
    package var textForm: String {
        switch self {
        case .uuid: "a UUID such as 018f3d2a-7c00-7000-8000-000000000001"
        case .text: "text"
        case .int64: "a whole number of 64 bits such as -42"
        case .double: "a number such as 2.5e3"
        case .boolean: "true or false"
        case .timestamp: "a time such as 2024-05-01T12:30:00.000000Z"
        case .bytes: "bytes such as \\x00ff"
        }
    }
}
