/// The least share with which a term can bring a document to the threshold, computed again only
/// where the threshold has moved.
struct LeastShare {
    private let weight: Double
    /// What else the document can score.
    private let others: Double
    private var threshold = -Double.infinity
    private var share = -Float.infinity

    init(weight: Double, others: Double = 0) {
        self.weight = weight
        self.others = others
    }

    @inline(__always)
    mutating func value(_ threshold: Double, _ ranking: Ranking) -> Float {
        if threshold > self.threshold {
            self.threshold = threshold
            share = ranking.leastShare(
                weight: weight, score: threshold / HitCollector.slack - others)
        }
        return share
    }
}
