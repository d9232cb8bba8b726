public import TufaBytes

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension Timestamp {
    /// The nearest microsecond to a date; dates beyond the range give its ends.
    public init(_ date: Date) {
        let microseconds = (date.timeIntervalSince1970 * 1_000_000).rounded()
        self.init(
            microseconds: microseconds >= 0x1p63
                ? .max : microseconds < -0x1p63 || microseconds.isNaN ? .min : Int64(microseconds))
    }
}

extension Date {
    /// The date of a moment.
    public init(_ timestamp: Timestamp) {
        self.init(timeIntervalSince1970: Double(timestamp.microseconds) / 1_000_000)
    }
}

extension RowID {
    /// The identifier with the bytes of a UUID.
    public init(_ uuid: UUID) {
        let bytes = uuid.uuid
        self = unsafe withUnsafeBytes(of: bytes) {
            // Safe: a UUID is sixteen bytes.
            unsafe RowID.load($0.baseAddress.unsafelyUnwrapped)
        }
    }
}

extension UUID {
    /// The UUID with the bytes of an identifier.
    public init(_ id: RowID) {
        var bytes = zeroUUID
        unsafe withUnsafeMutableBytes(of: &bytes) {
            // Safe: a UUID is sixteen bytes.
            unsafe id.store(to: $0.baseAddress.unsafelyUnwrapped)
        }
        self.init(uuid: bytes)
    }
}

private let zeroUUID: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
