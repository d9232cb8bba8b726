/// What a check of every file has found.
package struct VerifyReport: Sendable {
    /// One thing that is not as it should be.
    package struct Finding: Sendable, Equatable {
        /// The file, relative to the folder of the database.
        package var file: String
        /// Where in the file, in bytes.
        package var offset: UInt64
        /// The stable name of the kind: the code of the error that opening would throw, or
        /// `torn_write`, `unclean_end`, `unfinished_file`, `archived_segment`, `stray_bytes`,
        /// `second_reading`.
        package var kind: String
        /// What it is, as one sentence.
        package var message: String
        /// Whether nothing is lost by it: opening mends it or does without it.
        package var isHarmless: Bool

        /// Makes a finding.
        package init(
            file: String, offset: UInt64, kind: String, message: String, isHarmless: Bool
        ) {
            self.file = file
            self.offset = offset
            self.kind = kind
            self.message = message
            self.isHarmless = isHarmless
        }
    }

    /// What was found, file by file.
    package var findings: [Finding] = []
    /// How many files were read.
    package var fileCount = 0
    /// How many bytes were read.
    package var byteCount: UInt64 = 0
    /// How many events were walked.
    package var eventCount: UInt64 = 0
    /// What could not be checked, and why, one sentence each.
    package var notChecked: [String] = []
    /// The position of the last event, or 0.
    package var lastPosition: UInt64 = 0

    /// Makes an empty report.
    package init() {}

    /// Whether nothing is lost: all that is damaged, if anything, are caches.
    package var isSound: Bool { findings.allSatisfy(\.isHarmless) }
}
