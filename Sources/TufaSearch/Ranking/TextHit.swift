/// One document that a search found.
package struct TextHit: Sendable, Equatable {
    /// The row that the document is a version of.
    package var row: UInt32
    /// The number of the document.
    package var document: UInt32
    /// How well it fits; 0 where nothing in the query ranks.
    package var score: Double

    package init(row: UInt32, document: UInt32, score: Double) {
        self.row = row
        self.document = document
        self.score = score
    }

    /// Whether the hit comes after another: lower score, or the same and a higher row number.
    @inline(__always)
    func isAfter(_ other: TextHit) -> Bool {
        score != other.score ? score < other.score : row > other.row
    }
}

/// What a search did, for `explain` and metrics.
package struct SearchStatistics: Sendable, Equatable {
    /// Terms whose postings were opened, those that prefixes stand for included.
    package var terms = 0
    /// Postings that were decoded, those for counting documents included.
    package var postingsRead = 0
    /// Documents that match, that the view sees, that the filter lets pass, and whose score was
    /// asked for.
    package var documentsScored = 0
    /// Runs of documents that were passed over, because none of them could be among the best.
    package var blocksSkipped = 0
    /// Prefixes that stand for more terms than are looked at.
    package var prefixesCut = 0

    package init() {}
}
