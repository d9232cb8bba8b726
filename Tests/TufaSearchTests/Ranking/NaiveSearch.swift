import Foundation

@testable import TufaSearch

/// Looks at every document of a view and scores it by the formulas alone.
struct NaiveSearch {
    let documents: [TextModel.Document]
    let weights: [Double]

    init(_ model: TextModel, at position: UInt64) {
        documents = model.visible(at: position)
        weights = model.weights
    }

    func search(_ query: SearchQuery, filter: ((UInt32) -> Bool)? = nil) -> [TextHit] {
        documents.compactMap { document in
            guard filter?(document.row) ?? true, let score = score(query, in: document) else {
                return nil
            }
            return TextHit(row: document.row, document: 0, score: score)
        }
        .sorted { $0.score != $1.score ? $0.score > $1.score : $0.row < $1.row }
    }

    /// The score of a document; nil where it does not match.
    private func score(_ query: SearchQuery, in document: TextModel.Document) -> Double? {
        switch query {
        case .nothing: return nil
        case .everything: return 0
        case .term(let term):
            let counts = document.fields.map { field in field.count { $0.word == term } }
            return score(counts, idf: idf(term), in: document)
        case .prefix(let prefix):
            let words = Set(documents.flatMap { $0.fields.joined().map(\.word) })
                .filter { $0.utf8.starts(with: prefix.utf8) }
            let scores = words.compactMap { score(.term($0), in: document) }
            return scores.isEmpty ? nil : scores.reduce(0, +)
        case .phrase(let terms):
            return phraseScore(terms, in: document)
        case .and(let children):
            var total = 0.0
            for child in children {
                guard let score = score(child, in: document) else { return nil }
                total += score
            }
            return total
        case .or(let children):
            let scores = children.compactMap { score($0, in: document) }
            return scores.isEmpty ? nil : scores.reduce(0, +)
        case .not(let child):
            return score(child, in: document) == nil ? 0 : nil
        }
    }

    private func phraseScore(_ terms: [String?], in document: TextModel.Document) -> Double? {
        guard let first = terms.firstIndex(where: { $0 != nil }) else { return nil }
        let words = terms[first...].enumerated().filter { $0.element != nil }
        let counts = document.fields.map { field in
            let starts = Set(field.map(\.position))
            return starts.count { start in
                words.allSatisfy { offset, word in
                    field.contains(
                        PlacedWord(word: word!, position: start + UInt32(offset)))
                }
            }
        }
        let idf = words.reduce(0) { $0 + self.idf($1.element!) }
        return score(counts, idf: idf, in: document)
    }

    private func idf(_ term: String) -> Double {
        let frequency = Double(
            documents.count { $0.fields.contains { $0.contains { $0.word == term } } })
        return log(1 + (Double(documents.count) - frequency + 0.5) / (frequency + 0.5))
    }

    private func score(
        _ counts: [Int], idf: Double, in document: TextModel.Document
    ) -> Double? {
        guard counts.contains(where: { $0 > 0 }) else { return nil }
        var share = 0.0
        for (field, count) in counts.enumerated() where count > 0 {
            let total = documents.reduce(0) { $0 + $1.fields[field].count }
            let average = Double(total) / Double(documents.count)
            let length = Double(document.fields[field].count)
            share += weights[field] * Double(count) / (0.25 + 0.75 * length / average)
        }
        return idf * 2.2 * share / (1.2 + share)
    }
}
