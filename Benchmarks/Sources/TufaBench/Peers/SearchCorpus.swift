import Foundation

/// Real documents, one a line, and what their words are.
struct SearchCorpus {
    let path: String
    let texts: [String]
    let byteCount: Int
    /// The words of plain letters, three or more of them, that are no stop words, and in how many
    /// documents each stands as it is.
    private(set) var frequencies: [String: Int] = [:]
    private let stopWords: Set<String>

    init(path: String) throws {
        self.path = path
        let data = try Data(contentsOf: URL(filePath: path))
        byteCount = data.count
        texts = data.split(separator: UInt8(ascii: "\n")).map {
            String(decoding: $0, as: UTF8.self)
        }
        stopWords = Set(Self.stopWordList.split(separator: " ").map(String.init))
        for text in texts {
            for word in Set(words(of: text).joined()) { frequencies[word, default: 0] += 1 }
        }
    }

    /// The runs of words with one space between two of them; only such neighbours are neighbours
    /// to every analyzer.
    func words(of text: String) -> [[String]] {
        var runs: [[String]] = []
        var run: [String] = []
        for part in text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        {
            let isWord = part.count >= 3 && part.allSatisfy { ($0 | 0x20) &- 97 < 26 }
            let word = isWord ? String(decoding: part.map { $0 | 0x20 }, as: UTF8.self) : ""
            if isWord && !stopWords.contains(word) {
                run.append(word)
            } else if !run.isEmpty {
                runs.append(run)
                run = []
            }
        }
        if !run.isEmpty { runs.append(run) }
        return runs
    }

    /// The words in so many documents, in the order of the alphabet.
    func words(in range: ClosedRange<Int>) -> [String] {
        frequencies.filter { range.contains($0.value) }.map(\.key).sorted()
    }

    /// The words that PostgreSQL leaves out, without those of one or two letters.
    ///
    /// One engine knows
    /// stop words and two do not; so nobody is asked for them.
    private static let stopWordList = """
        myself our ours ourselves you your yours yourself yourselves him his himself she her hers \
        herself its itself they them their theirs themselves what which who whom this that these \
        those are was were been being have has had having does did doing the and but because until \
        while for with about against between into through during before after above below from \
        down out off over under again further then once here there when where why how all any \
        both each few more most other some such nor not only own same than too very can will just \
        don should now
        """
}
