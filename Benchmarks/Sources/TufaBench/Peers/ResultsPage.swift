import Foundation

/// The page with the figures of Tufa and its peers, won or lost.
struct ResultsPage {
    private(set) var text = ""

    private mutating func line(_ line: String = "") {
        say(line)
        text += line + "\n"
    }

    /// Adds a line of a table.
    mutating func add(_ cells: [String]) { line("| " + cells.joined(separator: " | ") + " |") }

    /// Adds a sentence below a table.
    mutating func note(_ sentence: String) {
        line()
        line(sentence)
        line()
    }

    private mutating func beginTable(_ title: String, _ columns: [String]) {
        line("## \(title)")
        line()
        add(columns)
        add(columns.map { _ in "---" })
    }

    mutating func begin(_ corpus: SearchCorpus, _ engines: [any SearchEngine]) {
        let machine = ProcessInfo.processInfo
        line("# Results")
        line()
        line("`Benchmarks/run search` made this page.")
        line()
        let system = machine.operatingSystemVersionString
        line("- \(machine.processorCount) processors, \(system)")
        if let commit = machine.environment["TUFA_COMMIT"] { line("- commit \(commit)") }
        line(
            "- \(corpus.texts.count) articles of Debian's dict-gcide and dict-foldoc, "
                + "\(decimal(Double(corpus.byteCount) / 1e6)) MB; 200 questions a class, one "
                + "thread, the ten best with their texts")
        for engine in engines { line("- \(engine.name) \(engine.version)") }
        line(
            "- Tantivy is asked through its Python package, whose overhead is inside; SQLite has "
                + "`porter unicode61` and `ORDER BY rank`; all commit without waiting for the disk")
        line()
    }

    mutating func beginBuilding() {
        beginTable("Building, in commits of 1,000", ["engine", "rate", "index without texts"])
    }

    mutating func beginSearches(_ engines: [any SearchEngine]) {
        beginTable(
            "Searching: median, 95th percentile; matches",
            ["question", "asked"] + engines.map(\.name) + ["won or lost"])
    }

    mutating func beginCommits() {
        beginTable(
            "A commit of one document, until a search sees it", ["engine", "median", "95th"])
    }

    mutating func beginReaders() {
        line()
        beginTable(
            "A writer of single documents beside readers", ["readers", "rate", "median", "99th"])
    }

    /// Adds a class of questions; the first engine is Tufa.
    mutating func add(_ group: QuestionClass, times: [[Double]], matches: [[Int]?]) {
        var cells = [group.name, group.asked.map { microseconds($0) } ?? ""]
        for (times, matches) in zip(times, matches) {
            guard !times.isEmpty else {
                cells.append("cannot")
                continue
            }
            let count = median((matches ?? []).map(Double.init))
            cells.append(
                "\(microseconds(median(times))), \(microseconds(percentile(times, 95))); "
                    + grouped(count))
        }
        let own = median(times.first ?? [])
        var verdicts: [String] = []
        if let asked = group.asked { verdicts.append(own <= asked ? "asked: won" : "asked: lost") }
        for times in times.dropFirst() where !times.isEmpty {
            let ratio = median(times) / own
            verdicts.append((ratio >= 1 ? "won " : "lost ") + "\(decimal(ratio))x")
        }
        add(cells + [verdicts.joined(separator: ", ")])
    }
}
