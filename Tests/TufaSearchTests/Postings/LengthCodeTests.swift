import Testing

@testable import TufaSearch

@Suite("Rough lengths")
struct LengthCodeTests {
    @Test("each code is that of its least length, and codes ascend")
    func codes() {
        for code in UInt8.min...UInt8.max {
            #expect(LengthCode.code(LengthCode.least(code)) == code)
            if code > 0 { #expect(LengthCode.least(code) > LengthCode.least(code - 1)) }
        }
    }

    @Test("a length is at least what its code stands for, and at most a sixteenth more")
    func lengths() {
        for length: UInt32 in 0..<100_000 {
            let least = LengthCode.least(LengthCode.code(length))
            #expect(least <= length)
            #expect(length - least <= length / 16)
        }
        #expect(LengthCode.code(.max) == 255)
    }

    @Test(
        "no share is greater than its bound by rough length",
        arguments: [0, 0.25, 0.75, 1], [0.3, 12, 4_000])
    func bounds(lengthShare: Double, average: Double) {
        var roots = TextRoots()
        roots.liveCount = 10
        roots.totalTokens = SIMD8(repeating: UInt64(10 * average))
        var options = RankingOptions()
        options.lengthShare = lengthShare
        let ranking = Ranking(weights: [1, 0.125], roots: roots, options)
        let table = ShareTable(ranking, fieldCount: 2)
        for field in 0..<2 {
            for length: UInt32 in [1, 2, 31, 32, 33, 63, 64, 1_000, 65_535, 3_000_000, .max] {
                for count: UInt32 in [1, 2, 77, 1_000_000] {
                    let share = table.share(field: field, count: count, tokenCount: length)
                    let greatest = table.greatestShare(
                        field: field, count: count, code: LengthCode.code(length))
                    #expect(share <= Double(greatest))
                    #expect(
                        share
                            == ranking.share(field: field, count: count, tokenCount: length))
                }
            }
        }
    }
}
