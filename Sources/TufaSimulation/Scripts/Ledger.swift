internal import Synchronization

/// What a run has committed, and how much of it was acknowledged.
package final class Ledger: Sendable {
    /// The ledger at one time.
    package struct Entry: Sendable {
        /// The state hash of each commit of the database, by position.
        package var hashes: [UInt64: String] = [0: String(repeating: "0", count: 32)]
        /// The last position that a durable write has returned.
        package var acknowledged: UInt64 = 0
        /// Whether making the database has returned.
        package var isCreated = false
        /// The state hashes that a second database, made from the first, may show.
        package var copies: Set<String> = []
        /// Whether making the second database has returned.
        package var hasCopy = false
    }

    private let entry = Mutex(Entry())

    /// What is known now.
    package var current: Entry { entry.withLock { $0 } }

    func update(_ change: (inout Entry) -> Void) { entry.withLock { change(&$0) } }
}
