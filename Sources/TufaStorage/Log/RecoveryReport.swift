internal import TufaBytes

/// What was found when a database was opened, and what was done about it.
package struct RecoveryReport: Sendable {
    /// One thing that was not as a clean close leaves it.
    package struct Finding: Sendable, Equatable {
        /// What kind of thing.
        package var kind: Kind
        /// The file, relative to the folder of the database.
        package var file: String
        /// Where in the file, in bytes.
        package var offset: UInt64
        /// What it is, as one sentence.
        package var message: String
        /// The copy of what was cut off, relative to the folder of the database.
        package var copy: String?
    }

    /// The kinds of findings.
    package enum Kind: String, Sendable {
        /// A write that a crash cut off; what was there lies in `quarantine/` now.
        case tornWrite = "torn_write"
        /// The log ends without a seal: the program or the machine stopped.
        case uncleanEnd = "unclean_end"
        /// Damage to what was acknowledged; the log was opened only up to it.
        case damage
        /// A snapshot that cannot be used; an older one was taken.
        case badSnapshot = "bad_snapshot"
        /// A file that was not finished, and was removed.
        case unfinishedFile = "unfinished_file"
        /// A segment that an archive holds already, and was removed.
        case archivedSegment = "archived_segment"
    }

    /// What was found, in the order in which it was found.
    package var findings: [Finding] = []
    /// The position of the last event, or 0.
    package var lastPosition: UInt64 = 0
    /// Whether the last writer closed the log.
    package var wasSealed = false

    /// The first position of the part of the log that was not looked at, because its seal is where
    /// the manifest has one.
    package var uncheckedPosition: UInt64?

    /// Makes an empty report.
    package init() {}

    mutating func note(
        _ kind: Kind, _ file: String, _ offset: UInt64, _ message: String, copy: String? = nil
    ) {
        findings.append(
            Finding(kind: kind, file: file, offset: offset, message: message, copy: copy))
    }

    mutating func note(_ kind: Kind, _ error: DatabaseError) {
        note(kind, error.file ?? "", error.offset ?? 0, error.message)
    }
}
