/// Makes the same questions in every run, from the words of the documents.
struct QuestionMaker {
    /// How many questions each class has.
    static let count = 200

    private let corpus: SearchCorpus
    private let frequent: [String]
    private let middling: [String]
    private let rare: [String]
    private var chance = Chance(seed: 77)

    init(_ corpus: SearchCorpus) {
        self.corpus = corpus
        frequent = corpus.words(in: 8000...40_000)
        middling = corpus.words(in: 500...7999)
        rare = corpus.words(in: 20...499)
    }

    /// All classes, with what was asked of each.
    mutating func classes() -> [QuestionClass] {
        [
            make("term, in 8,000 to 40,000 documents", "term.common", asked: 180) {
                Question(kind: .all, words: [$0.pick($0.frequent)])
            },
            make("term, in 500 to 8,000", "term.typical", asked: 180) {
                Question(kind: .all, words: [$0.pick($0.middling)])
            },
            make("term, in 20 to 500", "term.rare", asked: 16) {
                Question(kind: .all, words: [$0.pick($0.rare)])
            },
            make("AND of two", "and", asked: 80) { Question(kind: .all, words: $0.two()) },
            make("OR of two", "or", asked: 300) { Question(kind: .any, words: $0.two()) },
            make("phrase of two frequent words", "phrase.frequent", asked: nil) { maker in
                let frequent = Set(maker.frequent)
                return Question(
                    kind: .phrase, words: maker.neighbours { frequent.contains($0) })
            },
            make("phrase of two typical words", "phrase.typical", asked: 40) {
                Question(kind: .phrase, words: $0.neighbours { _ in true })
            },
            make("prefix of four letters", asked: 500) { maker in
                let words = maker.middling + maker.rare
                return Question(
                    kind: .prefix, words: [String(maker.pick(words) { $0.count >= 6 }.prefix(4))])
            },
            make("fuzzy, one edit", asked: 5000) { $0.misspelt(1) },
            make("fuzzy, two edits", asked: 5000) { $0.misspelt(2) },
            make("AND of two, a filter that a tenth passes", asked: nil) {
                Question(kind: .filtered, words: $0.two())
            },
        ]
    }

    private mutating func make(
        _ name: String, _ key: String? = nil, asked: Double?,
        _ question: (inout QuestionMaker) -> Question
    ) -> QuestionClass {
        QuestionClass(
            name: name, key: key, asked: asked,
            questions: (0..<Self.count).map { _ in question(&self) })
    }

    private mutating func pick(
        _ words: [String], where fits: (String) -> Bool = { _ in true }
    ) -> String {
        while true {
            guard let word = words.randomElement(using: &chance) else {
                fatalError("The documents have no words of this frequency.")
            }
            if fits(word) { return word }
        }
    }

    /// Two words, each of them frequent or middling.
    private mutating func two() -> [String] {
        let first = pick(Bool.random(using: &chance) ? frequent : middling)
        let others = Bool.random(using: &chance) ? frequent : middling
        return [first, pick(others) { $0 != first }]
    }

    /// Two words that stand side by side in some document.
    private mutating func neighbours(_ fits: (String) -> Bool) -> [String] {
        while true {
            let text = corpus.texts.randomElement(using: &chance) ?? ""
            var pairs: [[String]] = []
            for run in corpus.words(of: text) {
                for (one, two) in zip(run, run.dropFirst()) where fits(one) && fits(two) {
                    pairs.append([one, two])
                }
            }
            if let pair = pairs.randomElement(using: &chance) { return pair }
        }
    }

    /// A word of six to ten letters with random edits.
    private mutating func misspelt(_ edits: Int) -> Question {
        var letters = Array(pick(middling + rare) { (6...10).contains($0.count) }.utf8)
        for _ in 0..<edits {
            let at = Int.random(in: 0..<letters.count - 1, using: &chance)
            let letter = UInt8.random(in: 97...122, using: &chance)
            switch Int.random(in: 0..<4, using: &chance) {
            case 0: letters[at] = letter
            case 1: letters.insert(letter, at: at)
            case 2: letters.remove(at: at)
            default: letters.swapAt(at, at + 1)
            }
        }
        return Question(
            kind: .fuzzy, words: [String(decoding: letters, as: UTF8.self)], distance: edits)
    }
}
