public import TufaBytes
public import TufaModel

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A Swift type that a field can have.
public protocol FieldValue: Sendable {
    /// The type of the field in the schema.
    static var scalarType: ScalarType { get }
    /// Whether NULL is among the values.
    static var isOptional: Bool { get }
    /// The value as the engine sees it.
    var fieldValue: Value { get }
    /// The Swift value of what the engine kept; nil where it is none of this type's.
    init?(fieldValue: Value)
}

extension FieldValue {
    /// Whether NULL is among the values: only of an optional.
    public static var isOptional: Bool { false }
}

extension String: FieldValue {
    /// Text.
    public static var scalarType: ScalarType { .text }
    /// The text.
    public var fieldValue: Value { .text(self) }
    /// The text of a text value.
    public init?(fieldValue: Value) {
        guard case .text(let text) = fieldValue else { return nil }
        self = text
    }
}

extension Int64: FieldValue {
    /// A signed 64-bit number.
    public static var scalarType: ScalarType { .int64 }
    /// The number.
    public var fieldValue: Value { .int64(self) }
    /// The number of an int64 value.
    public init?(fieldValue: Value) {
        guard case .int64(let number) = fieldValue else { return nil }
        self = number
    }
}

extension Int: FieldValue {
    /// A signed 64-bit number.
    public static var scalarType: ScalarType { .int64 }
    /// The number.
    public var fieldValue: Value { .int64(Int64(self)) }
    /// The number of an int64 value.
    public init?(fieldValue: Value) {
        guard case .int64(let number) = fieldValue else { return nil }
        self = Int(number)
    }
}

extension Double: FieldValue {
    /// An IEEE 754 binary64 number.
    public static var scalarType: ScalarType { .double }
    /// The number.
    public var fieldValue: Value { .double(self) }
    /// The number of a double value.
    public init?(fieldValue: Value) {
        guard case .double(let number) = fieldValue else { return nil }
        self = number
    }
}

extension Bool: FieldValue {
    /// True or false.
    public static var scalarType: ScalarType { .boolean }
    /// The flag.
    public var fieldValue: Value { .boolean(self) }
    /// The flag of a boolean value.
    public init?(fieldValue: Value) {
        guard case .boolean(let flag) = fieldValue else { return nil }
        self = flag
    }
}

extension Timestamp: FieldValue {
    /// Microseconds since 1970, UTC.
    public static var scalarType: ScalarType { .timestamp }
    /// The moment.
    public var fieldValue: Value { .timestamp(self) }
    /// The moment of a timestamp value.
    public init?(fieldValue: Value) {
        guard case .timestamp(let time) = fieldValue else { return nil }
        self = time
    }
}

extension Date: FieldValue {
    /// Microseconds since 1970, UTC: a date is rounded to them.
    public static var scalarType: ScalarType { .timestamp }
    /// The moment, rounded to microseconds.
    public var fieldValue: Value { .timestamp(Timestamp(self)) }
    /// The date of a timestamp value.
    public init?(fieldValue: Value) {
        guard case .timestamp(let time) = fieldValue else { return nil }
        self = Date(time)
    }
}

extension RowID: FieldValue {
    /// A 128-bit identifier.
    public static var scalarType: ScalarType { .uuid }
    /// The identifier.
    public var fieldValue: Value { .uuid(self) }
    /// The identifier of a uuid value.
    public init?(fieldValue: Value) {
        guard case .uuid(let id) = fieldValue else { return nil }
        self = id
    }
}

extension UUID: FieldValue {
    /// A 128-bit identifier.
    public static var scalarType: ScalarType { .uuid }
    /// The identifier.
    public var fieldValue: Value { .uuid(RowID(self)) }
    /// The identifier of a uuid value.
    public init?(fieldValue: Value) {
        guard case .uuid(let id) = fieldValue else { return nil }
        self = UUID(id)
    }
}

extension EntityID: FieldValue {
    /// A 128-bit identifier.
    public static var scalarType: ScalarType { .uuid }
    /// The identifier.
    public var fieldValue: Value { .uuid(rowID) }
    /// The identifier of a uuid value.
    public init?(fieldValue: Value) {
        guard case .uuid(let id) = fieldValue else { return nil }
        self.init(id)
    }
}

extension [UInt8]: FieldValue {
    /// Any bytes.
    public static var scalarType: ScalarType { .bytes }
    /// The bytes.
    public var fieldValue: Value { .bytes(self) }
    /// The bytes of a bytes value.
    public init?(fieldValue: Value) {
        guard case .bytes(let bytes) = fieldValue else { return nil }
        self = bytes
    }
}

extension Data: FieldValue {
    /// Any bytes.
    public static var scalarType: ScalarType { .bytes }
    /// The bytes.
    public var fieldValue: Value { .bytes(Array(self)) }
    /// The bytes of a bytes value.
    public init?(fieldValue: Value) {
        guard case .bytes(let bytes) = fieldValue else { return nil }
        self = Data(bytes)
    }
}

extension Optional: FieldValue where Wrapped: FieldValue {
    /// The type of the value where there is one.
    public static var scalarType: ScalarType { Wrapped.scalarType }
    /// NULL is among the values.
    public static var isOptional: Bool { true }
    /// The value, or NULL.
    public var fieldValue: Value { self?.fieldValue ?? .null }
    /// The value, or nil of NULL.
    public init?(fieldValue: Value) {
        if fieldValue.isNull {
            self = .none
        } else {
            guard let value = Wrapped(fieldValue: fieldValue) else { return nil }
            self = .some(value)
        }
    }
}

extension FieldValue where Self: RawRepresentable, RawValue: FieldValue {
    /// The type of the raw value.
    public static var scalarType: ScalarType { RawValue.scalarType }
    /// The raw value.
    public var fieldValue: Value { rawValue.fieldValue }
    /// The case of a raw value; nil where there is none.
    public init?(fieldValue: Value) {
        guard let raw = RawValue(fieldValue: fieldValue) else { return nil }
        self.init(rawValue: raw)
    }
}
