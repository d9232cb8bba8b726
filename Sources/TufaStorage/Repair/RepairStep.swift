/// One thing that can be put right without a guess.
package struct RepairStep: Sendable, Equatable {
    /// What is done.
    package enum Kind: String, Sendable {
        /// A file that was not finished is moved aside.
        case unfinishedFile = "unfinished_file"
        /// A file that does not belong here is moved aside.
        case foreignFile = "foreign_file"
        /// A snapshot that cannot be used is moved aside; the history gives its state again.
        case badSnapshot = "bad_snapshot"
        /// A segment that a verified archive holds is moved aside.
        case archivedSegment = "archived_segment"
        /// What stands behind a seal is moved aside, and zeros take its place.
        case strayBytes = "stray_bytes"
        /// A write that a crash cut off is moved aside, as opening does.
        case tornWrite = "torn_write"
        /// A slot of the manifest that is not whole is written anew from the other one.
        case manifestSlot = "manifest_slot"
    }

    /// What is done.
    package var kind: Kind
    /// The file, relative to the folder of the database.
    package var file: String
    /// Where in the file, in bytes.
    package var offset: UInt64
    /// Why, as one sentence.
    package var message: String
    /// The copy in the quarantine, once it is done.
    package var copy: String?
}
