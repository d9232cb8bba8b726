import Foundation

/// What the command line asks for.
struct Options {
    static let suites = ["floor", "write", "read", "search", "files"]

    var rows = 1_000_000
    var folder = FileManager.default.temporaryDirectory.path
    var suites = Self.suites
    /// The documents that the engines are asked about, one a line; nil where no peer is asked.
    var corpus: String?
    /// The program that answers for Tantivy; nil where it is not installed.
    var tantivy: String?
    /// Where the table of the peers is written.
    var results: String?

    static let usage = """
        usage: tufa-bench [--rows N] [--folder PATH] [--only SUITE,...]

          --rows N       rows of the largest tables; 1,000,000 unless told
          --folder PATH  where the databases are made; the disk there is what is measured
          --only LIST    some of: \(Self.suites.joined(separator: ", "))
          --corpus FILE  search these documents, one a line, side by side with the peers,
                         and do nothing else; Benchmarks/run gives this and what follows
          --tantivy FILE the program that answers for Tantivy
          --results FILE where the table goes too
        """

    /// Reads the arguments; nil where they cannot be understood.
    init?(_ arguments: [String]) {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { return nil }
            switch name {
            case "--rows":
                guard let rows = Int(value), rows >= 10_000 else { return nil }
                self.rows = rows
            case "--folder": folder = value
            case "--corpus": corpus = value
            case "--tantivy": tantivy = value
            case "--results": results = value
            case "--only":
                suites = value.split(separator: ",").map(String.init)
                guard suites.allSatisfy(Self.suites.contains) else { return nil }
            default: return nil
            }
        }
    }
}
