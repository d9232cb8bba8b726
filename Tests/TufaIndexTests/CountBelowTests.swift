import CTufa
import Testing

@testable import TufaIndex

/// The search within a node, by all that a processor may have for it.
struct CountBelowTests {
    /// Every count that a node may have and a few more, from every place of a line on.
    @Test(arguments: 0...96)
    func `eight at once count what a search finds`(count: Int) {
        var generator = SplitMix(state: UInt64(count))
        for shift in 0..<8 {
            var words = (0..<shift + count + 8).map { _ in
                // Few values, so that there are ties, and some with the highest bit.
                UInt64.random(in: 0...40, using: &generator) << 58
            }
            words[shift..<shift + count].sort()
            // What lies around is not looked at.
            for place in words.indices where place < shift || place >= shift + count {
                words[place] = place % 2 == 0 ? 0 : .max
            }
            let limits = words + words.map { $0 &+ 1 } + [0, 1, 1 << 63, .max]
            for limit in limits {
                let expected = words[shift..<shift + count].count { $0 < limit }
                words.withUnsafeMutableBufferPointer { buffer in
                    let start = buffer.baseAddress! + shift
                    #expect(tufa_count_below(start, Int64(count), limit) == Int64(expected))
                    #expect(
                        tufa_count_below_portable(start, Int64(count), limit) == Int64(expected))
                    for isAnywhere in [false, true] {
                        #expect(
                            Node.lowerBound(start, count, limit, isAnywhere: isAnywhere)
                                == expected)
                    }
                }
            }
        }
    }
}
