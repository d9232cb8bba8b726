import Testing

@testable import TufaSearch

struct FuzzyTermsTests {
    /// Characters of one to four bytes, of which some share a group of the signatures.
    static let alphabets = ["ab", "abcdefghijklmnopqrstuvwxyz", "aéeжяβ漢字😀😁", "aqgw0195._-"]

    @Test(arguments: alphabets, 0..<8 as Range<UInt64>)
    func `a fuzzy word stands for the terms that a plain distance finds`(
        alphabet: String, seed: UInt64
    ) {
        var generator = SeededGenerator(seed: seed)
        let letters = Array(alphabet.unicodeScalars)
        let longest = [3, 6, 12, 40][Int(seed % 4)]
        let vocabulary = Self.vocabulary(letters, longest: longest, &generator)
        let modelled = ModelledIndex(weights: [1])
        let corpus = Corpus(vocabulary: vocabulary)
        modelled.change(events: 60, rows: 30, corpus: corpus, generator: &generator)
        let view = modelled.view
        for _ in 0..<20 {
            var word = vocabulary.randomElement(using: &generator)!
            let edits = Int.random(in: 0...3, using: &generator)
            for _ in 0..<edits { word = Self.edited(word, letters, &generator) }
            let distance = [0, 1, 1, 2, 2, 2, 3, 5, 40].randomElement(using: &generator)!
            Self.compare(word, distance, modelled, view)
        }
        for word in ["", "missing", String(repeating: "a", count: 300)] {
            Self.compare(word, 2, modelled, view)
        }
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `terms of up to 255 bytes are found from long words`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let letters = Array((seed % 2 == 0 ? "abc" : "aéж").unicodeScalars)
        let modelled = ModelledIndex(weights: [1])
        var words: [String] = []
        for (row, length) in [1, 63, 64, 65, 66, 100, 200, 255].enumerated() {
            var word = ""
            while word.utf8.count < length {
                let letter = letters.randomElement(using: &generator)!
                let isTooLong = word.utf8.count + letter.utf8.count > length
                word.unicodeScalars.append(isTooLong ? "b" : letter)
            }
            words.append(word)
            modelled.add(row: UInt32(row) + 1, [TextSearchTests.placed([word])])
        }
        let view = modelled.view
        for word in words {
            for edits in 0...3 {
                var sought = word
                for _ in 0..<edits { sought = Self.edited(sought, letters, &generator) }
                Self.compare(sought, edits, modelled, view)
                Self.compare(sought, 60, modelled, view)
            }
        }
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `a view has none of the terms that were added after it`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let corpus = Corpus.words(80, &generator)
        let modelled = ModelledIndex(weights: [1])
        var views = [modelled.view]
        for step in 0..<12 {
            let part = Corpus(vocabulary: Array(corpus.vocabulary.prefix(6 + step * 6)))
            modelled.change(events: 8, rows: 40, corpus: part, generator: &generator)
            // The words of a document that is begun and never ended are terms without postings.
            var buffer = TokenBuffer()
            buffer.fill(with: TextSearchTests.placed(["rocky", "water\(step)", "water"]))
            modelled.index.beginDocument()
            modelled.index.append(buffer, field: 0)
            views.append(modelled.view)
        }
        for view in views {
            for _ in 0..<10 {
                let word = corpus.vocabulary.randomElement(using: &generator)!
                let distance = Int.random(in: 0...6, using: &generator)
                Self.compare(word, distance, modelled, view)
            }
        }
    }

    @Test(arguments: [0, 1, 2, 3, 7], [UInt64(1), 2, 3, 4])
    func `the matcher counts the edits that the whole table does`(limit: Int, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let letters = Array(["ab", "abc", "aéж", "ab漢😀"][Int(seed - 1)].unicodeScalars)
        func word(_ lengths: ClosedRange<Int>) -> String {
            Self.word(Int.random(in: lengths, using: &generator), letters, &generator)
        }
        var pairs = (0..<600).map { _ in (word(0...9), word(0...9)) }
        for _ in 0..<12 {
            // Around the length where the bits give way to the table.
            let long = word(60...68)
            var other = long
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                other = Self.edited(other, letters, &generator)
            }
            pairs.append((long, other))
        }
        for (sought, other) in pairs {
            let edits = editDistance(sought, other)
            let matcher = EditMatcher(sought, within: limit)
            let found = Array(other.utf8).withUnsafeBytes { matcher.distance(to: $0) }
            #expect(found == (edits <= limit ? edits : nil), "\(sought) \(other)")
        }
    }

    // MARK: Helpers

    static func word(
        _ length: Int, _ letters: [Unicode.Scalar], _ generator: inout SeededGenerator
    ) -> String {
        var word = ""
        for _ in 0..<length {
            word.unicodeScalars.append(letters.randomElement(using: &generator)!)
        }
        return word
    }

    /// Words of 1 to `longest` characters, and others a few edits away from them.
    static func vocabulary(
        _ letters: [Unicode.Scalar], longest: Int, _ generator: inout SeededGenerator
    ) -> [String] {
        var words: Set<String> = []
        for _ in 0..<60 {
            var word = word(Int.random(in: 1...longest, using: &generator), letters, &generator)
            words.insert(word)
            for _ in 0..<2 {
                word = edited(word, letters, &generator)
                if !word.isEmpty { words.insert(word) }
            }
        }
        return words.sorted()
    }

    /// The word after one edit.
    static func edited(
        _ word: String, _ letters: [Unicode.Scalar], _ generator: inout SeededGenerator
    ) -> String {
        var scalars = Array(word.unicodeScalars)
        let letter = letters.randomElement(using: &generator)!
        let at = Int.random(in: 0...scalars.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0 where at < scalars.count: scalars[at] = letter
        case 1 where at < scalars.count: scalars.remove(at: at)
        case 2 where at + 1 < scalars.count: scalars.swapAt(at, at + 1)
        default: scalars.insert(letter, at: at)
        }
        var edited = String.UnicodeScalarView()
        edited.append(contentsOf: scalars)
        return String(edited)
    }

    /// Compares the terms that a view of the index finds with those of its documents, dead ones
    /// included, that are near enough.
    static func compare(
        _ word: String, _ distance: Int, _ modelled: ModelledIndex, _ view: TextView
    ) {
        let index = modelled.index
        var frequencies: [String: Int] = [:]
        for document in modelled.model.documents where document.born <= view.position {
            let isAlive = document.died > view.position
            for word in Set(document.fields.joined().map(\.word)) {
                frequencies[word, default: 0] += isAlive ? 1 : 0
            }
        }
        var expected: [(text: String, distance: Int, frequency: Int)] = []
        for (text, frequency) in frequencies {
            let edits = editDistance(word, text)
            if edits <= distance { expected.append((text, edits, frequency)) }
        }
        expected.sort { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }
        if expected.count > TextIndex.maximumFuzzyTermCount {
            expected = expected.enumerated().sorted {
                let (one, other) = ($0.element, $1.element)
                if one.distance != other.distance { return one.distance < other.distance }
                if one.frequency != other.frequency { return one.frequency > other.frequency }
                return $0.offset < $1.offset
            }.prefix(TextIndex.maximumFuzzyTermCount).map(\.element)
        }
        let plan = SearchPlan(
            .nothing, index: index, roots: view.roots, position: view.position)
        let found = index.terms(like: word, within: distance, plan)
        let texts = found.map { String(decoding: index.terms.text($0.number), as: UTF8.self) }
        #expect(texts == expected.map(\.text), "\(word) within \(distance)")
        #expect(found.map(\.distance) == expected.map(\.distance), "\(word) within \(distance)")
        #expect(found.map(\.documentFrequency) == expected.map(\.frequency), "\(word)")
    }
}
