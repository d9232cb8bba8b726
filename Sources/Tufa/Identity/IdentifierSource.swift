internal import Synchronization
public import TufaBytes

/// Makes identifiers of version 7 (RFC 9562, method 3: the clock with more precision, and a
/// counter where the clock stands still).
final class IdentifierSource: Sendable {
    static let shared = IdentifierSource()

    /// The last 60 bits of time given out: milliseconds and a fraction of twelve bits.
    private let last = Atomic<UInt64>(0)
    private let counter = Atomic<UInt64>(0)
    private let seed: UInt64

    init() {
        var generator = SystemRandomNumberGenerator()
        seed = generator.next()
    }

    func next() -> RowID {
        let microseconds = UInt64(bitPattern: SystemClock.microseconds())
        let now = (microseconds / 1000) << 12 | (microseconds % 1000) << 2
        var before = last.load(ordering: .relaxed)
        while true {
            let ticks = max(before + 1, now)
            let (exchanged, original) = last.weakCompareExchange(
                expected: before, desired: ticks, ordering: .relaxed)
            if exchanged { return id(ticks) }
            before = original
        }
    }

    private func id(_ ticks: UInt64) -> RowID {
        // SplitMix64 over a counter with a random start: distinct within the process, and 62 bits
        // from the system's randomness between processes.
        let count = counter.wrappingAdd(1, ordering: .relaxed).newValue
        var mixed = seed &+ count &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 31
        return RowID(
            high: (ticks >> 12) << 16 | 0x7000 | ticks & 0xFFF,
            low: mixed >> 2 | 0x8000_0000_0000_0000)
    }
}

extension RowID {
    /// Makes a new identifier: version 7 of RFC 9562, later than every one this process made.
    public static func make() -> RowID { IdentifierSource.shared.next() }
}
