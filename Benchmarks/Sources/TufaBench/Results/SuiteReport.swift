import Foundation

/// The section of a suite: conditions, tables with a column a store, targets, method.
struct SuiteReport {
    private(set) var page: ResultsPage
    private let bench: Bench
    private let suite: String
    private let stores: [any StoreEngine]
    private let start = ContinuousClock.now

    /// Begins a section, and measures what disk and memory allow.
    init(
        _ title: String, suite: String, _ bench: Bench, _ stores: [any StoreEngine] = []
    ) throws {
        self.suite = suite
        self.bench = bench
        self.stores = stores
        page = ResultsPage(title: title)
        say("\n\(title)")
        for text in try Conditions(in: bench.scratch.folder.path).paragraphs {
            page.paragraph(text)
        }
        var versions = stores.map { "\($0.name) \($0.version)" }
        if versions.isEmpty { versions = ["Tufa \(bench.commit)"] }
        page.paragraph("Versions: " + versions.joined(separator: "; ") + ".")
    }

    mutating func heading(_ text: String) { page.heading(text) }
    mutating func paragraph(_ text: String) { page.paragraph(text) }
    mutating func table(_ head: [String], _ rows: [[String]]) {
        page.table(head, rows)
        for row in rows { say("| \(row.joined(separator: " | ")) |") }
    }

    /// Writes a chart where there is a folder for it, and shows it in the section.
    mutating func chart(_ name: String, _ chart: Chart) throws {
        guard let folder = bench.options.charts, try chart.write(to: folder, name) else { return }
        page.picture(chart.title, "\(URL(fileURLWithPath: folder).lastPathComponent)/\(name).svg")
    }

    /// A table of comparisons; a peer's cell ends with how many times better Tufa is.
    mutating func compare(_ comparisons: [Comparison], own: [String] = ["Tufa"]) {
        var names: [String] = []
        for run in comparisons.flatMap(\.runs) where !names.contains(run.name) {
            names.append(run.name)
        }
        table(
            ["what", ""] + names,
            comparisons.map { comparison in
                [comparison.what, comparison.unit.name]
                    + names.map { name in
                        comparison.cell(name, comparing: !own.contains(name))
                    }
            })
    }

    /// Keeps Tufa's figure of a comparison, and its ratio to each peer, for the targets.
    func keep(_ key: String, _ comparison: Comparison, scale: Double = 1, own: String = "Tufa") {
        if let value = comparison.figure(of: own) { bench.figures.set(key, value * scale) }
        for name in comparison.runs.map(\.name) where name != own {
            guard let ratio = comparison.ratio(to: name, of: own) else { continue }
            bench.figures.set("\(key).\(name.lowercased())", ratio)
        }
    }

    func keep(_ key: String, _ value: Double) { bench.figures.set(key, value) }

    /// Adds targets, settings and method, prints the section and writes it.
    mutating func finish(method: [String] = []) throws {
        let rows = TargetsPage(figures: bench.figures).table(suite: suite)
        if !rows.isEmpty {
            page.heading("Against the targets")
            table(["what", "asked", "measured", "reached", ""], rows)
        }
        page.heading("How it is measured")
        let took = grouped((ContinuousClock.now - start) / .seconds(1))
        page.list(
            method + [
                "Medians of \(repetitions) runs with the lowest and the highest, the stores in "
                    + "turn within each run, who is first changes; `x` is how many times better "
                    + "Tufa is, bold where it is behind. The suite took \(took) s."
            ])
        try bench.figures.save()
        guard let results = bench.options.results else { return }
        try page.write(to: results)
        try Self.storesPage().write(to: results)
        try TargetsPage(figures: bench.figures).page().write(to: results, first: true)
    }

    /// How the stores are set up, which is the same in every suite.
    private static func storesPage() -> ResultsPage {
        var page = ResultsPage(title: "Stores")
        page.list(Stores.all(tuned: true).map { "\($0.name): \($0.settings)." })
        return page
    }
}
