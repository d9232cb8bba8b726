package import TufaIndex

/// What a view holds of one text index.
package struct TextRoots: Sendable, Equatable {
    /// The tree of terms.
    package var terms = TreeRoot()
    /// One more than the number of the last term that the view may see.
    package var termLimit: UInt32 = 1
    /// One more than the number of the last document that the view may see.
    package var documentLimit: UInt32 = 1
    /// How many documents live.
    package var liveCount = 0
    /// How many documents have ended since the index was made or loaded; -1 where that is of no
    /// use.
    package var endingCount = 0
    /// Tokens of the documents that live, by field.
    package var totalTokens = SIMD8<UInt64>(repeating: 0)

    package init() {}

    /// What a view holds of an index that was not read yet.
    static let cold: TextRoots = {
        var roots = TextRoots()
        roots.endingCount = .min
        return roots
    }()

    /// Whether every document below the limit lives, so that none needs to be asked.
    var isWithoutDead: Bool { liveCount == Int(documentLimit) - 1 }
}
