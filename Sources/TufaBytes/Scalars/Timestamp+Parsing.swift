extension Timestamp {
    /// Reads a date, or a date and a time by RFC 3339; anything else gives nil.
    ///
    /// `T` or a blank stands between date and time; seconds, fraction (digits beyond the sixth are
    /// dropped) and zone may be left out, and without a zone the time is UTC.
    public init?(_ text: some StringProtocol) {
        var scanner = Scanner(bytes: Array(text.utf8))
        guard let year = scanner.number(4), scanner.take("-"), let month = scanner.number(2),
            scanner.take("-"), let day = scanner.number(2), (1...12).contains(month),
            day >= 1, day <= Timestamp.dayCount(year: year, month: month)
        else { return nil }
        var microseconds = Timestamp.days(year: year, month: month, day: day) * 86_400_000_000
        if !scanner.isAtEnd {
            guard scanner.take("T") || scanner.take("t") || scanner.take(" ") else { return nil }
            guard let time = scanner.timeOfDay(), let zone = scanner.zone(), scanner.isAtEnd
            else { return nil }
            microseconds += time - zone
        }
        self.init(microseconds: microseconds)
    }

    static func dayCount(year: Int64, month: Int64) -> Int64 {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private struct Scanner {
        let bytes: [UInt8]
        var at = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { at == bytes.count }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
            at += 1
            return true
        }

        mutating func number(_ digitCount: Int) -> Int64? {
            guard at + digitCount <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[at..<at + digitCount] {
                guard byte >= 48, byte <= 57 else { return nil }
                value = value * 10 + Int64(byte - 48)
            }
            at += digitCount
            return value
        }

        /// Microseconds since midnight.
        mutating func timeOfDay() -> Int64? {
            guard let hour = number(2), take(":"), let minute = number(2), hour < 24, minute < 60
            else { return nil }
            var seconds: Int64 = 0
            var fraction: Int64 = 0
            if take(":") {
                guard let read = number(2), read < 60 else { return nil }
                seconds = read
                if take(".") {
                    var digits = 0
                    while at < bytes.count, let digit = number(1) {
                        if digits < 6 { fraction = fraction * 10 + digit }
                        digits += 1
                    }
                    guard digits > 0 else { return nil }
                    while digits < 6 {
                        fraction *= 10
                        digits += 1
                    }
                }
            }
            return ((hour * 60 + minute) * 60 + seconds) * 1_000_000 + fraction
        }

        /// The offset from UTC in microseconds; no zone is UTC.
        mutating func zone() -> Int64? {
            if isAtEnd || take("Z") || take("z") { return 0 }
            let isNegative = take("-")
            guard isNegative || take("+"), let hour = number(2), hour < 24 else { return nil }
            var minute: Int64 = 0
            if !isAtEnd {
                _ = take(":")
                guard let read = number(2), read < 60 else { return nil }
                minute = read
            }
            let offset = (hour * 60 + minute) * 60_000_000
            return isNegative ? -offset : offset
        }
    }
}
