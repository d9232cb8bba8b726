/// How a thread waits for the syncs of groups: which way is the quickest on this disk.
///
/// A sync sleeps twice, until the write is done and until the disk has emptied its cache, and each
/// time waking up costs, most of all on a virtual machine. Who stays awake for about as long as the
/// write takes sleeps once; beside a companion (``SyncCompanion``) the processor never halts. What
/// is best is found by measuring: in a round the ways take turns, so that all meet the same disk,
/// in another order each turn, and until the next round the one is used whose syncs were the
/// quickest (after hybrid polling, `io_poll_delay` of Linux).
struct SyncPace {
    /// A way to wait.
    enum Way: Equatable {
        /// To do nothing about it.
        case asleep
        /// To stay awake for so many nanoseconds between the start of the write and the sync.
        case awake(Int64)
        /// To have the processor kept from halting.
        case accompanied
    }

    /// The ways to wait for a short commit that is alone; to be asleep comes first.
    static let waysAlone: [Way] = [
        .asleep, .awake(8_000), .awake(12_000), .awake(16_000), .awake(20_000), .awake(24_000),
        .awake(32_000), .accompanied,
    ]
    /// The ways to wait for any other group: whoever else is there has a use for the processors.
    static let waysTogether: [Way] = [.asleep, .accompanied]
    /// How often each is tried in a round.
    static let trialCount = 8
    /// What part of the time staying awake must spare to be worth a processor, and a companion,
    /// which uses it all the time, beyond that.
    private static let worthwhile = 0.03
    /// The longest syncs, in nanoseconds, that a companion stays for.
    private static let longest = 500_000.0
    /// What one round adds to what those before it have shown.
    private static let weight = 0.25

    private let ways: [Way]
    /// How long the syncs of a round took, those of a way one after the other.
    private var durations: [Double]
    /// How long syncs take, as parts of what they take asleep.
    private var shares: [Double]
    private var roundCount = 0
    /// The place of the next sync in the period.
    private var place = 0
    /// The way with the quickest syncs, by its number.
    private var bestNumber = 0

    /// A pace for which so many ways are tried.
    init(_ ways: [Way]) {
        self.ways = ways
        durations = [Double](repeating: 0, count: Self.trialCount * ways.count)
        shares = [Double](repeating: 1, count: ways.count)
    }

    /// How many syncs a round has.
    var roundLength: Int { durations.count }

    /// How many syncs pass from a round to the next.
    var period: Int { 10 * roundLength }

    /// How long a sync usually takes asleep, in nanoseconds.
    private var usual = 100_000.0

    /// How long a companion stays, in nanoseconds: to the end of most syncs that it makes quicker.
    ///
    /// Not longer, for what else the disk needs done on this processor, by a thread of the system,
    /// may have to wait for it now and then.
    var stay: Int64 { Int64(usual * 0.75) }

    /// The way with the quickest syncs.
    var best: Way { ways[bestNumber] }

    /// The way for the next sync.
    var current: Way { ways[number] }

    /// The way for the next sync, by its number.
    ///
    /// They take turns by the digits of the place (Thue and Morse), and not always in the same
    /// order, for commits may have a rhythm of their own.
    private var number: Int {
        if place >= roundLength { return bestNumber }
        let count = ways.count
        var (rest, sum) = (place, 0)
        while rest > 0 {
            sum += rest % count
            rest /= count
        }
        return sum % count
    }

    /// Takes in how long a sync took, from the start of its write.
    mutating func note(_ duration: Duration) {
        if place < roundLength {
            durations[number * Self.trialCount + place / ways.count] = duration / .nanoseconds(1)
            if place == roundLength - 1 { endRound() }
        }
        place = (place + 1) % period
    }

    private mutating func endRound() {
        usual = max(median(0), 1)
        // What the first round shows is all there is.
        let weight = roundCount == 0 ? 1 : Self.weight
        roundCount += 1
        bestNumber = 0
        for number in 1..<ways.count {
            shares[number] += (median(number) / usual - shares[number]) * weight
            let limit = bestNumber == 0 ? 1 - Self.worthwhile : shares[bestNumber]
            let isCompanion = ways[number] == .accompanied
            let price = isCompanion && bestNumber != 0 ? Self.worthwhile : 0
            // What it would spare is little there.
            if isCompanion, usual > Self.longest { continue }
            if shares[number] < limit - price { bestNumber = number }
        }
    }

    private func median(_ number: Int) -> Double {
        let start = number * Self.trialCount
        return durations[start..<start + Self.trialCount].sorted()[Self.trialCount / 2]
    }
}
