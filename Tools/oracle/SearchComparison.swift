import TufaSearch

/// A text index over the documents, to be searched.
struct SearchComparison {
    private let index = TextIndex(weights: [1])
    private let parser = WebSearchParser(analyzer: .english)
    /// How many documents there are.
    let documentCount: Int

    init(_ documents: [String]) {
        documentCount = documents.count
        var tokens = TokenBuffer()
        for (number, document) in documents.enumerated() {
            index.beginDocument()
            Analyzer.english.analyze(document, into: &tokens)
            index.append(tokens, field: 0)
            index.endDocument(row: UInt32(number + 1), position: UInt64(number + 1))
        }
    }

    /// The numbers of the documents that a search text finds, ascending, from 1 on.
    func find(_ text: String) -> [UInt32] {
        index.search(
            parser.parse(text), roots: index.draftRoots, position: UInt64(documentCount),
            limit: documentCount
        ).map(\.row).sorted()
    }
}
