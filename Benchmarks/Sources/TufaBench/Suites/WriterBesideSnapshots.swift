import Foundation
import Synchronization
import Tufa

/// Commits of one thread, alone or while another writes one snapshot after the other.
struct WriterBesideSnapshots {
    /// What was seen of one run.
    struct Run {
        var rate: Double
        /// Microseconds.
        var p50, p99: Double
        /// How much more memory the process had at most, as a share of what it had before.
        var growth: Double
        var snapshotCount: Int
    }

    let store: TufaStore
    private static let secondsEach = 1.0

    /// `nextUser` is the number of the next user whom nobody has written.
    func run(writesSnapshots: Bool, _ nextUser: inout Int) throws -> Run {
        let database = try store.opened()
        let isOver = Flag()
        let snapshots = Counter()
        let failure = FirstFailure()
        let highest = Counter()
        let done = DispatchGroup()
        let before = ProcessSize.trimmed()
        inBackground(done, failure) {
            // The highest of what is seen every few milliseconds.
            while !isOver.isRaised {
                highest.raise(to: ProcessSize.resident())
                usleep(2000)
            }
        }
        if writesSnapshots {
            inBackground(done, failure) {
                while !isOver.isRaised {
                    try database.snapshotBlocking()
                    snapshots.add(1)
                }
            }
        }
        var latencies = Latencies()
        let start = ContinuousClock.now
        var end = start
        while (end - start) / .seconds(1) < Self.secondsEach {
            var user = User()
            user.email = Rows.email(nextUser)
            user.name = "made beside"
            user.createdAt = Rows.time(nextUser)
            nextUser += 1
            let begin = ContinuousClock.now
            try store.insert([user][...])
            end = ContinuousClock.now
            latencies.record(end - begin)
        }
        let rate = Double(latencies.count) / ((end - start) / .seconds(1))
        isOver.raise()
        done.wait()
        try failure.rethrow()
        return Run(
            rate: rate, p50: latencies.microseconds(at: 50), p99: latencies.microseconds(at: 99),
            growth: before > 0 ? Double(highest.value - before) / Double(before) : 0,
            snapshotCount: snapshots.value)
    }
}
