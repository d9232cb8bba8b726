import Foundation
import TufaSearch

/// Compares PostgreSQL's answers with ours, and prints what differs.
struct Comparison {
    /// The share of tokens that may differ.
    private static let allowedShare = 0.001
    /// How many differences of a kind are printed.
    static let listedCount = 20

    let folder: String
    let seed: UInt64
    private(set) var hasFailed = false

    init(folder: String, seed: UInt64) throws {
        self.folder = folder
        self.seed = seed
    }

    /// Compares everything.
    mutating func run() throws {
        try compareTexts("documents", asked: "documents", allowed: Self.allowedShare)
        try compareTexts("texts", asked: "texts.asked", allowed: 0)
        try compareStems()
        try compareQueries()
        try compareSearches()
    }

    /// Records and prints that something is not as it must be.
    mutating func fail(_ reason: String) {
        hasFailed = true
        print("FAILED: \(reason)")
    }

    private mutating func compareTexts(_ name: String, asked: String, allowed: Double) throws {
        let texts = try Lines.raw("\(folder)/\(name)")
        var tokens = TokenComparison()
        let answers = try answers(to: asked, count: texts.count)
        for (index, (text, theirs)) in zip(texts, answers).enumerated() {
            tokens.compare(Lines.text(text), theirs: Lines.text(theirs), number: index + 1)
        }
        tokens.report(name, documentCount: texts.count)
        if Double(tokens.unexplainedCount) > allowed * Double(tokens.totalCount) {
            fail("too many tokens of the \(name) differ")
        }
        if Double(tokens.differingCount) > Self.allowedShare * Double(tokens.totalCount),
            name == "documents"
        {
            fail("0.1 % of the tokens of the \(name) differ")
        }
    }

    private mutating func compareStems() throws {
        let words = try Lines.read(folder + "/words")
        let stems = Stems()
        var differences: [String] = []
        for (word, theirs) in zip(words, try answers(to: "words", count: words.count)) {
            let (theirs, ours) = (Lines.text(theirs), stems.stem(word))
            if theirs != ours { differences.append("\(word): PostgreSQL \(theirs), here \(ours)") }
        }
        print("stems: \(differences.count) of \(words.count) differ")
        for difference in differences.prefix(Self.listedCount) { print("  \(difference)") }
        if !differences.isEmpty { fail("stems differ") }
    }

    private mutating func compareQueries() throws {
        let texts = try Lines.read(folder + "/queries")
        let asked = try answers(to: "queries.asked", count: texts.count)
        let original = try answers(to: "queries", count: texts.count)
        var maker = QueryMaker(documents: try Lines.read(folder + "/documents"), seed: seed)
        var queries = QueryComparison()
        for index in texts.indices {
            let query = maker.next()
            guard query.text == texts[index] else { throw CocoaError(.fileReadCorruptFile) }
            try queries.compare(
                query, theirs: Lines.text(asked[index]), original: Lines.text(original[index]))
        }
        queries.report()
        if queries.unexplainedCount > 0 { fail("search texts are understood differently") }
    }

    private mutating func compareSearches() throws {
        let texts = try Lines.read(folder + "/searches")
        let answers = try answers(to: "searches.asked", count: texts.count)
        let documents = try Lines.raw(folder + "/documents").prefix(Questions.sampleCount)
        let searches = SearchComparison(documents.map(Lines.text))
        var differingCount = 0
        var foundCount = 0
        var emptyCount = 0
        for (text, answer) in zip(texts, answers) {
            let theirs = Lines.text(answer).split(separator: " ").compactMap { UInt32($0) }
            let ours = searches.find(text)
            foundCount += ours.count
            if ours.isEmpty { emptyCount += 1 }
            if ours == theirs { continue }
            differingCount += 1
            if differingCount > Self.listedCount { continue }
            let missing = Set(theirs).subtracting(ours).sorted().prefix(5)
            let extra = Set(ours).subtracting(theirs).sorted().prefix(5)
            print("  \(text.debugDescription) misses \(missing) and has \(extra) too much")
        }
        print(
            "searches: \(differingCount) of \(texts.count) find other documents",
            "(\(foundCount) found in \(searches.documentCount), \(emptyCount) found none)")
        if differingCount > 0 { fail("searches find other documents") }
        if emptyCount * 2 > texts.count { fail("most searches find nothing, which proves little") }
    }

    private func answers(to name: String, count: Int) throws -> [Data.SubSequence] {
        let answers = try Lines.raw("\(folder)/\(name).theirs")
        guard answers.count == count else {
            throw Incomplete(description: "\(name): \(answers.count) answers to \(count) questions")
        }
        return answers
    }

    private struct Incomplete: Error, CustomStringConvertible {
        let description: String
    }
}
