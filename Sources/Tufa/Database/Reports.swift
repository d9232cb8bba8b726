public import TufaBytes

/// A snapshot that was written.
public struct SnapshotReport: Sendable {
    /// The position as of which the state is.
    public let position: UInt64
    /// The file, relative to the database's folder.
    public let file: String
    /// Length of the file, in bytes.
    public let byteCount: UInt64
}

/// What archiving has done.
public struct ArchiveReport: Sendable {
    /// The archives that were written, relative to the database's folder.
    public let files: [String]
    /// How many events they hold.
    public let eventCount: UInt64
    /// Length of the commits in them, in bytes.
    public let rawByteCount: UInt64
    /// Length of the archives, in bytes.
    public let storedByteCount: UInt64
}

/// What a restore has done, or would do.
public struct RestoreReport: Sendable {
    /// The position of the last event of the restored history.
    public let position: UInt64
    /// The time of its commit.
    public let time: Timestamp
    /// The hash of the restored state; nil of a dry run.
    public let stateHash: String?
    /// How many events the restored history has.
    public let eventCount: UInt64
    /// What is done, one sentence a step.
    public let steps: [String]
}

/// One thing that is wrong with a database.
public struct Finding: Sendable, Equatable {
    /// The file, relative to the database's folder; empty where it concerns none.
    public let file: String
    /// Where in the file, in bytes.
    public let offset: UInt64?
    /// What kind of thing, as a stable word.
    public let kind: String
    /// What it is, as one sentence.
    public let message: String
    /// Whether nothing is lost by it: opening the database mends it or does without it.
    public let isHarmless: Bool
    /// The position of the event that it concerns, where it concerns one.
    public let position: UInt64?
    /// The table that it concerns, where it concerns one.
    public let table: String?
    /// The row that it concerns, where it concerns one.
    public let row: RowID?

    init(
        file: String, offset: UInt64?, kind: String, message: String, isHarmless: Bool,
        position: UInt64? = nil, table: String? = nil, row: RowID? = nil
    ) {
        self.file = file
        self.offset = offset
        self.kind = kind
        self.message = message
        self.isHarmless = isHarmless
        self.position = position
        self.table = table
        self.row = row
    }
}

/// What a check of a database has found.
public struct VerifyReport: Sendable {
    /// What was found; empty where everything is as a clean close leaves it.
    public let findings: [Finding]
    /// What could not be checked, and why, one sentence each; empty where everything was.
    public let notChecked: [String]
    /// Whether nothing is lost: every finding, if there is one, is harmless.
    public var isOK: Bool { findings.allSatisfy(\.isHarmless) }
    /// How many files were read.
    public let fileCount: Int
    /// How many bytes were read.
    public let byteCount: UInt64
    /// The position of the last event.
    public let position: UInt64
    /// The hash of the state that a replay of everything gives; nil where that was not reached.
    public let stateHash: String?
}

/// What a replay of the whole history has measured.
public struct ReplayReport: Sendable {
    /// How many events were applied.
    public let eventCount: UInt64
    /// How long it took, in seconds.
    public let seconds: Double
    /// The position of the last event.
    public let position: UInt64
    /// The hash of the state.
    public let stateHash: String
}

/// What a database is made of.
public struct DatabaseInfo: Sendable {
    /// One index.
    public struct IndexInfo: Sendable {
        /// The name.
        public let name: String
        /// How many entries it has.
        public let entryCount: Int
        /// Bytes in memory.
        public let byteCount: Int
    }

    /// One table.
    public struct TableInfo: Sendable {
        /// The name.
        public let name: String
        /// How many rows it has.
        public let rowCount: Int
        /// Bytes of the rows' own data.
        public let byteCount: Int
        /// Bytes of the rows in memory, with their headers.
        public let residentByteCount: Int
        /// The indexes, the primary one first, and the text indexes.
        public let indexes: [IndexInfo]
    }

    /// One file.
    public struct FileInfo: Sendable {
        /// The name, relative to the database's folder.
        public let name: String
        /// Length, in bytes.
        public let byteCount: UInt64
    }

    /// The position of the last event.
    public let position: UInt64
    /// The time of the last commit.
    public let time: Timestamp
    /// The hash of the state.
    public let stateHash: String
    /// The tables, in schema order.
    public let tables: [TableInfo]
    /// The files, by name.
    public let files: [FileInfo]
    /// Bytes that the process has in memory.
    public let residentByteCount: Int
    /// The identity of the database.
    public let databaseID: RowID
    /// The identity of its history; a restore starts another one.
    public let lineage: RowID
}
