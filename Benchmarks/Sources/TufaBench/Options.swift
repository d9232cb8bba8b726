import Foundation

/// What the command line asks for.
struct Options {
    static let suites = ["floor", "write", "read", "search", "files"]

    var rows = 1_000_000
    var folder = FileManager.default.temporaryDirectory.path
    var suites = Self.suites

    static let usage = """
        usage: tufa-bench [--rows N] [--folder PATH] [--only SUITE,...]

          --rows N       rows of the largest tables; 1,000,000 unless told
          --folder PATH  where the databases are made; the disk there is what is measured
          --only LIST    some of: \(Self.suites.joined(separator: ", "))
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
            case "--only":
                suites = value.split(separator: ",").map(String.init)
                guard suites.allSatisfy(Self.suites.contains) else { return nil }
            default: return nil
            }
        }
    }
}
