/// Commits that stand together in one frame or one block, and were found whole.
package struct SalvageRun: Sendable {
    /// How they are stored.
    enum Form: Sendable {
        case frame(payloadByteCount: Int)
        case block(ArchiveBlock)
    }

    /// The file, relative to the folder of the database.
    package var file: String
    /// Where the frame or block begins.
    package var offset: UInt64
    /// The position of the first event.
    package var first: UInt64
    /// The position of the last event.
    package var last: UInt64
    var firstTime: Int64
    var lastTime: Int64
    var form: Form
}

/// A place in a file that could not be read.
package struct SalvageSpot: Sendable {
    /// The file, relative to the folder of the database.
    package var file: String
    /// Where in the file, in bytes.
    package var offset: UInt64
    /// What is wrong there, as one sentence.
    package var reason: String
    /// The position that was expected there; nil where none was.
    package var expected: UInt64?
    /// Whether nothing that was acknowledged can have stood there.
    package var isHarmless = false
}

/// What follows next in the history, as far as it is there.
package enum SalvageStep: Sendable {
    /// Commits, from a position on; those of the run before it were had elsewhere.
    case commits(SalvageRun, from: UInt64)
    /// Positions that no file gives; nil where nobody knows how far they went.
    case gap(first: UInt64, last: UInt64?)
}
