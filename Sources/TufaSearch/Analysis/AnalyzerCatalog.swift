/// The analyzers that a program has, by the names that schemas give.
package struct AnalyzerCatalog: Sendable {
    /// The analyzers that every program has.
    package static let builtIn = AnalyzerCatalog()

    /// The names, sorted.
    package var names: [String] { Analyzer.names.sorted() }

    /// The analyzer of a name; one that is not there is stood in for by one that makes no terms.
    package func analyzer(named name: String) -> Analyzer {
        Analyzer.named(name)
            ?? .missing(name, advice: "The analyzers are: \(names.joined(separator: ", ")).")
    }
}
