internal import TufaBytes
internal import TufaModel

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// How one field of an entity becomes a field of a row: by its offset where the type is known,
/// through its key path else.
///
/// Loads and stores at an offset cost a few nanoseconds where a key path costs fifty.
struct FieldBinding<E: Entity>: Sendable {
    /// What lies at the offset.
    enum Storage: Sendable {
        case string, optionalString, int64, double, boolean, rowID, timestamp, date, general
    }

    let schema: FieldSchema
    let keyPath: any AnyKeyPath & Sendable
    let storage: Storage
    let offset: Int
    /// The Swift type of the field.
    let type: ObjectIdentifier
    /// Whether the property is stored, so that type and offset say which it is.
    let isStored: Bool
    let get: @Sendable (E) -> Value
    let set: @Sendable (inout E, Value) -> Bool

    init<V: FieldValue>(
        _ schema: FieldSchema, _ keyPath: any WritableKeyPath<E, V> & Sendable
    ) {
        self.schema = schema
        self.keyPath = keyPath
        get = { $0[keyPath: keyPath].fieldValue }
        set = { entity, value in
            guard let converted = V(fieldValue: value) else { return false }
            entity[keyPath: keyPath] = converted
            return true
        }
        type = ObjectIdentifier(V.self)
        guard let offset = MemoryLayout<E>.offset(of: keyPath) else {
            storage = .general
            self.offset = 0
            isStored = false
            return
        }
        isStored = true
        self.offset = offset
        storage = Self.storage(of: V.self)
    }

    private static func storage<V: FieldValue>(of type: V.Type) -> Storage {
        switch type {
        case is String.Type: return .string
        case is String?.Type: return .optionalString
        case is Int.Type, is Int64.Type: return .int64
        case is Double.Type: return .double
        case is Bool.Type: return .boolean
        case is RowID.Type, is any AnyEntityID.Type: return .rowID
        case is Timestamp.Type: return .timestamp
        case is Date.Type: return .date
        default: return .general
        }
    }
}

/// What marks the types that are a row identifier and nothing else in memory.
protocol AnyEntityID {}

extension EntityID: AnyEntityID {}

/// A date as it lies in memory: a trivial value, so it may be loaded and stored as bytes.
struct DateStorage: BitwiseCopyable {
    private let seconds: Double

    /// Seconds from 1970 to the moment that dates count from.
    private static let referenceSeconds = 978_307_200.0

    init(_ time: Timestamp) {
        seconds = Double(time.microseconds) / 1_000_000 - Self.referenceSeconds
    }

    var date: Date { Date(timeIntervalSinceReferenceDate: seconds) }
}
