public import TufaBytes

/// One value of a field, for code that does not know the Swift types behind a schema.
///
/// Two values are equal when an index would take them for equal: texts by their UTF-8 bytes (not
/// by canonical equivalence, as `String` does), `-0` equals `0`, NaN equals NaN.
public enum Value: Sendable {
    /// No value.
    case null
    /// A 128-bit identifier.
    case uuid(RowID)
    /// UTF-8 text.
    case text(String)
    /// A signed 64-bit number.
    case int64(Int64)
    /// An IEEE 754 binary64 number.
    case double(Double)
    /// True or false.
    case boolean(Bool)
    /// Microseconds since 1970, UTC.
    case timestamp(Timestamp)
    /// Any bytes.
    case bytes([UInt8])

    /// The type of the value; nil for NULL, which every type has.
    @inlinable
    public var type: ScalarType? {
        switch self {
        case .null: nil
        case .uuid: .uuid
        case .text: .text
        case .int64: .int64
        case .double: .double
        case .boolean: .boolean
        case .timestamp: .timestamp
        case .bytes: .bytes
        }
    }

    /// Whether this is NULL.
    @inlinable
    public var isNull: Bool {
        if case .null = self { return true }
        return false
    }
}

extension Value: ExpressibleByNilLiteral, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral
{
    /// NULL.
    public init(nilLiteral: ()) { self = .null }

    /// A text.
    public init(stringLiteral value: String) { self = .text(value) }

    /// An int64.
    public init(integerLiteral value: Int64) { self = .int64(value) }

    /// A double.
    public init(floatLiteral value: Double) { self = .double(value) }

    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
}

extension Value: CustomStringConvertible {
    /// The text form that ``init(parsing:as:)`` reads back; NULL is `NULL`.
    public var description: String {
        switch self {
        case .null: "NULL"
        case .uuid(let id): id.description
        case .text(let text): text
        case .int64(let number): String(number)
        case .double(let number): Value.text(of: number)
        case .boolean(let flag): flag ? "true" : "false"
        case .timestamp(let time): time.description
        case .bytes(let bytes): Value.hex(of: bytes)
        }
    }

    /// The value as SQL and messages write it: texts and their like in single quotes.
    package var quoted: String {
        switch self {
        case .null, .int64, .double, .boolean: description
        case .text(let text): Value.quote(text)
        case .uuid, .timestamp, .bytes: Value.quote(description)
        }
    }

    /// The text in single quotes, with each quote in it doubled.
    package static func quote(_ text: String) -> String {
        var quoted = "'"
        for scalar in text.unicodeScalars {
            if scalar == "'" { quoted.unicodeScalars.append("'") }
            quoted.unicodeScalars.append(scalar)
        }
        quoted.unicodeScalars.append("'")
        return quoted
    }

    static func text(of number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        return number.description
    }

    static func hex(of bytes: [UInt8]) -> String {
        var text: [UInt8] = [UInt8(ascii: "\\"), UInt8(ascii: "x")]
        text.reserveCapacity(2 + bytes.count * 2)
        for byte in bytes {
            for digit in [byte >> 4, byte & 15] {
                text.append(digit < 10 ? 48 + digit : 87 + digit)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
