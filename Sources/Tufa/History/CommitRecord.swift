public import TufaBytes
public import TufaModel

/// One commit of the log, as it was written.
public struct CommitRecord: Sendable {
    /// The position of the last event, which names the commit.
    public let position: UInt64
    /// The position of the first event.
    public let firstPosition: UInt64
    /// When it was committed.
    public let time: Timestamp
    /// Who wrote it; empty where nobody was named.
    public let actor: String
    /// The name of the moment; empty where it has none.
    public let label: String
    /// The idempotency key; empty where there is none.
    public let key: String
    /// What the program kept with it.
    public let metadata: [UInt8]
    /// The events, in order.
    public let events: [EventRecord]
}

/// One event of the log.
public struct EventRecord: Sendable {
    /// What an event does.
    public enum Kind: String, Sendable {
        /// A row appears.
        case create
        /// Fields of a row change.
        case update
        /// A row goes.
        case delete
        /// The schema changes.
        case schema
    }

    /// The place in the log.
    public let position: UInt64
    /// What it does.
    public let kind: Kind
    /// The table; empty for a change of the schema.
    public let table: String
    /// The row.
    public let id: RowID
    /// The version of the row after the event.
    public let version: UInt32
    /// The position of the row's previous event; 0 for its first.
    public let previousPosition: UInt64
    /// All fields of a created row, the changed ones of an updated one.
    public let fields: [(name: String, value: Value)]
}

/// One step in the life of a row.
public struct Change: Sendable {
    /// The position of the event.
    public let position: UInt64
    /// When it was committed.
    public let time: Timestamp
    /// Who wrote it; empty where nobody was named.
    public let actor: String
    /// The label of its commit; empty where it has none.
    public let label: String
    /// What happened to the row.
    public let kind: EventRecord.Kind
    /// The version of the row after the event.
    public let version: UInt32
    /// The fields that changed, with what they were and became; of a deleted row, what it was.
    public let changes: [FieldChange]
}

/// One field of one change.
public struct FieldChange: Sendable, Equatable {
    /// The field.
    public let name: String
    /// What it was; nil where there was no row before.
    public let old: Value?
    /// What it became; nil where there is no row after.
    public let new: Value?
}
