import Foundation

#if HAS_INDEX_ALONE
    import TextIndexAlone
#endif

/// How well searches find what people judged relevant, and whether stems are the right ones.
struct QualitySuite {
    private let bench: Bench

    init(_ bench: Bench) { self.bench = bench }

    func run() throws {
        #if HAS_INDEX_ALONE
            var report = try SuiteReport("Quality of full text", suite: "quality", bench)
            report.heading("What is found")
            var rows: [[String]] = []
            if let folder = bench.options.testData, let found = try precision(folder + "/cacm") {
                report.keep("quality.map", found.mean)
                rows.append([
                    "CACM, mean average precision", String(format: "%.4f", found.mean),
                    "\(found.documents) abstracts, \(found.topics) topics",
                ])
            }
            if let stems = try stems() {
                report.keep("quality.stems", Double(stems.right) / Double(stems.all) * 100)
                rows.append([
                    "English stems", "\(stems.right)", "of \(stems.all) words of Snowball's list",
                ])
            }
            if rows.isEmpty {
                return say("Quality is not measured: neither CACM nor Snowball's words are here.")
            }
            report.table(["what", "measured", "of"], rows)
            try report.finish(method: [
                "CACM: each topic is looked for as any of its words, the best 1,000, and judged by "
                    + "the relevance judgements that come with the collection; "
                    + "`TUFA_TEST_DATA` names the folder that it is in.",
                "Stems: the list of words and stems of the Snowball project (Debian's "
                    + "snowball-data), whose English stemmer is PostgreSQL's; the project's tests "
                    + "compare with PostgreSQL itself.",
            ])
        #else
            say("Quality is not measured: the text index alone was not compiled.")
        #endif
    }

    #if HAS_INDEX_ALONE
        private struct Document: Decodable {
            var id: String
            var text: String
        }

        /// The mean average precision over all topics with judgements; nil where there is no CACM.
        private func precision(
            _ folder: String
        ) throws -> (mean: Double, documents: Int, topics: Int)? {
            guard
                let lines = try? String(
                    contentsOfFile: folder + "/documents.jsonl", encoding: .utf8)
            else { return nil }
            let documents = try lines.split(separator: "\n").map {
                try JSONDecoder().decode(Document.self, from: Data($0.utf8))
            }
            let index = TextIndexAlone()
            index.add(documents.map(\.text)[...])
            var relevant: [String: Set<Int?>] = [:]
            let judgements = try String(contentsOfFile: folder + "/qrels.txt", encoding: .utf8)
            for line in judgements.split(separator: "\n") {
                let parts = line.split(separator: " ").map(String.init)
                if parts.count == 4 {
                    relevant[parts[0], default: []].insert(Self.number(parts[2]))
                }
            }
            var sum = 0.0
            var count = 0
            for (topic, text) in try topics(folder) {
                guard let wanted = relevant[topic] else { continue }
                let found = index.rows(withAnyWordOf: text, limit: 1000)
                    .map { Self.number(documents[Int($0) - 1].id) }
                var hits = 0
                var own = 0.0
                for (place, id) in found.enumerated() where wanted.contains(id) {
                    hits += 1
                    own += Double(hits) / Double(place + 1)
                }
                sum += own / Double(wanted.count)
                count += 1
            }
            return (sum / Double(count), documents.count, count)
        }

        /// The number at the end of `CACM-0042`.
        private static func number(_ id: String) -> Int? { Int(id.drop { !$0.isNumber }) }

        private func topics(_ folder: String) throws -> [(String, String)] {
            let text = try String(contentsOfFile: folder + "/topics.txt", encoding: .utf8)
            return text.components(separatedBy: "<DOC>").compactMap { part in
                let pieces = part.replacingOccurrences(of: "</DOC>", with: "")
                    .replacingOccurrences(of: "<DOCNO>", with: "")
                    .components(separatedBy: "</DOCNO>")
                guard pieces.count == 2 else { return nil }
                return (pieces[0].trimmingCharacters(in: .whitespacesAndNewlines), pieces[1])
            }
        }

        /// How many of Snowball's English words get its stems; nil where the list is not here.
        private func stems() throws -> (right: Int, all: Int)? {
            let folder = "/usr/share/snowball/data/english"
            guard let words = try? String(contentsOfFile: folder + "/voc.txt", encoding: .utf8)
            else { return nil }
            let stems = try String(contentsOfFile: folder + "/output.txt", encoding: .utf8)
            let pairs = zip(words.split(separator: "\n"), stems.split(separator: "\n"))
            var right = 0
            var all = 0
            for (word, stem) in pairs {
                all += 1
                if TextIndexAlone.stem(String(word)) == stem { right += 1 }
            }
            return (right, all)
        }
    #endif
}
