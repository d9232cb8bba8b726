import Foundation
import Synchronization

/// How fast the machine copies memory that no cache holds.
enum MemoryCopy {
    /// Gigabytes that are copied a second; the best of a few runs over 256 MiB.
    static func measure() -> Double {
        let byteCount = 256 << 20
        var from = [UInt64](repeating: 1, count: byteCount / 8)
        var to = [UInt64](repeating: 2, count: byteCount / 8)
        var best = 0.0
        for _ in 0..<3 {
            let start = ContinuousClock.now
            to.replaceSubrange(0..<to.count, with: from)
            best = max(best, Double(byteCount) / Progress.seconds(ContinuousClock.now - start))
            swap(&from, &to)
        }
        return best / 1e9
    }
}

/// A count that one thread makes and another reads in the end.
final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    /// Counts one more.
    func add() { count.wrappingAdd(1, ordering: .relaxed) }

    var value: Int { count.load(ordering: .acquiring) }
}

/// The first error of several threads.
final class FirstError: Sendable {
    private let first = Mutex<(any Error)?>(nil)

    func note(_ error: any Error) { first.withLock { $0 = $0 ?? error } }

    /// Throws what was noted, if anything was.
    func rethrow() throws {
        if let error = first.withLock({ $0 }) { throw error }
    }
}
