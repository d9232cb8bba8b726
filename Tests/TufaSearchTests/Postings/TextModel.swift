@testable import TufaSearch

/// A word of a test document and where it stands.
struct PlacedWord: Hashable {
    var word: String
    var position: UInt32
}

/// The documents that an index should hold, in plain arrays.
struct TextModel {
    struct Document {
        var row: UInt32
        var born: UInt64
        var died = UInt64.max
        var fields: [[PlacedWord]]
    }

    var weights: [Double]
    var documents: [Document] = []

    init(weights: [Double]) { self.weights = weights }

    mutating func add(row: UInt32, position: UInt64, fields: [[PlacedWord]]) {
        documents.append(Document(row: row, born: position, fields: fields))
    }

    mutating func remove(row: UInt32, position: UInt64) {
        guard
            let index = documents.firstIndex(where: { $0.row == row && $0.died == UInt64.max })
        else { return }
        documents[index].died = position
    }

    func visible(at position: UInt64) -> [Document] {
        documents.filter { $0.born <= position && $0.died > position }
    }
}

/// An index and its model, changed together.
final class ModelledIndex {
    let index: TextIndex
    var model: TextModel
    private var buffer = TokenBuffer()
    var position: UInt64 = 0

    init(weights: [Double]) {
        index = TextIndex(weights: weights)
        model = TextModel(weights: weights)
    }

    init(_ index: TextIndex, model: TextModel, position: UInt64) {
        self.index = index
        self.model = model
        self.position = position
    }

    /// A view of everything so far.
    var view: TextView { TextView(roots: index.draftRoots, position: position) }

    func add(row: UInt32, _ fields: [[PlacedWord]]) {
        position += 1
        addAtPosition(row, fields)
    }

    func update(row: UInt32, _ fields: [[PlacedWord]]) {
        position += 1
        removeAtPosition(row)
        addAtPosition(row, fields)
    }

    func remove(row: UInt32) {
        position += 1
        removeAtPosition(row)
    }

    /// Whether removals tell the index the words of the document.
    var tellsRemovedWords = true

    private func removeAtPosition(_ row: UInt32) {
        let old = model.documents.last { $0.row == row && $0.died == UInt64.max }
        if tellsRemovedWords, let old { draft(old.fields) }
        index.remove(row: row, position: position)
        model.remove(row: row, position: position)
    }

    func draft(_ fields: [[PlacedWord]]) {
        index.beginDocument()
        for (field, words) in fields.enumerated() {
            buffer.fill(with: words)
            index.append(buffer, field: field)
        }
    }

    private func addAtPosition(_ row: UInt32, _ fields: [[PlacedWord]]) {
        draft(fields)
        index.endDocument(row: row, position: position)
        model.add(row: row, position: position, fields: fields)
    }

    /// Makes, changes and removes documents at random, as commits of a few events.
    func change(
        events: Int, rows: UInt32, corpus: Corpus, generator: inout SeededGenerator
    ) {
        for event in 0..<events {
            if event % 4 == 0 { index.group += 1 }
            let row = UInt32.random(in: 1...rows, using: &generator)
            let isThere = model.documents.contains { $0.row == row && $0.died == UInt64.max }
            let fields = corpus.fields(model.weights.count, &generator)
            if !isThere {
                add(row: row, fields)
            } else if Int.random(in: 0..<3, using: &generator) == 0 {
                remove(row: row)
            } else {
                update(row: row, fields)
            }
        }
    }
}

/// Roots and the position that they are seen from.
struct TextView {
    var roots: TextRoots
    var position: UInt64
}

extension TokenBuffer {
    /// Replaces the tokens by the given words.
    mutating func fill(with words: [PlacedWord]) {
        removeAll()
        for word in words {
            let bytes = Array(word.word.utf8)
            let target = prepareTerm()
            for (index, byte) in bytes.enumerated() { target[index] = byte }
            append(byteCount: bytes.count, position: word.position)
        }
    }
}

/// Random documents over a small vocabulary in which some words are frequent and most are rare.
struct Corpus {
    var vocabulary: [String]
    var longestField = 30

    static func words(_ count: Int, _ generator: inout SeededGenerator) -> Corpus {
        let syllables = ["ro", "ck", "wa", "ter", "la", "yer", "st", "one", "é", "um", "x"]
        var words: Set<String> = []
        while words.count < count {
            let length = Int.random(in: 1...5, using: &generator)
            words.insert(
                (0..<length).map { _ in syllables.randomElement(using: &generator)! }
                    .joined())
        }
        return Corpus(vocabulary: words.sorted().shuffled(using: &generator))
    }

    func word(_ generator: inout SeededGenerator) -> String {
        // The product of two even distributions leans towards the start of the vocabulary.
        let reach = Int.random(in: 1...vocabulary.count, using: &generator)
        return vocabulary[Int.random(in: 0..<reach, using: &generator)]
    }

    func fields(_ count: Int, _ generator: inout SeededGenerator) -> [[PlacedWord]] {
        (0..<count).map { _ in
            let length = Int.random(in: 0...longestField, using: &generator)
            var position: UInt32 = 0
            return (0..<length).map { _ in
                position += Int.random(in: 0..<5, using: &generator) == 0 ? 2 : 1
                return PlacedWord(word: word(&generator), position: position)
            }
        }
    }
}
