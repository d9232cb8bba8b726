/// A 128-bit identifier in the layout and the text form of a UUID (RFC 9562).
///
/// It orders like its sixteen bytes, so identifiers of version 7 order by time.
public struct RowID: Hashable, Sendable, Comparable {
    /// The first eight bytes, as a big-endian number.
    public var high: UInt64
    /// The last eight bytes, as a big-endian number.
    public var low: UInt64

    /// Makes an identifier from its two halves.
    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The identifier of sixteen zero bytes, which no row has.
    public static let none = RowID(high: 0, low: 0)

    /// Orders by the sixteen bytes.
    @inlinable
    public static func < (left: RowID, right: RowID) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }
}

extension RowID: LosslessStringConvertible {
    /// Reads the 36-character form, in either case; anything else gives nil.
    public init?(_ text: some StringProtocol) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var digits = 0
        var index = 0
        for byte in text.utf8 {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
            } else {
                guard let digit = RowID.hexDigit(byte) else { return nil }
                if digits < 16 { high = high << 4 | digit } else { low = low << 4 | digit }
                digits += 1
            }
            index += 1
            if index > 36 { return nil }
        }
        guard index == 36 else { return nil }
        self.init(high: high, low: low)
    }

    /// The 36-character form, in lower case.
    public var description: String {
        unsafe String(unsafeUninitializedCapacity: 36) { buffer in
            var at = 0
            for half in [high, low] {
                for shift in stride(from: 60, through: 0, by: -4) {
                    if at == 8 || at == 13 || at == 18 || at == 23 {
                        unsafe buffer[at] = UInt8(ascii: "-")
                        at += 1
                    }
                    let digit = UInt8(truncatingIfNeeded: half >> UInt64(shift)) & 15
                    unsafe buffer[at] = digit < 10 ? 48 + digit : 87 + digit
                    at += 1
                }
            }
            return at
        }
    }

    private static func hexDigit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case 48...57: UInt64(byte - 48)
        case 65...70: UInt64(byte - 55)
        case 97...102: UInt64(byte - 87)
        default: nil
        }
    }
}
