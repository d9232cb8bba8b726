/// How documents are scored, where it is not as usual.
package struct RankingOptions: Sendable, Equatable {
    /// `b` of BM25F where nothing else is asked; the bounds of blocks are made with it.
    package static let standardLengthShare = 0.75

    /// `k1`: how much a second occurrence of a term still counts; 0 for not at all.
    package var saturation = 1.2
    /// `b`: how much the length of a field counts, 0 to 1.
    package var lengthShare = RankingOptions.standardLengthShare
    /// What an occurrence in each field counts; nil for the weights of the index.
    package var weights: [Double]?

    package init() {}
}
