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

        /// The document with the words of some of its fields only.
        func limited(to mask: UInt8) -> Document {
            var copy = self
            for field in fields.indices where mask & 1 << UInt8(field) == 0 {
                copy.fields[field] = []
                for word in counts.keys { copy.counts[word]?[field] = 0 }
            }
            copy.counts = copy.counts.filter { $0.value.contains { $0 > 0 } }
            return copy
        }
    }

    let documents: [Document]
    /// `k1` and `b`.
    var parameters = (saturation: 1.2, lengthShare: 0.75)
    var weights: [Double]
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
        case .fuzzy(let term, let distance):
            let words = document.counts.keys.map { ($0, editDistance($0, term)) }
                .filter { $0.1 <= distance }
            let scores = words.compactMap { word, edits in
                score(.term(word), in: document).map { $0 / Double(1 + edits) }
            }
            return scores.isEmpty ? nil : scores.reduce(0, +)
        case .near(let terms, let distance):
            return nearScore(terms, distance, in: document)
        case .fields(let mask, let query):
            return score(query, in: document.limited(to: mask))
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

    private func nearScore(
        _ terms: [String], _ distance: Int, in document: Document
    ) -> Double? {
        let terms = Set(terms)
        if terms.count == 1 { return terms.first.flatMap { score(.term($0), in: document) } }
        let counts = document.fields.map { field -> Int in
            func isCovered(_ range: ClosedRange<UInt32>) -> Bool {
                terms.allSatisfy { term in
                    field.contains { $0.word == term && range.contains($0.position) }
                }
            }
            let places = Set(field.filter { terms.contains($0.word) }.map(\.position)).sorted()
            var count = 0
            for first in places {
                for last in places where last >= first && Int(last) - Int(first) - 1 <= distance {
                    guard isCovered(first...last) else { continue }
                    let isMinimal =
                        (first == last)
                        || (!isCovered(first + 1...last) && !isCovered(first...last - 1))
                    if isMinimal { count += 1 }
                }
            }
            return count
        }
        let idf = terms.reduce(0) { $0 + self.idf($1) }
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
            let (_, b) = parameters
            share += weights[field] * Double(count) / (1 - b + b * length / averages[field])
        }
        let k1 = parameters.saturation
        return idf * (k1 + 1) * share / (k1 + share)
    }
}
