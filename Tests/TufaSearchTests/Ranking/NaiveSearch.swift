import Foundation

@testable import TufaSearch

/// Looks at every document of a view and scores it by the formulas alone.
struct NaiveSearch {
    /// A visible document and, for each of its words, how often it is in which field.
    struct Document {
        var row: UInt32
        var fields: [Set<PlacedWord>]
        var lengths: [Int]
        var counts: [String: [Int]] = [:]
    }

    let documents: [Document]
    private let weights: [Double]
    private let averages: [Double]
    private var frequencies: [String: Int] = [:]

    init(_ model: TextModel, at position: UInt64) {
        let documents = model.visible(at: position).map { document in
            var counted = Document(
                row: document.row, fields: document.fields.map { Set($0) },
                lengths: document.fields.map(\.count))
            let zeros = Array(repeating: 0, count: model.weights.count)
            for (field, words) in document.fields.enumerated() {
                for word in words {
                    counted.counts[word.word, default: zeros][field] += 1
                }
            }
            return counted
        }
        self.documents = documents
        weights = model.weights
        averages = weights.indices.map { field in
            Double(documents.reduce(0) { $0 + $1.lengths[field] }) / Double(documents.count)
        }
        for document in documents {
            for word in document.counts.keys { frequencies[word, default: 0] += 1 }
        }
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
    private func score(_ query: SearchQuery, in document: Document) -> Double? {
        switch query {
        case .nothing: return nil
        case .everything: return 0
        case .term(let term):
            return document.counts[term].flatMap { score($0, idf: idf(term), in: document) }
        case .prefix(let prefix):
            let words = document.counts.keys.filter { $0.utf8.starts(with: prefix.utf8) }
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

    private func phraseScore(_ terms: [String?], in document: Document) -> Double? {
        guard let first = terms.firstIndex(where: { $0 != nil }) else { return nil }
        let words = terms[first...].enumerated().filter { $0.element != nil }
        let counts = document.fields.map { field in
            let starts = Set(field.filter { $0.word == terms[first] }.map(\.position))
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
        let frequency = Double(frequencies[term] ?? 0)
        return log(1 + (Double(documents.count) - frequency + 0.5) / (frequency + 0.5))
    }

    private func score(
        _ counts: [Int], idf: Double, in document: Document
    ) -> Double? {
        guard counts.contains(where: { $0 > 0 }) else { return nil }
        var share = 0.0
        for (field, count) in counts.enumerated() where count > 0 {
            let length = Double(document.lengths[field])
            share += weights[field] * Double(count) / (0.25 + 0.75 * length / averages[field])
        }
        return idf * 2.2 * share / (1.2 + share)
    }
}
