internal import Metrics

/// What a database tells swift-metrics, once a group, so that commits pay nothing for it.
struct DatabaseMetrics: Sendable {
    private let commits = Counter(label: "tufa.commits")
    private let events = Counter(label: "tufa.events")
    private let bytes = Counter(label: "tufa.log.bytes")
    private let sync = Timer(label: "tufa.log.sync")
    private let failures = Counter(label: "tufa.log.failures")
    private let views = Gauge(label: "tufa.views")
    private let retained = Gauge(label: "tufa.retained.bytes")

    /// Notes a group that is on disk and how long its write and sync took.
    func groupWritten(
        commitCount: UInt32, eventCount: UInt32, byteCount: Int, duration: Duration
    ) {
        commits.increment(by: Int64(commitCount))
        events.increment(by: Int64(eventCount))
        bytes.increment(by: Int64(byteCount))
        let (seconds, attoseconds) = duration.components
        sync.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    /// Notes a write or sync that failed.
    func groupFailed() { failures.increment() }

    /// Notes how many views there are and what old ones pin.
    func retained(viewCount: Int, byteCount: Int) {
        views.record(viewCount)
        retained.record(byteCount)
    }
}
