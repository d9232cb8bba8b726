internal import TufaBytes

/// Why some bytes are not what their format says, before anyone knows in which file they stand.
struct FormatProblem: Error, Equatable {
    /// Where, in bytes from the start of what was read.
    var offset: Int
    /// What is wrong, as a clause.
    var reason: String

    init(_ reason: String, at offset: Int = 0) {
        self.reason = reason
        self.offset = offset
    }

    /// The error for people, in a file where the bytes began at `base`.
    func damage(file: String, base: UInt64) -> DatabaseError {
        DatabaseError(
            .damaged, "The file is damaged: \(reason).", file: file,
            offset: base &+ UInt64(offset))
    }
}
