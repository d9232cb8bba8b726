public import TufaBytes
public import TufaModel

/// What could be brought into a new database, and what could not.
public struct SalvageReport: Sendable {
    /// A place in a file that could not be read.
    public struct Place: Sendable, Equatable {
        /// The file, relative to the database's folder.
        public let file: String
        /// Where in the file, in bytes.
        public let offset: UInt64
        /// What is wrong there, as one sentence.
        public let reason: String
    }

    /// Positions that no file gives.
    public struct Gap: Sendable, Equatable {
        /// The first position that is missing.
        public let first: UInt64
        /// The last one; nil where nobody knows how far the history went.
        public let last: UInt64?
        /// Where they should have been.
        public let places: [Place]
    }

    /// What one file gave.
    public struct Source: Sendable, Equatable {
        /// The file, relative to the database's folder.
        public let file: String
        /// How many commits were taken from it.
        public var commitCount: UInt64 = 0
        /// How many events were taken from it.
        public var eventCount: UInt64 = 0
        /// How many rows are as this file has them.
        public var rowCount = 0
    }

    /// A row that is not as it should be.
    public struct Row: Sendable {
        /// The table.
        public let table: String
        /// The row.
        public let id: RowID
        /// The position of the event that could not be applied, or that made the row.
        public let position: UInt64
        /// The rule that the row would break, or what is unknown, as a stable word.
        public let kind: String
        /// Why, as one sentence.
        public let reason: String
        /// What is known of it: all fields of a row that was left out, those that a change gave of
        /// an uncertain one.
        public let fields: [(name: String, value: Value)]
        /// The position of the version that is in the new database; nil where none is.
        public let keptPosition: UInt64?
    }

    /// An event that nothing could be done with.
    public struct LostEvent: Sendable, Equatable {
        /// The position of the event.
        public let position: UInt64
        /// Why, as one sentence.
        public let reason: String
    }

    /// The positions that are missing.
    public let gaps: [Gap]
    /// Every place that could not be read, those without a loss included.
    public let places: [Place]
    /// What was taken from where, in the order of the names.
    public let sources: [Source]
    /// Rows of which a later change is known and could not be applied; the version before is kept.
    public let uncertain: [Row]
    /// Rows, or the last version of rows, that would break a rule of the schema.
    public let leftOut: [Row]
    /// Events that nothing could be done with.
    public let lostEvents: [LostEvent]
    /// Up to which position the history was taken over as it was.
    public let wholeThrough: UInt64
    /// How many rows the new database has.
    public let rowCount: Int
    /// The position of the last event of the new database.
    public let position: UInt64
    /// The hash of the state of the new database.
    public let stateHash: String
    /// Whether the manifest tells how far the history went; else what was written last may be
    /// missing without a trace, for a seal ends a segment and says nothing of one behind it.
    public let isEndKnown: Bool
    /// What people should know besides, one sentence each.
    public let notes: [String]

    /// How many commits were taken.
    public var commitCount: UInt64 { sources.reduce(0) { $0 + $1.commitCount } }
    /// How many events were taken.
    public var eventCount: UInt64 { sources.reduce(0) { $0 + $1.eventCount } }
    /// Whether nothing can be missing: all up to a known end was read, and every row is in.
    public var isWhole: Bool {
        isEndKnown && gaps.isEmpty && uncertain.isEmpty && leftOut.isEmpty && lostEvents.isEmpty
    }

    /// What is said where ``isEndKnown`` is not.
    static let unknownEnd =
        "Without both slots of its manifest nobody knows how far the history went: what was "
        + "written last may be missing without a trace."
}
