public import TufaBytes

/// What a write has left behind.
public struct Commit<Value> {
    /// What the closure returned.
    public let value: Value
    /// The position of the last event; of the commit before where nothing was changed.
    public let position: UInt64
    /// The time of the commit; later than that of every one before.
    public let time: Timestamp

    @inlinable
    init(_ value: Value, _ stamp: CommitStamp) {
        self.value = value
        position = stamp.position
        time = stamp.time
    }
}

extension Commit: Sendable where Value: Sendable {}

/// A commit without what its closure returned.
@usableFromInline
struct CommitStamp: Sendable {
    @usableFromInline let position: UInt64
    @usableFromInline let time: Timestamp
}

/// When a write is acknowledged.
public enum Durability: Sendable, Hashable {
    /// After its bytes are synced; a power cut loses nothing that was acknowledged.
    case durable
    /// When it is applied; a power cut may lose what was acknowledged within the interval, and
    /// always the latest first.
    case buffered(within: Duration)
}
