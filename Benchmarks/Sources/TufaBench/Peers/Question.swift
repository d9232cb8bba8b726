/// One query, as each engine can read it in its own language.
struct Question: Codable, Sendable {
    enum Kind: String, Codable {
        /// All words.
        case all
        /// At least one of the words.
        case any
        /// The words one after the other.
        case phrase
        /// Words that begin like the one word.
        case prefix
        /// Words that the one word becomes with at most `distance` edits.
        case fuzzy
        /// All words, in documents whose number ends with ``Question/filteredBucket``.
        case filtered
    }

    /// The documents that a filter lets pass are one in ten.
    static let filteredBucket = 3

    var kind: Kind
    var words: [String]
    var distance = 0
}

/// Questions of one kind, whose times make one line of the table.
struct QuestionClass {
    var name: String
    /// What the targets call it; nil where they do not.
    var key: String?
    /// What a median may take, in microseconds; nil where nothing was asked.
    var asked: Double?
    var questions: [Question]
}
