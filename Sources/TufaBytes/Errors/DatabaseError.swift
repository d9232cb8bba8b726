/// What went wrong, where, why, and what to do next.
///
/// It is the one error type that Tufa throws. ``code`` is for programs to switch over,
/// ``description`` for people to read; nothing else in the text is stable.
public struct DatabaseError: Error, Sendable {
    /// The kind of failure; new codes may be added in any release.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The stable name of the code, as the command line prints it.
        public let name: String

        /// Makes a code by its stable name.
        public init(_ name: String) { self.name = name }

        /// The stable name of the code.
        public var description: String { name }
    }

    /// The kind of failure.
    public var code: Code
    /// One sentence that says what was asked and why it cannot be done.
    public var message: String
    /// The file it concerns, relative to the database folder where it lies inside it.
    public var file: String?
    /// The offset in ``file``, in bytes.
    public var offset: UInt64?
    /// The table it concerns.
    public var table: String?
    /// The fields it concerns, in the order of the rule.
    public var fields: [String]
    /// The rule that was broken, by name.
    public var rule: String?
    /// The row it concerns.
    public var row: RowID?
    /// What the reader can do about it, as one sentence.
    public var advice: String?
    /// The failure below this one.
    public var cause: (any Error)?

    /// Makes an error; everything but the code and the message is optional.
    public init(
        _ code: Code, _ message: String, file: String? = nil, offset: UInt64? = nil,
        table: String? = nil, fields: [String] = [], rule: String? = nil, row: RowID? = nil,
        advice: String? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.file = file
        self.offset = offset
        self.table = table
        self.fields = fields
        self.rule = rule
        self.row = row
        self.advice = advice
        self.cause = cause
    }
}

extension DatabaseError: CustomStringConvertible {
    /// The message, the place, the cause and the advice, on one line.
    public var description: String {
        var text = "\(code): \(message)"
        if let file {
            text += " [\(file)"
            if let offset { text += " at byte \(offset)" }
            text += "]"
        }
        if let cause { text += " (because: \(cause))" }
        if let advice { text += " \(advice)" }
        return text
    }
}
