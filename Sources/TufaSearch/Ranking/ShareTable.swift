/// The shares that one search gives to counts and lengths: exact ones, and bounds that need only
/// the rough length of a document.
///
/// A search looks at the bounds first. They come from a table and from rough lengths that stay in
/// the cache, and most documents go no further.
@safe
struct ShareTable: ~Copyable {
    /// The weight, the share that no length changes and the slope, by field.
    private let factors: UnsafeMutablePointer<Double>
    /// The greatest share of one occurrence, by field and ``LengthCode``.
    private let greatest: UnsafeMutablePointer<Float>

    private static let codeCount = 256
    /// What each code stands for at least.
    private static let leastLengths = (0..<codeCount).map {
        Float(LengthCode.least(UInt8($0)))
    }
    /// More than what a bound loses by being computed in 32 bits.
    private static let slack: Float = 1.000_01

    /// Makes the table of a search over `fieldCount` fields.
    ///
    /// - Complexity: O(fields), 256 numbers each.
    init(_ ranking: Ranking, fieldCount: Int) {
        unsafe factors = .allocate(capacity: 3 * fieldCount)
        unsafe greatest = .allocate(capacity: Self.codeCount * fieldCount)
        for field in 0..<fieldCount {
            let weight = ranking.weights[field]
            let base = 1 - ranking.lengthShare
            let slope = ranking.slopes[field]
            unsafe factors[3 * field] = weight
            unsafe factors[3 * field + 1] = base
            unsafe factors[3 * field + 2] = slope
            let row = unsafe greatest + Self.codeCount * field
            unsafe Self.leastLengths.withUnsafeBufferPointer { lengths in
                for code in 0..<Self.codeCount {
                    unsafe row[code] =
                        Float(weight) * Self.slack / (Float(base) + Float(slope) * lengths[code])
                }
            }
        }
    }

    deinit {
        unsafe factors.deallocate()
        unsafe greatest.deallocate()
    }

    /// The share of one field in a document's `x`.
    @inline(__always)
    func share(field: Int, count: UInt32, tokenCount: UInt32) -> Double {
        let own = unsafe factors + 3 &* field
        return unsafe Ranking.share(weight: own[0], base: own[1], slope: own[2], count, tokenCount)
    }

    /// At least the share of one field in a document with a rough length.
    @inline(__always)
    func greatestShare(field: Int, count: UInt32, code: UInt8) -> Float {
        unsafe greatest[field &<< 8 &+ Int(code)] * Float(count)
    }
}
