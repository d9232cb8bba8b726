import Synchronization

/// What a run has committed, and how much of it was acknowledged.
final class Ledger: Sendable {
    struct Entry: Sendable {
        /// The state hash of each commit of the database, by position.
        var hashes: [UInt64: String] = [0: String(repeating: "0", count: 32)]
        /// The last position that a write has returned.
        var acknowledged: UInt64 = 0
        /// Whether making the database has returned.
        var isCreated = false
        /// The state hashes that the restored copy has had.
        var copies: Set<String> = []
        /// Whether the restored copy has been acknowledged.
        var hasCopy = false
    }

    private let entry = Mutex(Entry())

    var current: Entry { entry.withLock { $0 } }

    func update(_ change: (inout Entry) -> Void) { entry.withLock { change(&$0) } }
}
