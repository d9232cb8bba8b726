import Foundation
import Testing

@testable import TufaSearch

/// How well the ranking finds what people judged relevant, on a public test collection.
///
/// `TUFA_TEST_DATA` names a folder with `cacm/documents.jsonl` (`id` and `text`), `cacm/topics.txt`
/// and `cacm/qrels.txt` in TREC's forms: 3,204 abstracts and 64 queries.
struct RelevanceTests {
    static let folder = ProcessInfo.processInfo.environment["TUFA_TEST_DATA"].map { $0 + "/cacm" }

    private struct Document: Decodable {
        var id: String
        var text: String
    }

    @Test(.enabled(if: folder != nil, "TUFA_TEST_DATA is not set."))
    func `mean average precision on CACM is at least .333`() throws {
        let folder = try #require(Self.folder)
        let index = TextIndex(weights: [1])
        let analyzer = Analyzer()
        var tokens = TokenBuffer()
        var ids: [Int] = []
        for line in try Self.text(folder, "documents.jsonl").split(separator: "\n") {
            let document = try JSONDecoder().decode(Document.self, from: Data(line.utf8))
            ids.append(try #require(Self.number(document.id)))
            index.beginDocument()
            analyzer.analyze(document.text, into: &tokens)
            index.append(tokens, field: 0)
            index.endDocument(row: UInt32(ids.count), position: UInt64(ids.count))
        }
        var relevant: [Int: Set<Int>] = [:]
        for line in try Self.text(folder, "qrels.txt").split(separator: "\n") {
            let parts = line.split(separator: " ")
            let topic = try #require(Int(parts[0]))
            relevant[topic, default: []].insert(try #require(Self.number(String(parts[2]))))
        }
        var sum = 0.0
        var count = 0
        for (topic, text) in try Self.topics(folder) {
            guard let wanted = relevant[topic] else { continue }
            analyzer.analyze(text, into: &tokens)
            let terms = (0..<tokens.count).map { SearchQuery.term(tokens.text(tokens[$0])) }
            let hits = index.search(
                // A word that a query repeats counts again, so nothing is simplified.
                .or(terms), roots: index.draftRoots,
                position: UInt64(ids.count), limit: 1000)
            sum += Self.averagePrecision(hits.map { ids[Int($0.row) - 1] }, wanted)
            count += 1
        }
        let mean = sum / Double(count)
        print("CACM: mean average precision \(mean) over \(count) queries")
        #expect(ids.count == 3204 && count > 50)
        #expect(mean >= 0.333)
    }

    private static func text(_ folder: String, _ name: String) throws -> String {
        try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
    }

    /// The number at the end of `CACM-0042`.
    private static func number(_ id: String) -> Int? { Int(id.drop { !$0.isNumber }) }

    private static func topics(_ folder: String) throws -> [(Int, String)] {
        try text(folder, "topics.txt").components(separatedBy: "<DOC>").compactMap { part in
            let pieces = part.components(separatedBy: "</DOCNO>")
            guard pieces.count == 2 else { return nil }
            let number = pieces[0].replacingOccurrences(of: "<DOCNO>", with: "")
            let text = pieces[1].replacingOccurrences(of: "</DOC>", with: "")
            return Int(number.trimmingCharacters(in: .whitespacesAndNewlines)).map { ($0, text) }
        }
    }

    private static func averagePrecision(_ found: [Int], _ wanted: Set<Int>) -> Double {
        var hits = 0
        var sum = 0.0
        for (place, id) in found.enumerated() where wanted.contains(id) {
            hits += 1
            sum += Double(hits) / Double(place + 1)
        }
        return sum / Double(wanted.count)
    }
}
