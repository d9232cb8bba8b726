import Foundation

/// Commits that are due at fixed times, whether or not those before them are done.
///
/// What waits is counted as waiting, which a loop that writes again after each answer does not.
enum OpenLoop {
    static let seconds = 2.0
    private static let threadCount = 64

    /// Latencies from when each commit was due.
    static func run(_ store: any StoreEngine, rate: Double, _ bodies: [String]) throws -> Latencies
    {
        let count = Int(rate * seconds)
        let writers = try (0..<threadCount).map { _ in try store.itemWriter() }
        let tickets = Counter()
        let all = SharedLatencies()
        // Threads need a while to begin.
        let start = ContinuousClock.now + .milliseconds(50)
        try onThreads(threadCount) { number in
            var latencies = Latencies()
            while true {
                let ticket = tickets.next()
                guard ticket < count else { break }
                let due = start + .seconds(Double(ticket) / rate)
                sleep(until: due)
                try writers[number](Item(body: bodies[ticket % bodies.count]))
                latencies.record(ContinuousClock.now - due)
            }
            all.add(latencies)
        }
        return all.value
    }

    private static func sleep(until due: ContinuousClock.Instant) {
        let (seconds, attoseconds) = (due - ContinuousClock.now).components
        guard seconds > 0 || attoseconds > 0 else { return }
        var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        nanosleep(&time, nil)
    }
}
