import Testing

@testable import TufaIndex

struct EntrySortingTests {
    /// Entries as somebody's keys may be; the same in every run.
    private static let patterns: [(String, @Sendable (UInt64, inout SplitMix) -> [UInt64])] = [
        ("random", { _, chance in [chance.next(), chance.next(), chance.next()] }),
        ("in order", { number, _ in [1, number, 0] }),
        ("backward", { number, _ in [1, .max - number, 0] }),
        ("nearly in order", { number, chance in [number / 16, chance.next(), 0] }),
        ("the last bytes only", { _, chance in [5, 6, chance.next() & 0xFFF] }),
        ("a few", { _, chance in [chance.next() % 3, 0, 0] }),
        ("all the same", { _, _ in [1, 2, 3] }),
        ("highest and lowest bit", { _, chance in [chance.next() & (1 << 63 | 1), 7, 0] }),
        ("digits", { number, _ in [0x3030_3030_3030_3030 | number % 10 << 8 | number / 10 % 10] }),
    ]

    @Test(arguments: 0..<9, [0, 1, 2, 24, 25, 300, 20_000])
    func `entries come in the order of their bytes`(pattern: Int, count: Int) {
        var chance = SplitMix(state: UInt64(pattern * 31 + count))
        var entries = (0..<count).map { number in
            let words = Self.patterns[pattern].1(UInt64(number), &chance) + [0, 0]
            return TreeEntries.Entry(
                first: words[0], second: words[1], third: words[2],
                number: UInt32(truncatingIfNeeded: chance.next()), keyByteCount: 24)
        }
        func words(_ entry: TreeEntries.Entry) -> [UInt64] {
            [entry.first, entry.second, entry.third, UInt64(entry.number)]
        }
        func isBefore(_ one: TreeEntries.Entry, _ two: TreeEntries.Entry) -> Bool {
            words(one).lexicographicallyPrecedes(words(two))
        }
        let expected = entries.sorted(by: isBefore).map(words)
        entries.withUnsafeMutableBufferPointer { TreeEntries.sort($0, isBefore) }
        // Whole keys decide where the first bytes are the same.
        #expect(entries.map(words) == expected, "\(Self.patterns[pattern].0)")
    }
}
