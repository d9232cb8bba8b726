/// A span of the calendar, in UTC, that moments are counted by.
public enum TimeBucket: String, Sendable, Hashable, CaseIterable {
    /// Sixty seconds.
    case minute
    /// Sixty minutes.
    case hour
    /// From midnight to midnight.
    case day
    /// From Monday to Sunday (ISO 8601).
    case week
    /// A month of the Gregorian calendar.
    case month
    /// Three months, from January, April, July or October.
    case quarter
    /// A year of the Gregorian calendar.
    case year

    /// When the span begins that a moment falls in.
    ///
    /// - Complexity: O(1).
    public func start(of time: Timestamp) -> Timestamp {
        let microseconds = time.microseconds
        switch self {
        case .minute: return Self.floor(microseconds, 60_000_000)
        case .hour: return Self.floor(microseconds, 3_600_000_000)
        case .day: return Self.floor(microseconds, Self.microsecondsPerDay)
        case .week:
            // Day 0, 1970-01-01, was a Thursday.
            let day = microseconds.flooredQuotient(Self.microsecondsPerDay)
            return Self.midnight(ofDay: day - (day + 3).flooredRemainder(7))
        case .month, .quarter, .year:
            let day = microseconds.flooredQuotient(Self.microsecondsPerDay)
            let date = Timestamp.civil(fromDays: day)
            let month: Int64 =
                switch self {
                case .month: date.month
                case .quarter: (date.month - 1) / 3 * 3 + 1
                default: 1
                }
            return Self.midnight(ofDay: Timestamp.days(year: date.year, month: month, day: 1))
        }
    }

    private static let microsecondsPerDay: Int64 = 86_400_000_000

    /// The earliest moment there is where a span began before it.
    private static func midnight(ofDay day: Int64) -> Timestamp {
        let (microseconds, isOver) = day.multipliedReportingOverflow(by: microsecondsPerDay)
        return Timestamp(microseconds: isOver ? .min : microseconds)
    }

    private static func floor(_ microseconds: Int64, _ span: Int64) -> Timestamp {
        let (start, isOver) = microseconds.subtractingReportingOverflow(
            microseconds.flooredRemainder(span))
        return Timestamp(microseconds: isOver ? .min : start)
    }
}
