import Foundation
import Tufa

/// Full-text search over real documents, side by side with the peers that this machine has.
struct PeerSuite {
    /// Times per class and column, one entry a pass.
    struct Column {
        var engine: any SearchEngine
        var way: Way
        /// Median and 95th percentile of each pass, in microseconds, by class.
        var medians: [[Double]]
        var highs: [[Double]]
    }

    /// Documents a second of each build of one engine, and what the index took after the last.
    struct Builds {
        var batches: [Double] = []
        var one: [Double] = []
        var sizeAfterBatches: IndexSize?
        var sizeAfterOne: IndexSize?
    }

    /// How often every question is asked; a first pass is not counted.
    static let passes = 5
    static let buildRounds = 3
    static let commitCount = 500

    let corpus: SearchCorpus
    let classes: [QuestionClass]
    let tufa: TufaSearchEngine
    let tantivy: TantivySearchEngine?
    let engines: [any SearchEngine]

    private let bench: Bench

    init(_ path: String, _ bench: Bench) throws {
        self.bench = bench
        let (options, scratch) = (bench.options, bench.scratch)
        corpus = try SearchCorpus(path: path)
        var maker = QuestionMaker(corpus)
        classes = maker.classes()
        let version = bench.commit
        tufa = TufaSearchEngine(corpus, scratch, version: version)
        var engines: [any SearchEngine] = [tufa]
        #if HAS_INDEX_ALONE
            engines.append(IndexAloneEngine(corpus, version: version))
        #endif
        var tantivy: TantivySearchEngine?
        if let program = options.tantivy {
            tantivy = TantivySearchEngine(corpus, scratch, program: program)
            if tantivy == nil { say("Tantivy is not measured: its program did not answer.") }
        }
        if let tantivy { engines.append(tantivy) }
        self.tantivy = tantivy
        #if HAS_SQLITE
            if let sqlite = SQLiteSearchEngine(corpus, scratch) {
                engines.append(sqlite)
            } else {
                say("SQLite is not measured: this library has no FTS5.")
            }
        #endif
        self.engines = engines
    }

    /// Measures everything, prints it, and writes the section of the results.
    func run() throws {
        let conditions = try Conditions(in: bench.scratch.folder.path)
        let page = try measure(conditions)
        say(page.text)
        try bench.figures.save()
        if let results = bench.options.results {
            try page.write(to: results)
            try TargetsPage(figures: bench.figures).page().write(to: results, first: true)
        }
        try tufa.close()
    }

    private func measure(_ conditions: Conditions) throws -> ResultsPage {
        say("\(grouped(Double(corpus.texts.count))) documents; building ...")
        let builds = try measureBuilds()
        say("counting matches ...")
        let matches = try engines.map { engine in
            try classes.map { questions in
                try engine.matches(questions.questions).map { median($0.map(Double.init)) }
            }
        }
        let columns = try measureQuestions()
        say("committing ...")
        let commits = try measureCommits()
        say("writing beside readers ...")
        let runs = try measureReaders()
        keep(builds, columns, commits)
        return try PeerReport(
            suite: self, conditions: conditions, builds: builds, matches: matches,
            columns: columns, commits: commits, runs: runs
        ).page()
    }

    /// Keeps what the targets ask for: Tufa as its users have it.
    private func keep(
        _ builds: [Builds], _ columns: [Column], _ commits: (engines: [Double?], plain: Double)
    ) {
        guard let own = engines.firstIndex(where: { $0 === tufa }),
            let column = columns.first(where: { $0.engine === tufa })
        else { return }
        for (number, questions) in classes.enumerated() {
            guard let key = questions.key else { continue }
            bench.figures.set("search.\(key)", median(column.medians[number]))
        }
        if let commit = commits.engines[own] {
            bench.figures.set("search.visible", commit - commits.plain)
        }
        bench.figures.set("search.build", median(builds[own].batches))
        if let size = builds[own].sizeAfterBatches {
            bench.figures.set("search.size", Double(size.byteCount) / 1e6)
        }
    }

    // MARK: Building

    /// Documents a second in batches of 1,000 and in one commit, by engine; one commit is last, so
    /// that its index is the one that is asked.
    private func measureBuilds() throws -> [Builds] {
        var builds = engines.map { _ in Builds() }
        let count = Double(corpus.texts.count)
        for round in 0..<Self.buildRounds {
            for (at, engine) in engines.enumerated() {
                if let took = try engine.build(batch: 1000) {
                    builds[at].batches.append(count / took)
                }
                builds[at].sizeAfterBatches = try engine.size()
                if let took = try engine.build(batch: corpus.texts.count) {
                    builds[at].one.append(count / took)
                }
                builds[at].sizeAfterOne = try engine.size()
            }
            say("built \(round + 1) of \(Self.buildRounds) times")
        }
        return builds
    }

    // MARK: Asking

    private func measureQuestions() throws -> [Column] {
        let none = classes.map { _ in [Double]() }
        var columns = engines.flatMap { engine in
            engine.ways.map { Column(engine: engine, way: $0, medians: none, highs: none) }
        }
        for pass in 0...Self.passes {
            for (number, questions) in classes.enumerated() {
                for step in columns.indices {
                    // Who comes first changes with every pass.
                    let at = (step + pass) % columns.count
                    let (engine, way) = (columns[at].engine, columns[at].way)
                    guard let answers = try engine.ask(questions.questions, by: way) else {
                        continue
                    }
                    if answers.hits == 0 {
                        throw PeerError(message: "\(engine.name) finds no \(questions.name).")
                    }
                    if pass == 0 { continue }
                    columns[at].medians[number].append(median(answers.microseconds))
                    columns[at].highs[number].append(percentile(95, answers.microseconds))
                }
            }
            say("asked \(pass) of \(Self.passes) times")
        }
        return columns
    }

    // MARK: Writing

    /// Medians of commits of one document by engine, and of commits without full text.
    private func measureCommits() throws -> (engines: [Double?], plain: Double) {
        var medians = engines.map { _ in [Double]() }
        var plain: [Double] = []
        for round in 0..<Self.passes {
            plain.append(median(try tufa.plainCommits(Self.commitCount)))
            for (at, engine) in engines.enumerated() {
                if let times = try engine.commits(Self.commitCount, seed: round) {
                    medians[at].append(median(times))
                }
            }
        }
        return (medians.map { $0.isEmpty ? nil : median($0) }, median(plain))
    }

    private func measureReaders() throws -> [WriterWithReaders.Company: [WriterWithReaders.Run]] {
        guard let database = tufa.database else { return [:] }
        let pairs = classes.first { $0.name == "AND of two" }?.questions ?? []
        return try WriterWithReaders(
            database: database, texts: corpus.texts,
            questions: pairs.map(TufaSearchEngine.text)
        ).measure(rounds: Self.passes)
    }
}

/// The value below which so many in a hundred lie.
func percentile(_ share: Int, _ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * share / 100)]
}
