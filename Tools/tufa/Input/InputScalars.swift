import TufaBytes

/// Readers of single values straight from the bytes of an input.
enum InputScalars {
    /// The text of some bytes; nil where they are not valid UTF-8.
    @inline(__always)
    static func text(_ bytes: [UInt8], _ start: Int, _ end: Int) -> String? {
        String(validating: bytes[start..<end], as: UTF8.self)
    }

    /// The identifier in the 36 bytes from a place on; nil for anything else.
    static func uuid(_ bytes: [UInt8], _ start: Int) -> RowID? {
        guard start + 36 <= bytes.count, bytes[start + 8] == 0x2D, bytes[start + 13] == 0x2D,
            bytes[start + 18] == 0x2D, bytes[start + 23] == 0x2D,
            let a = hex(bytes, start, 8), let b = hex(bytes, start + 9, 4),
            let c = hex(bytes, start + 14, 4), let d = hex(bytes, start + 19, 4),
            let e = hex(bytes, start + 24, 12)
        else { return nil }
        return RowID(high: a << 32 | b << 16 | c, low: d << 48 | e)
    }

    /// A time in the form in which Tufa writes it, `2024-05-01T12:30:00.000000Z`, with or without
    /// a fraction, and the place behind it; nil for any other form.
    static func timestamp(_ bytes: [UInt8], _ start: Int, _ end: Int) -> (Timestamp, Int)? {
        guard end - start >= 20, bytes[start + 4] == 0x2D, bytes[start + 7] == 0x2D,
            bytes[start + 10] == 0x54, bytes[start + 13] == 0x3A, bytes[start + 16] == 0x3A,
            let year = decimal(bytes, start, 4), let month = decimal(bytes, start + 5, 2),
            let day = decimal(bytes, start + 8, 2), let hour = decimal(bytes, start + 11, 2),
            let minute = decimal(bytes, start + 14, 2), let second = decimal(bytes, start + 17, 2),
            // Rare days and wrong ones are left to the reader of all forms.
            year >= 1, month >= 1, month <= 12, day >= 1, day <= 28, hour < 24, minute < 60,
            second < 60
        else { return nil }
        var at = start + 19
        var fraction: Int64 = 0
        if bytes[at] == 0x2E {
            guard end - at >= 8, let read = decimal(bytes, at + 1, 6) else { return nil }
            fraction = read
            at += 7
        }
        guard bytes[at] == 0x5A else { return nil }
        let seconds =
            (days(year, month, day) * 24 + hour) * 3_600 + minute * 60 + second
        return (Timestamp(microseconds: seconds * 1_000_000 + fraction), at + 1)
    }

    /// The value of a hexadecimal digit.
    @inline(__always)
    static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    @inline(__always)
    private static func hex(_ bytes: [UInt8], _ start: Int, _ count: Int) -> UInt64? {
        var value: UInt64 = 0
        for index in start..<start + count {
            guard let digit = hexDigit(bytes[index]) else { return nil }
            value = value << 4 | UInt64(digit)
        }
        return value
    }

    @inline(__always)
    private static func decimal(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int64? {
        var value: Int64 = 0
        for index in start..<start + count {
            guard bytes[index] >= 0x30, bytes[index] <= 0x39 else { return nil }
            value = value * 10 + Int64(bytes[index] - 0x30)
        }
        return value
    }

    /// Days since 1970 of a date of the common era, with the year taken to begin in March.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let monthOfYear = month > 2 ? month - 3 : month + 9
        let leapDays = shifted / 4 - shifted / 100 + shifted / 400
        return shifted * 365 + leapDays + (monthOfYear * 153 + 2) / 5 + day - 1 - 719_468
    }
}
