import Histogram
import Synchronization

/// Latencies with three digits each, from a nanosecond to a minute.
struct Latencies: Sendable {
    private var histogram = Histogram<UInt64>(
        lowestDiscernibleValue: 1, highestTrackableValue: 60_000_000_000,
        numberOfSignificantValueDigits: .three)

    static let percentiles = [50, 90, 99, 99.9, 100]

    var count: Int { Int(histogram.totalCount) }

    mutating func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        // What took longer than a minute counts as a minute.
        histogram.record(UInt64(min(max(nanoseconds, 1), 60_000_000_000)))
    }

    mutating func add(_ other: Latencies) { histogram.add(other.histogram) }

    func microseconds(at percentile: Double) -> Double {
        Double(histogram.valueAtPercentile(percentile)) / 1000
    }

    /// The percentiles that the tables show.
    var all: [Double] { Self.percentiles.map { microseconds(at: $0) } }

    static let names = ["p50", "p90", "p99", "p99.9", "max"]
}

/// Latencies of several threads.
final class SharedLatencies: Sendable {
    private let state = Mutex(Latencies())

    var value: Latencies { state.withLock { $0 } }

    func add(_ latencies: Latencies) { state.withLock { $0.add(latencies) } }

    func record(_ duration: Duration) { state.withLock { $0.record(duration) } }

    /// What came since the last call.
    func take() -> Latencies {
        state.withLock { latencies in
            let taken = latencies
            latencies = Latencies()
            return taken
        }
    }
}
