import Foundation

/// Makes up what PostgreSQL is asked.
struct Questions {
    /// How many search texts are parsed, how many are looked for, and how many texts are made up.
    static let queryCount = 10_000
    static let searchCount = 500
    static let textCount = 20_000
    /// In how many documents is looked.
    static let sampleCount = 20_000

    let folder: String
    let seed: UInt64

    /// Writes `words`, `queries`, `searches` and `texts`, and what is asked in their places:
    /// `queries.asked`, `searches.asked` and `texts.asked`.
    func write() throws {
        let documents = try Lines.read(folder + "/documents")
        try writeWords(documents)
        var maker = QueryMaker(documents: documents, seed: seed)
        try write((0..<Self.queryCount).map { _ in maker.next() }, to: "queries")
        let sample = Array(documents.prefix(Self.sampleCount))
        maker = QueryMaker(documents: sample, seed: seed)
        try write((0..<Self.searchCount).map { _ in maker.nextToFind() }, to: "searches")
        var texts = TextMaker(seed: seed)
        let made = (0..<Self.textCount).map { _ in texts.next() }
        try Lines.write(made, to: folder + "/texts")
        try Lines.write(made.map(TextMaker.reworded), to: folder + "/texts.asked")
    }

    private func write(_ queries: [QueryMaker.Query], to name: String) throws {
        try Lines.write(queries.map(\.text), to: "\(folder)/\(name)")
        try Lines.write(queries.map(\.rewording.text), to: "\(folder)/\(name).asked")
    }

    private func writeWords(_ documents: [String]) throws {
        let writer = TermWriter()
        var words: Set<String> = []
        for document in documents { words.formUnion(writer.words(document)) }
        let vocabulary = "/usr/share/snowball/data/english/voc.txt"
        if FileManager.default.isReadableFile(atPath: vocabulary) {
            words.formUnion(try Lines.read(vocabulary))
        }
        try Lines.write(words.sorted(), to: folder + "/words")
    }
}
