import Testing

@testable import TufaSearch

struct TermSignatureTests {
    static func signature(_ word: String) -> TermSignature {
        Array(word.utf8).withUnsafeBytes { TermSignature($0) }
    }

    @Test(arguments: FuzzyTermsTests.alphabets + ["abcdefgrlnoi\u{7F}é漢", "я"], [UInt64(1), 2, 3])
    func `no edit changes more of a signature than it may`(alphabet: String, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let letters = Array(alphabet.unicodeScalars)
        for _ in 0..<400 {
            let length = Int.random(in: 0...20, using: &generator)
            let word = FuzzyTermsTests.word(length, letters, &generator)
            var other = word
            for edits in 0...8 {
                let (one, two) = (Self.signature(word), Self.signature(other))
                #expect(two.isWithin(edits, of: one), "\(word) \(other) \(edits)")
                #expect(one.isWithin(edits, of: two), "\(other) \(word) \(edits)")
                other = FuzzyTermsTests.edited(other, letters, &generator)
            }
        }
    }

    @Test(arguments: [UInt64(1), 2])
    func `a word's own terms are left of many others`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let letters = Array("abcdefghijklmnopqrstuvwxyz".unicodeScalars)
        let words = (0..<1000).map { _ in
            FuzzyTermsTests.word(Int.random(in: 4...10, using: &generator), letters, &generator)
        }
        let sought = Self.signature(words[0])
        #expect(words.count { Self.signature($0).isWithin(2, of: sought) } < 30)
        #expect(!Self.signature("rock").isWithin(1, of: Self.signature("rocks and")))
        #expect(!Self.signature("see").isWithin(0, of: Self.signature("se")))
        #expect(!Self.signature("seee").isWithin(0, of: Self.signature("see")))
    }

    @Test
    func `all below a limit are looked at, eight at a time, across chunks`() {
        var generator = SeededGenerator(seed: 3)
        let letters = Array("aeiéqx".unicodeScalars)
        let signatures = TermSignatures()
        // A chunk holds 262,144.
        let count: UInt32 = 262_144 + 77
        let words = (0..<500).map { _ in
            FuzzyTermsTests.word(Int.random(in: 1...20, using: &generator), letters, &generator)
        }
        for number in 1..<count {
            let word = words[Int(number) % words.count]
            Array(word.utf8).withUnsafeBytes { signatures.set($0, number: number) }
        }
        func look(below limit: UInt32, within distance: Int) {
            let sought = Self.signature(words.randomElement(using: &generator)!)
            var found: [UInt32] = []
            signatures.forEach(within: distance, of: sought, below: limit) { found.append($0) }
            let near = words.map { Self.signature($0).isWithin(distance, of: sought) }
            let expected = (1..<max(1, limit)).filter { near[Int($0) % words.count] }
            #expect(found == expected, "\(limit) \(distance)")
        }
        for limit in (0...40).map({ UInt32($0) }) + [999, 1000, 1001, 1002] {
            for distance in [0, 1, 2, 4, 30] { look(below: limit, within: distance) }
        }
        for limit in [262_143, 262_145, count] { look(below: limit, within: 1) }

        // Terms that are hidden are found by nothing, however far one looks.
        for number in 1...40 as ClosedRange<UInt32> where number % 3 == 0 {
            signatures.clear(number)
        }
        var found: [UInt32] = []
        signatures.forEach(within: 100, of: .none, below: 41) { found.append($0) }
        #expect(found == (1...40).filter { $0 % 3 != 0 })
    }
}
