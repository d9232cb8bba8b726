import Foundation
import Testing
import TufaIndex

@testable import TufaSearch

/// How long building, asking, saving and loading take on real documents, one a line, in the file
/// that `TUFA_BENCHMARK_DOCUMENTS` names; meaningful in a release build only.
struct TextBenchmark {
    static let path = ProcessInfo.processInfo.environment["TUFA_BENCHMARK_DOCUMENTS"]

    @Test(.enabled(if: path != nil, "TUFA_BENCHMARK_DOCUMENTS is not set."))
    func `real documents`() throws {
        let path = try #require(Self.path)
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        let lines = data.split(separator: UInt8(ascii: "\n")).map { Array($0) }
        let index = TextIndex(weights: [1])
        let built = ContinuousClock().measure { Self.build(index, lines) }
        let view = TextView(roots: index.draftRoots, position: UInt64(lines.count))
        print("documents \(lines.count), bytes \(data.count), terms \(index.termCount)")
        print("build \(built): \(Int(Double(lines.count) / built.seconds)) documents a second")
        print(
            "memory \(index.byteCount): terms \(index.terms.byteCount),",
            "tree \(index.tree.byteCount), postings \(index.blocks.usedByteCount),",
            "documents \(index.documents.byteCount)")
        Self.ask(index, view, label: "fresh")
        let changed = Self.changeSome(index, lines)
        Self.ask(index, changed, label: "one document in a hundred dead")
        Self.saveAndLoad(index, view)
    }

    private static func build(_ index: TextIndex, _ lines: [[UInt8]]) {
        let analyzer = Analyzer()
        var buffer = TokenBuffer()
        for (at, line) in lines.enumerated() {
            // A commit of a thousand documents makes a group.
            if at % 1000 == 0 {
                index.group += 1
                index.reclaim(oldest: index.group)
            }
            add(line, row: UInt32(at) + 1, position: UInt64(at) + 1, index, analyzer, &buffer)
        }
    }

    private static func add(
        _ line: [UInt8], row: UInt32, position: UInt64, _ index: TextIndex, _ analyzer: Analyzer,
        _ buffer: inout TokenBuffer
    ) {
        index.beginDocument()
        line.withUnsafeBytes { analyzer.analyze($0, into: &buffer) }
        index.append(buffer, field: 0)
        index.endDocument(row: row, position: position)
    }

    /// Updates one row in a hundred, each in a group of its own.
    private static func changeSome(_ index: TextIndex, _ lines: [[UInt8]]) -> TextView {
        let analyzer = Analyzer()
        var buffer = TokenBuffer()
        var position = UInt64(lines.count)
        var times: [Double] = []
        for at in stride(from: 0, to: lines.count, by: 100) {
            position += 1
            let time = ContinuousClock().measure {
                index.group += 1
                index.beginDocument()
                lines[at].withUnsafeBytes { analyzer.analyze($0, into: &buffer) }
                index.append(buffer, field: 0)
                index.remove(row: UInt32(at) + 1, position: position)
                add(lines[at], row: UInt32(at) + 1, position: position, index, analyzer, &buffer)
                index.reclaim(oldest: index.group)
            }
            times.append(time.seconds * 1e6)
        }
        print("update of one row in a group of its own: \(summary(times))")
        return TextView(roots: index.draftRoots, position: position)
    }

    private static func ask(_ index: TextIndex, _ view: TextView, label: String) {
        var generator = SeededGenerator(seed: 77)
        var terms: [(text: String, count: Int)] = []
        index.forEachTerm(beginningWith: "", in: view.roots) { number in
            let text = String(decoding: index.terms.text(number), as: UTF8.self)
            terms.append((text, index.tally(ofTerm: number).count))
        }
        let frequent = terms.filter { (8000...40_000).contains($0.count) }.map(\.text)
        let middling = terms.filter { (500...8000).contains($0.count) }.map(\.text)
        let rare = terms.filter { (20...500).contains($0.count) }.map(\.text)
        func pick(_ words: [String]) -> SearchQuery {
            .term(words.randomElement(using: &generator)!)
        }
        func words(_ number: Int) -> [SearchQuery] {
            (0..<number).map { _ in pick(Bool.random(using: &generator) ? frequent : middling) }
        }
        let letters = Array("abcdefghijklmnopqrstuvwxyz".unicodeScalars)
        let ordinary = rare.filter { (6...10).contains($0.utf8.count) }
        func misspelt(_ edits: Int) -> String {
            (0..<edits).reduce(ordinary.randomElement(using: &generator)!) { word, _ in
                FuzzyTermsTests.edited(word, letters, &generator)
            }
        }
        let kinds: [(String, () -> SearchQuery)] = [
            ("term, in 8,000 to 40,000", { pick(frequent) }),
            ("term, in 500 to 8,000", { pick(middling) }),
            ("term, in 20 to 500", { pick(rare) }),
            ("and of 2", { .and(words(2)) }),
            ("and of rare and frequent", { .and([pick(rare), pick(frequent)]) }),
            ("or of 2", { .or(words(2)) }),
            ("or of 4", { .or(words(4)) }),
            ("not", { .and([pick(middling), .not(pick(frequent))]) }),
            (
                "phrase",
                {
                    .phrase([
                        frequent.randomElement(using: &generator)!,
                        middling.randomElement(using: &generator)!,
                    ])
                }
            ),
            (
                "prefix of 4",
                {
                    .prefix(String(rare.randomElement(using: &generator)!.prefix(4)))
                }
            ),
            ("fuzzy, one edit", { .fuzzy(misspelt(1), distance: 1) }),
            ("fuzzy, two edits", { .fuzzy(misspelt(2), distance: 2) }),
        ]
        for (name, make) in kinds {
            var times: [Double] = []
            for _ in 0..<100 {
                let query = make()
                var best = Double.infinity
                for _ in 0..<3 {
                    let time = ContinuousClock().measure {
                        _ = index.search(
                            query, roots: view.roots, position: view.position, limit: 10)
                    }
                    best = min(best, time.seconds * 1e6)
                }
                times.append(best)
            }
            print("\(label): \(name): \(summary(times))")
        }
    }

    private static func saveAndLoad(_ index: TextIndex, _ view: TextView) {
        var saved: [UInt8] = []
        let saving = ContinuousClock().measure { saved = TextSnapshotTests.save(index, view) }
        var loaded: TextIndex?
        var loading = Duration.seconds(3600)
        for _ in 0..<5 {
            loaded = nil
            let elapsed = ContinuousClock().measure {
                loaded = try? saved.withUnsafeBytes {
                    try TextIndex(loading: $0, weights: [1], rowLimit: .max, name: "benchmark")
                }
            }
            loading = min(loading, elapsed)
        }
        let megabytes = Double(saved.count) / 1e6
        print(
            "snapshot \(saved.count) bytes: saved at \(Int(megabytes / saving.seconds)) MB/s,",
            "loaded in \(loading) at \(Int(megabytes / loading.seconds)) MB/s,",
            "memory \(loaded?.byteCount ?? 0)")
    }

    private static func summary(_ times: [Double]) -> String {
        let sorted = times.sorted()
        let median = sorted[sorted.count / 2]
        let high = sorted[sorted.count * 95 / 100]
        return "median \(Int(median.rounded())) us, 95 % \(Int(high.rounded())) us"
    }
}

extension Duration {
    fileprivate var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
