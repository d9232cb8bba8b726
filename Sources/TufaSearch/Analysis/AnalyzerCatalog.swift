package import TufaBytes

/// The analyzers that a program has, by the names that schemas give.
package struct AnalyzerCatalog: Sendable {
    /// The analyzers that every program has, and no other.
    package static let builtIn = AnalyzerCatalog()

    private var own: [String: Analyzer] = [:]

    private init() {}

    /// The analyzers that every program has, and the program's own.
    ///
    /// - Throws: `unsupported` where a name cannot stand in a schema or is another analyzer's.
    package init(own analyzers: [Analyzer]) throws(DatabaseError) {
        for analyzer in analyzers {
            let name = analyzer.id.name
            if let problem = problem(withName: name) {
                throw DatabaseError(
                    .unsupported, "The name '\(name)' of an analyzer of the program \(problem).",
                    rule: name, advice: "Give it a name of its own.")
            }
            own[name] = analyzer
        }
    }

    private func problem(withName name: String) -> String? {
        if own[name] != nil { return "is given to two" }
        // The names of the trait mean the same in every build.
        if Analyzer.named(name) != nil || Analyzer.snowballLanguages.contains(name) {
            return "is that of an analyzer that comes with Tufa"
        }
        if !(1...Self.maximumNameByteCount).contains(name.utf8.count) {
            return "has not 1 to \(Self.maximumNameByteCount) bytes"
        }
        let isPlain = name.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
        return isPlain ? nil : "has control characters"
    }

    /// The longest name that a schema holds.
    private static let maximumNameByteCount = 128

    /// The names, sorted.
    package var names: [String] { (Analyzer.names + own.keys).sorted() }

    /// The analyzer of a name; one that is not there is stood in for by one that makes no terms.
    package func analyzer(named name: String) -> Analyzer {
        own[name] ?? Analyzer.named(name) ?? .missing(name, advice: advice(lacking: name))
    }

    private func advice(lacking name: String) -> String {
        if Analyzer.snowballLanguages.contains(name) { return Self.adviceForSnowball }
        return
            "An analyzer of the program's own is given with DatabaseOptions.analyzers. There are: "
            + "\(names.joined(separator: ", "))."
    }

    private static var adviceForSnowball: String {
        #if Snowball
            "The system's libstemmer is too old to have it: install a later one."
        #else
            "It comes with the package trait Snowball, which this build of Tufa lacks: install "
                + "libstemmer and build with the trait, as in `swift build --traits Snowball`."
        #endif
    }
}
