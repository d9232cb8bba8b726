import Foundation
import Tufa

/// Search side by side with the engines that a user would choose instead: the same documents, the
/// same questions, one thread, in turn.
struct PeerSuite {
    /// How many commits of one document each are timed.
    private static let commitCount = 300
    /// How long a writer is watched, with readers and without.
    private static let watchSeconds = 3.0

    private let options: Options
    private let corpus: SearchCorpus
    private let tufa: TufaSearchEngine
    private let engines: [any SearchEngine]
    private var page = ResultsPage()

    init(_ path: String, _ options: Options, _ scratch: Scratch) throws {
        self.options = options
        corpus = try SearchCorpus(path: path)
        tufa = TufaSearchEngine(corpus, scratch, version: "this commit")
        var engines: [any SearchEngine] = [tufa]
        #if canImport(CSQLite)
            if let sqlite = SQLiteSearchEngine(corpus, scratch) { engines.append(sqlite) }
        #endif
        if let program = options.tantivy,
            let tantivy = TantivySearchEngine(
                corpus, scratch, program: program)
        {
            engines.append(tantivy)
        }
        self.engines = engines
    }

    consuming func run() throws {
        page.begin(corpus, engines)
        try measureBuilding()
        var maker = QuestionMaker(corpus)
        page.beginSearches(engines)
        for group in maker.classes() { try measure(group) }
        try measureCommits()
        try measureReaders()
        if let path = options.results {
            try Data(page.text.utf8).write(to: URL(filePath: path))
        }
        try tufa.close()
    }

    private mutating func measureBuilding() throws {
        page.beginBuilding()
        for engine in engines {
            let took = try engine.build(batch: 1000) ?? 0
            let size = try engine.size()
            page.add([
                engine.name, grouped(Double(corpus.texts.count) / took) + " documents/s",
                size.map { "\(decimal(Double($0.byteCount) / 1e6)) MB \($0.place)" } ?? "",
            ])
        }
        page.note("Asked of Tufa: 25,000 documents/s; 21 MB.")
    }

    private mutating func measure(_ group: QuestionClass) throws {
        var times = [[Double]](repeating: [], count: engines.count)
        for pass in 0..<repetitions {
            // The first in turn changes, so that none always finds the caches as another left them.
            for step in engines.indices {
                let place = (pass + step) % engines.count
                times[place] += try engines[place].ask(group.questions)?.microseconds ?? []
            }
        }
        let matches = try engines.map { try $0.matches(group.questions) }
        page.add(group, times: times, matches: matches)
    }

    private mutating func measureCommits() throws {
        page.beginCommits()
        for engine in engines {
            guard let times = try engine.commits(Self.commitCount, seed: 1) else { continue }
            page.add([
                engine.name, microseconds(median(times)), microseconds(percentile(times, 95)),
            ])
        }
        let plain = try tufa.plainCommits(Self.commitCount)
        page.add([
            "Tufa, a table without full text", microseconds(median(plain)),
            microseconds(percentile(plain, 95)),
        ])
        page.note("Asked of Tufa: at most 1 ms over the commit without full text.")
    }

    // MARK: Readers

    /// What eight readers cost a writer; without a pause they also take the processors from it.
    private mutating func measureReaders() throws {
        guard let database = tufa.database else { return }
        page.beginReaders()
        let texts = corpus.texts
        for (name, readers, pause) in [
            ("no readers", 0, 0.0), ("8 readers, a search each every 10 ms", 8, 0.01),
            ("8 readers without a pause", 8, 0.0), ("no readers, again", 0, 0.0),
        ] {
            let stop = StopFlag()
            let group = DispatchGroup()
            for number in 0..<readers {
                Thread.detachNewThread {
                    group.enter()
                    defer { group.leave() }
                    while !stop.isSet {
                        let word = texts[number * 31].split(separator: " ").first ?? "water"
                        _ = try? database.view().search(Document.self, String(word) + " OR water")
                        if pause > 0 { Thread.sleep(forTimeInterval: pause) }
                    }
                }
            }
            var times: [Double] = []
            let end = Date(timeIntervalSinceNow: Self.watchSeconds)
            while Date.now < end {
                let document = Document(text: texts[times.count * 97 % texts.count], bucket: 0)
                times.append(
                    try seconds {
                        _ = try database.writeBlocking(durability: TufaSearchEngine.durability) {
                            try $0.insert(document)
                        }
                    } * 1e6)
            }
            stop.set()
            group.wait()
            page.add([
                name, grouped(Double(times.count) / Self.watchSeconds) + " commits/s",
                microseconds(median(times)), microseconds(percentile(times, 99)),
            ])
        }
        page.note(
            "Asked of Tufa: 8 readers do not slow a writer by more than 10 %. This machine has "
                + "\(ProcessInfo.processInfo.processorCount) processors; readers without a pause "
                + "leave the writer its share of them and no more.")
    }
}

/// A flag that one thread sets and others look at.
final class StopFlag: @unchecked Sendable {  // The lock guards the value.
    private let lock = NSLock()
    private var value = false

    var isSet: Bool { lock.withLock { value } }

    func set() { lock.withLock { value = true } }
}

/// Microseconds with a unit.
func microseconds(_ value: Double) -> String { duration(value / 1e6) }

/// The value that so many of a hundred do not exceed.
func percentile(_ values: [Double], _ percent: Int) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * percent / 100)]
}
