import Foundation

/// What the command line asks for.
struct Options {
    /// A suite by its name.
    enum Suite: String, CaseIterable {
        case commit, index, query, search, quality, replay, snapshot, archive, open, memory, growth
        case data, soak

        /// Those that run where none is named.
        static var usual: [Suite] { allCases.filter { $0 != .soak } }
    }

    var suites: [Suite] = []
    var folder = FileManager.default.temporaryDirectory.path
    /// Whether sizes go up to ten million rows.
    var isLarge = false
    /// How long writers and readers go on.
    var soakMinutes = 10.0
    /// The documents that the engines are asked about, one a line; nil where there are none.
    var corpus: String?
    /// The program that answers for Tantivy; nil where it is not installed.
    var tantivy: String?
    /// Debian's package index; nil where it is not to be had.
    var packages: String?
    /// The folder of public test collections; nil where there is none.
    let testData = ProcessInfo.processInfo.environment["TUFA_TEST_DATA"]
    /// Where the sections are written.
    var results: String?
    /// Where the numbers of the targets are kept.
    var figures: String?
    /// The folder of the charts.
    var charts: String?

    static let usage = """
        usage: tufa-bench [SUITE...] [--folder PATH] [--large] [--minutes N]

          SUITE            some of: \(Suite.allCases.map(\.rawValue).joined(separator: ", "));
                           all but soak unless told
          --folder PATH    where the databases are made; the disk there is what is measured
          --large          with ten million rows where a suite grows
          --minutes N      how long the soak goes on; 10 unless told

        Benchmarks/run gives these:
          --corpus FILE    the documents to search, one a line
          --tantivy FILE   the program that answers for Tantivy
          --packages FILE  Debian's package index
          --results FILE   where the sections are written
          --figures FILE   where the numbers of the targets are kept
          --charts FOLDER  where the charts are written
        """

    /// Reads the arguments; nil where they cannot be understood.
    init?(_ arguments: [String]) {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            if let suite = Suite(rawValue: name) {
                suites.append(suite)
                continue
            }
            if name == "--large" {
                isLarge = true
                continue
            }
            guard let value = rest.popFirst() else { return nil }
            switch name {
            case "--folder": folder = value
            case "--corpus": corpus = value
            case "--tantivy": tantivy = value
            case "--packages": packages = value
            case "--results": results = value
            case "--figures": figures = value
            case "--charts": charts = value
            case "--minutes":
                guard let minutes = Double(value), minutes > 0 else { return nil }
                soakMinutes = minutes
            default: return nil
            }
        }
        if suites.isEmpty { suites = Suite.usual }
    }
}
