/// The section of the results that tells what the comparison saw.
struct PeerReport {
    let suite: PeerSuite
    let conditions: Conditions
    let builds: [PeerSuite.Builds]
    let matches: [[Double?]]
    let columns: [PeerSuite.Column]
    let commits: (engines: [Double?], plain: Double)
    let runs: [WriterWithReaders.Company: [WriterWithReaders.Run]]

    private var engines: [any SearchEngine] { suite.engines }
    private var peers: [any SearchEngine] { engines.filter { !$0.name.hasPrefix("Tufa") } }

    func page() throws -> ResultsPage {
        var page = ResultsPage(title: "Search")
        try addConditions(&page)
        addQuestions(
            &page, title: "A text in, documents out", way: .rows,
            note: "What a user gets: the query is read and the texts of the ten best documents are "
                + "fetched within the time, and read where they lie; Tantivy's library makes "
                + "strings of them.")
        addQuestions(
            &page, title: "A text in, structs out", way: .structs,
            note: "The same, and an entity with its strings is made of each document.")
        if columns.contains(where: { $0.engine.name == "Tufa's index" }) {
            addQuestions(
                &page, title: "The index alone", way: .prepared,
                note: "The query was read before; numbers of documents and scores come out.")
        }
        addMatches(&page)
        addWriting(&page)
        addReaders(&page)
        addMethod(&page)
        return page
    }

    private func addConditions(_ page: inout ResultsPage) throws {
        var versions = ["Tufa \(suite.tufa.version)"]
        versions += peers.map { "\($0.name) \($0.version)" }
        if peers.isEmpty { versions.append("no peer was there") }
        for text in conditions.paragraphs { page.paragraph(text) }
        page.paragraph("Versions: " + versions.joined(separator: "; ") + ".")
        let megabytes = decimal(Double(suite.corpus.byteCount) / 1e6)
        page.paragraph(
            """
            \(grouped(Double(suite.corpus.texts.count))) documents of \(megabytes) MB: the \
            articles of Debian's dict-gcide and dict-foldoc. One thread, the ten best, \
            \(QuestionMaker.count) questions a class, \(PeerSuite.passes) passes with the \
            engines in turn after one that does not count. Times are medians of the passes, \
            `median / 95th percentile` in microseconds. A ratio is the peer's median over \
            Tufa's: above 1 Tufa is ahead.
            """)
    }

    // MARK: Questions

    private func addQuestions(
        _ page: inout ResultsPage, title: String, way: Way, note: String
    ) {
        let shown = columns.filter { $0.way == way }
        guard let own = shown.first(where: { $0.engine.name.hasPrefix("Tufa") }) else { return }
        let others = shown.filter { !$0.engine.name.hasPrefix("Tufa") }
        page.heading(title)
        page.paragraph(note)
        let rows = suite.classes.enumerated().map { number, questions in
            let figure = own.medians[number].isEmpty ? nil : median(own.medians[number])
            var row = [questions.name, times(own, number)]
            row += [asked(questions.asked.map { "<= \(whole($0)) us" }, figure, questions.asked)]
            for other in others {
                let theirs = other.medians[number].isEmpty ? nil : median(other.medians[number])
                row += [times(other, number), ratio(theirs, figure)]
            }
            return row
        }
        page.table(
            ["question", own.engine.name, "asked"]
                + others.flatMap { [$0.engine.name, "ratio"] }, rows)
    }

    private func times(_ column: PeerSuite.Column, _ number: Int) -> String {
        guard !column.medians[number].isEmpty else { return "-" }
        let (middle, high) = (median(column.medians[number]), median(column.highs[number]))
        return "\(short(middle)) / \(short(high))"
    }

    /// How many documents match, so that everyone sees that all look for the same.
    private func addMatches(_ page: inout ResultsPage) {
        page.heading("Matches")
        page.paragraph(
            "How many documents a question matches, the median of its class. Analyzers differ: "
                + "Tufa has Snowball's English stems and stop words, Tantivy the same stems "
                + "without stop words, FTS5 Porter's stems; a prefix is looked for among stems.")
        let rows = suite.classes.enumerated().map { number, questions in
            [questions.name] + matches.map { $0[number].map(grouped) ?? "-" }
        }
        page.table(["question"] + engines.map(\.name), rows)
    }

    // MARK: Writing

    private func addWriting(_ page: inout ResultsPage) {
        page.heading("Building, committing, memory")
        let own = engines.firstIndex { $0.name == "Tufa" } ?? 0
        var bare = engines.map { _ in "-" }
        let overBare = (commits.engines[own] ?? 0) - commits.plain
        bare[own] = "\(short(overBare)) us over \(short(commits.plain)) us"
        let rows = [
            ["build, one commit", atLeast(25_000, median(builds[own].one), "docs/s")]
                + builds.map { rate($0.one) },
            ["build, commits of 1,000", atLeast(25_000, median(builds[own].batches), "docs/s")]
                + builds.map { rate($0.batches) },
            ["commit of one document until a search sees it", "-"]
                + commits.engines.map { $0.map { "\(short($0)) us" } ?? "-" },
            [
                "the same over a commit without full text",
                asked("<= 1,000 us", overBare, 1000),
            ] + bare,
            ["index without the documents, after commits of 1,000"]
                + sizes(builds.map(\.sizeAfterBatches), own),
            ["index without the documents, after one commit"]
                + sizes(builds.map(\.sizeAfterOne), own),
        ]
        page.table(["what", "asked of Tufa"] + engines.map(\.name), rows)
        page.paragraph(
            "Nobody syncs before it acknowledges: Tufa commits `.buffered`, FTS5 with WAL and "
                + "`synchronous = OFF`; a commit of Tantivy writes its files. All build with one "
                + "thread from texts that are in memory and store the texts too (Tufa's index "
                + "alone does not); Tantivy merges on threads of its own.")
    }

    private func rate(_ rates: [Double]) -> String {
        rates.isEmpty ? "-" : grouped(median(rates)) + " docs/s"
    }

    /// The verdict on the size of our own index, and the sizes of all.
    private func sizes(_ sizes: [IndexSize?], _ own: Int) -> [String] {
        [asked("<= 21 MB", sizes[own].map { Double($0.byteCount) }, 21e6)]
            + sizes.map { size in
                size.map { "\(decimal(Double($0.byteCount) / 1e6)) MB \($0.place)" } ?? "-"
            }
    }

    // MARK: Readers

    private func addReaders(_ page: inout ResultsPage) {
        guard let alone = runs[.alone], !alone.isEmpty else { return }
        let base = median(alone.map(\.commitsPerSecond))
        page.heading("A writer beside readers")
        let rows = WriterWithReaders.Company.allCases.compactMap { company -> [String]? in
            guard let runs = runs[company] else { return nil }
            let rate = median(runs.map(\.commitsPerSecond))
            let change = (rate / base - 1) * 100
            let verdict =
                company == .alone
                ? "-" : ">= -10 % \(won(change >= -10))"
            return [
                company.rawValue, grouped(rate),
                company == .alone ? "-" : "\(signed(change)) %", verdict,
                grouped(median(runs.map(\.commitsPerProcessorSecond))),
                short(median(runs.map { percentile(50, $0.latencies) })),
                short(median(runs.map { percentile(99, $0.latencies) })),
                grouped(median(runs.map(\.searchesPerSecond))),
            ]
        }
        page.table(
            [
                "the writer", "commits/s", "change", "asked", "commits per processor second",
                "p50 us", "p99 us", "searches/s",
            ], rows)
        page.paragraph(
            "Commits of one document, `.buffered`, while readers ask AND of two in a new view each "
                + "time. Readers take no lock. More threads that never rest than processors leave "
                + "the writer its share of the processors and no more: that is the fall of the "
                + "commits per second and, where the system gives the processor to a reader, the "
                + "99th percentile. What readers cost beyond that, in caches, is the fall of the "
                + "commits per second that the writer had a processor.")
    }

    private func addMethod(_ page: inout ResultsPage) {
        page.heading("How it is measured")
        var items = [
            "Questions come from the words of the documents with a fixed seed, the same for all; "
                + "stop words are not asked for. The frequencies of a class are those of the words "
                + "as they stand; stems are in more documents.",
            "The words of a phrase stand side by side in some document. A prefix is that of a word "
                + "of at least six letters. A fuzzy word is one of six to ten letters with random "
                + "edits.",
        ]
        if let tantivy = suite.tantivy {
            let overhead = (try? tantivy.overhead()).map(short) ?? "?"
            items.append(
                "Tantivy is asked through its Python package, timed within Python; a call that "
                    + "finds nothing takes \(overhead) us of it. `count` is off, so that it may "
                    + "skip. A prefix is a regular expression, for the package has no prefix "
                    + "query; it and fuzzy words are not ranked there. The index has "
                    + "\(tantivy.segmentCount) segment(s).")
        }
        if engines.contains(where: { $0.name == "SQLite FTS5" }) {
            items.append(
                "FTS5 is asked through the C library by a prepared statement in the same process, "
                    + "tokenizer `porter unicode61`, `ORDER BY rank LIMIT 10`, a cache that holds "
                    + "all pages, after `optimize`; it has no fuzzy words, and no prefix index "
                    + "was declared.")
        }
        page.list(items)
    }

    // MARK: Cells

    private func won(_ isWon: Bool) -> String { isWon ? "won" : "**lost**" }

    private func asked(_ bound: String?, _ figure: Double?, _ limit: Double?) -> String {
        guard let bound, let limit else { return "-" }
        guard let figure else { return bound }
        return "\(bound) \(won(figure <= limit))"
    }

    private func atLeast(_ limit: Double, _ figure: Double, _ unit: String) -> String {
        ">= \(grouped(limit)) \(unit) \(won(figure >= limit))"
    }

    private func ratio(_ theirs: Double?, _ ours: Double?) -> String {
        guard let theirs, let ours, ours > 0 else { return "-" }
        return "\(decimal(theirs / ours)) \(won(theirs >= ours))"
    }

    private func whole(_ value: Double) -> String { grouped(value) }

    /// Microseconds with as many digits as tell something.
    private func short(_ value: Double) -> String {
        value >= 100 ? grouped(value) : "\((value * 10).rounded() / 10)"
    }

    private func signed(_ value: Double) -> String {
        value < 0 ? "-\(decimal(-value))" : "+\(decimal(value))"
    }
}
