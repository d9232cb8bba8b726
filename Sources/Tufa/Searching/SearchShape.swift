public import TufaBytes
public import TufaModel
public import TufaSearch

/// What is searched for in one table, for code that does not know its types; ``Search`` is the
/// typed form.
public struct SearchShape: Sendable, Hashable {
    /// What is looked for.
    public enum Subject: Sendable, Hashable {
        /// The rows whose texts fit an expression.
        case expression(SearchExpression)
        /// The rows whose texts are most like those of one row, which is not among them.
        case rowsLike(RowID)
    }

    /// The table.
    public var table: String
    /// What is looked for.
    public var subject: Subject
    /// The name of the text index; nil for the first of the table.
    public var index: String?
    /// Which rows may be found; it is applied before anything is counted or scored.
    public var predicate: Predicate
    /// In which order the rows come; empty for the best first.
    public var sort: [Sort]
    /// How many rows at most.
    public var limit: Int
    /// What a word in a field is worth, by the field's place, where not as the schema says.
    public var weights: [Int: Double]
    /// `k1` of BM25F: how much a word that comes again still counts; 0 for not at all.
    public var saturation: Double
    /// `b` of BM25F: how much the length of a text counts, 0 to 1.
    public var lengthShare: Double
    /// Whether all rows that are found are counted.
    public var countsTotal: Bool
    /// By what the rows that are found are counted.
    public var facets: [FacetShape]
    /// Of which fields the hits bring a snippet.
    public var snippets: [SnippetShape]

    /// Asks for the rows of a table that fit best.
    public init(table: String, _ subject: Subject, limit: Int = 10) {
        self.table = table
        self.subject = subject
        self.limit = limit
        predicate = .all
        sort = []
        weights = [:]
        saturation = 1.2
        lengthShare = 0.75
        countsTotal = false
        facets = []
        snippets = []
    }
}

/// A field that the rows found are counted by.
public struct FacetShape: Sendable, Hashable {
    /// The place of the field.
    public var field: Int
    /// The span that moments are counted by; nil for each value by itself.
    public var bucket: TimeBucket?
    /// How many values are given at most: those of the most rows.
    public var limit: Int

    /// Counts by a field.
    public init(field: Int, bucket: TimeBucket? = nil, limit: Int = 10) {
        self.field = field
        self.bucket = bucket
        self.limit = limit
    }
}

/// A field of which hits bring a snippet.
public struct SnippetShape: Sendable, Hashable {
    /// The place of the field.
    public var field: Int
    /// About how many characters a fragment has; nil for the whole text.
    public var length: Int?
    /// How many fragments at most.
    public var count: Int

    /// Asks for a snippet of a field.
    public init(field: Int, length: Int? = 160, count: Int = 1) {
        self.field = field
        self.length = length
        self.count = count
    }
}
