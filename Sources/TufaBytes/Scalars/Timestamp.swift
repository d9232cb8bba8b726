/// A moment: microseconds since 1970-01-01T00:00:00Z, without leap seconds.
public struct Timestamp: Hashable, Sendable, Comparable {
    /// Microseconds since 1970, UTC.
    public var microseconds: Int64

    /// Makes a moment from microseconds since 1970, UTC.
    @inlinable
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// Orders by time.
    @inlinable
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }
}

extension Timestamp: CustomStringConvertible {
    /// The moment by RFC 3339, in UTC, with six digits of the second.
    public var description: String {
        let day = microseconds.flooredQuotient(86_400_000_000)
        // Not the moment less the start of its day, which lies before the least moment there is.
        let rest = microseconds.flooredRemainder(86_400_000_000)
        let (year, month, date) = Timestamp.civil(fromDays: day)
        let seconds = rest / 1_000_000
        var text = year < 0 ? "-" : ""
        text += Timestamp.padded(year.magnitude, 4) + "-" + Timestamp.padded(UInt64(month), 2)
        text += "-" + Timestamp.padded(UInt64(date), 2) + "T"
        text += Timestamp.padded(UInt64(seconds / 3600), 2) + ":"
        text += Timestamp.padded(UInt64(seconds / 60 % 60), 2) + ":"
        text += Timestamp.padded(UInt64(seconds % 60), 2) + "."
        text += Timestamp.padded(UInt64(rest % 1_000_000), 6) + "Z"
        return text
    }

    static func padded(_ number: some BinaryInteger, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// The proleptic Gregorian date of a day number (Howard Hinnant's `civil_from_days`).
    static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted.flooredQuotient(146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// The day number of a proleptic Gregorian date (Howard Hinnant's `days_from_civil`).
    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear.flooredQuotient(400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

extension Int64 {
    func flooredQuotient(_ divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }

    func flooredRemainder(_ divisor: Int64) -> Int64 {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}
