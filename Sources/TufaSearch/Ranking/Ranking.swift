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
    static let saturation = 1.2
    static let lengthShare = 0.75

    private let weights: SIMD8<Double>
    /// `b / average length`, by field.
    private let slopes: SIMD8<Double>
    private let documentCount: Double

    init(weights: [Double], roots: TextRoots) {
        var byField = SIMD8<Double>(repeating: 0)
        var slopes = SIMD8<Double>(repeating: 0)
        for field in weights.indices {
            byField[field] = weights[field]
            let total = Double(roots.totalTokens[field])
            if total > 0 { slopes[field] = Self.lengthShare * Double(roots.liveCount) / total }
        }
        self.weights = byField
        self.slopes = slopes
        documentCount = Double(roots.liveCount)
    }

    /// What a term that is in `documentFrequency` documents is worth at most.
    func weight(documentFrequency: Int) -> Double {
        let frequency = Double(documentFrequency)
        return log(1 + (documentCount - frequency + 0.5) / (frequency + 0.5))
    }

    /// The share of one field in a document's `x`.
    @inline(__always)
    func share(field: Int, count: UInt32, tokenCount: UInt32) -> Double {
        weights[field] * Double(count)
            / (1 - Self.lengthShare + slopes[field] * Double(tokenCount))
    }

    /// The score of a term of a weight, from the sum of the fields' shares.
    @inline(__always)
    static func score(weight: Double, share: Double) -> Double {
        weight * (saturation + 1) * share / (saturation + share)
    }
}
