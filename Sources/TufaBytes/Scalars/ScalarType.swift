/// The type of a field; the raw value is what schemas in the log hold.
public enum ScalarType: UInt8, Sendable, Hashable, CaseIterable {
    /// A 128-bit identifier.
    case uuid = 1
    /// UTF-8 text.
    case text = 2
    /// A signed 64-bit number.
    case int64 = 3
    /// An IEEE 754 binary64 number.
    case double = 4
    /// True or false.
    case boolean = 5
    /// Microseconds since 1970, UTC.
    case timestamp = 6
    /// Any bytes.
    case bytes = 7

    /// How many bytes a value takes in the fixed part of a row.
    @inlinable
    public var fixedByteCount: Int {
        switch self {
        case .uuid: 16
        case .int64, .double, .timestamp: 8
        case .boolean: 1
        case .text, .bytes: 4
        }
    }

    /// Whether the value itself stands in the variable part of a row.
    @inlinable
    public var isVariable: Bool { self == .text || self == .bytes }

    /// The name that messages and the command line use.
    public var name: String {
        switch self {
        case .uuid: "uuid"
        case .text: "text"
        case .int64: "int64"
        case .double: "double"
        case .boolean: "boolean"
        case .timestamp: "timestamp"
        case .bytes: "bytes"
        }
    }
}
