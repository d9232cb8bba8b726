#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// BM25F over the documents that one view sees (Robertson and Zaragoza, "The Probabilistic
/// Relevance Framework", 2009).
///
/// A term with counts `tf` in a document of lengths `len` scores
/// `idf · (k1 + 1) · x / (k1 + x)` with `x = Σ weight · tf / (1 - b + b · len / average)` over the
/// fields, and `idf = ln(1 + (N - df + 0.5) / (df + 0.5))`.
struct Ranking {
    private let saturation: Double
    let lengthShare: Double
    /// What the weights are multiplied by, against those that the bounds of blocks were made with.
    private let emphasis: SIMD8<Double>

    let weights: SIMD8<Double>
    /// `b / average length`, by field.
    let slopes: SIMD8<Double>
    private let documentCount: Double

    /// The ranking of a view.
    init(weights: [Double], roots: TextRoots, _ options: RankingOptions) {
        self.init(
            weights: weights,
            slopes: Self.slopes(
                roots.liveCount, roots.totalTokens, weights.count, options.lengthShare),
            documentCount: roots.liveCount, options)
    }

    init(
        weights: [Double], slopes: SIMD8<Double>, documentCount: Int,
        _ options: RankingOptions = RankingOptions()
    ) {
        var byField = SIMD8<Double>(repeating: 0)
        var emphasis = SIMD8<Double>(repeating: 1)
        for field in weights.indices {
            byField[field] = weights[field]
            if let weights = options.weights, field < weights.count {
                emphasis[field] = weights[field] / byField[field]
                byField[field] = weights[field]
            }
        }
        self.weights = byField
        self.emphasis = emphasis
        self.slopes = slopes
        self.documentCount = Double(documentCount)
        saturation = options.saturation
        lengthShare = options.lengthShare
    }

    /// `b / average length` of documents with so many tokens in all, by field.
    static func slopes(
        _ liveCount: Int, _ totalTokens: SIMD8<UInt64>, _ fieldCount: Int,
        _ lengthShare: Double = RankingOptions.standardLengthShare
    ) -> SIMD8<Double> {
        var slopes = SIMD8<Double>(repeating: 0)
        for field in 0..<fieldCount {
            let total = Double(totalTokens[field])
            if total > 0 { slopes[field] = lengthShare * Double(liveCount) / total }
        }
        return slopes
    }

    /// By how much shares that were computed with other slopes, the standard length share and the
    /// index's own weights can be too low for these.
    ///
    /// A share is a sum over fields of `weight · tf / (1 - b + slope · len)`, and the quotient of
    /// two such denominators is monotonic in the length, so its extremes are at one token and at
    /// infinitely many.
    func excess(over slopes: SIMD8<Double>) -> Double {
        var greatest = 0.0
        for field in 0..<8 where slopes[field] > 0 {
            let own = self.slopes[field]
            let atOne =
                (1 - RankingOptions.standardLengthShare + slopes[field]) / (1 - lengthShare + own)
            let atInfinity = own > 0 ? slopes[field] / own : .infinity
            greatest = max(greatest, emphasis[field] * max(atOne, atInfinity))
        }
        return greatest
    }

    /// What a term that is in `documentFrequency` documents is worth at most.
    func weight(documentFrequency: Int) -> Double {
        let frequency = Double(documentFrequency)
        return log(1 + (documentCount - frequency + 0.5) / (frequency + 0.5))
    }

    /// The share of one field in a document's `x`.
    @inline(__always)
    func share(field: Int, count: UInt32, tokenCount: UInt32) -> Double {
        Self.share(
            weight: weights[field], base: 1 - lengthShare, slope: slopes[field], count, tokenCount)
    }

    /// The same from a field's weight, the part that no length changes and the slope.
    @inline(__always)
    static func share(
        weight: Double, base: Double, slope: Double, _ count: UInt32, _ tokenCount: UInt32
    ) -> Double {
        weight * Double(count) / (base + slope * Double(tokenCount))
    }

    /// The score of a term of a weight, from the sum of the fields' shares.
    @inline(__always)
    func score(weight: Double, share: Double) -> Double {
        weight * (saturation + 1) * share / (saturation + share)
    }

    /// The least share with which a term of a weight can score so much; infinite where none can.
    ///
    /// It gives way a little, for shares that are rounded to 32 bits.
    func leastShare(weight: Double, score: Double) -> Float {
        guard score > 0 else { return -.infinity }
        let most = weight * (saturation + 1)
        guard score < most else { return .infinity }
        return Float(score * saturation / (most - score) * 0.999_99)
    }

    /// The same for the greatest share that there can be, which may be infinite.
    func greatestScore(weight: Double, share: Double) -> Double {
        share.isFinite ? score(weight: weight, share: share) : weight * (saturation + 1)
    }
}
