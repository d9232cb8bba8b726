internal import CTufa

/// How long a thread stays awake between the start of a write and its sync.
///
/// A sync sleeps twice, until the write is done and until the disk has emptied its cache, and each
/// time waking up costs, most of all on a virtual machine. Who stays awake for about as long as the
/// write takes sleeps once. How long that is, is found by measuring: in a round a few lengths take
/// turns, so that all meet the same disk, in another order each turn, and until the next round the
/// one is used whose syncs were the quickest (after hybrid polling, `io_poll_delay` of Linux).
struct SyncPace {
    /// The lengths that are tried, in nanoseconds; the first is not to stay awake.
    static let lengths: [Int64] = [0, 8_000, 12_000, 16_000, 20_000, 24_000, 32_000]
    /// Longer groups take longer than anybody stays awake, and tell nothing of short ones.
    static let largestByteCount = 64 << 10
    /// How often each is tried in a round.
    static let trialCount = 8
    /// How many syncs a round has.
    static let roundLength = trialCount * lengths.count
    /// How many syncs pass from a round to the next.
    static let period = 10 * roundLength
    /// What part of the time staying awake must spare to be worth a processor.
    private static let worthwhile = 0.03
    /// What one round adds to what those before it have shown.
    private static let weight = 0.25

    /// How long the syncs of a round took, those of a length one after the other.
    private var durations = [Double](repeating: 0, count: Self.roundLength)
    /// How long syncs take, as parts of what they take without staying awake.
    private var shares = [Double](repeating: 1, count: Self.lengths.count)
    private var roundCount = 0
    /// The place of the next sync in the period.
    private var place = 0
    /// The length with the quickest syncs, by its number.
    private(set) var best = 0

    /// The length for the next sync, by its number.
    ///
    /// Each turn begins with another length, for commits may have a rhythm of their own.
    var current: Int {
        let count = Self.lengths.count
        return place < Self.roundLength ? (place + place / count) % count : best
    }

    /// Stays awake for the length that is tried or used.
    func stayAwake() {
        let length = Self.lengths[current]
        if length > 0 { tufa_stay_awake(length) }
    }

    /// Takes in how long a sync took, from the start of its write.
    mutating func note(_ duration: Duration) {
        if place < Self.roundLength {
            durations[current * Self.trialCount + place / Self.lengths.count] =
                duration / .nanoseconds(1)
            if place == Self.roundLength - 1 { endRound() }
        }
        place = (place + 1) % Self.period
    }

    private mutating func endRound() {
        let usual = max(median(0), 1)
        // What the first round shows is all there is.
        let weight = roundCount == 0 ? 1 : Self.weight
        roundCount += 1
        best = 0
        for number in 1..<Self.lengths.count {
            shares[number] += (median(number) / usual - shares[number]) * weight
            let limit = best == 0 ? 1 - Self.worthwhile : shares[best]
            if shares[number] < limit { best = number }
        }
    }

    private func median(_ number: Int) -> Double {
        let start = number * Self.trialCount
        return durations[start..<start + Self.trialCount].sorted()[Self.trialCount / 2]
    }
}
