/// What a repair has done, or would do.
public struct RepairReport: Sendable {
    /// One thing that is put right.
    public struct Step: Sendable, Equatable {
        /// What kind of thing, as a stable word: `unfinished_file`, `foreign_file`, `bad_snapshot`,
        /// `archived_segment`, `stray_bytes`, `torn_write` or `manifest_slot`.
        public let kind: String
        /// The file, relative to the database's folder.
        public let file: String
        /// Where in the file, in bytes.
        public let offset: UInt64
        /// What is done, as one sentence.
        public let action: String
        /// Why, as one sentence.
        public let reason: String
        /// The copy of what was there, relative to the database's folder; nil before it is made,
        /// and where there was nothing to copy.
        public let copy: String?
    }

    /// One thing that a repair leaves alone, since it would have to guess.
    public struct Unmended: Sendable, Equatable {
        /// What it is.
        public let finding: Finding
        /// What helps, as one sentence.
        public let advice: String
    }

    /// Whether the steps were done, not only planned.
    public let isApplied: Bool
    /// What is put right, in order.
    public let steps: [Step]
    /// What is left, in the order of the files.
    public let unmended: [Unmended]
    /// What could not be checked, and why, one sentence each.
    public let notChecked: [String]
    /// The position of the last event.
    public let position: UInt64
    /// The hash of the state that a replay of everything gives; nil where that was not reached.
    public let stateHash: String?
    /// Whether nothing is left, or would be, but what is harmless.
    public var isOK: Bool { unmended.allSatisfy(\.finding.isHarmless) }
}
