/// Which analyzer turns the texts of an index, and what is searched for in it, into terms.
///
/// The constants are the analyzers that every program has. Others go by their names, as a string:
/// languages such as `"german"` with the package trait `Snowball`, and the program's own.
public struct AnalyzerName: Hashable, Sendable, ExpressibleByStringLiteral {
    /// The name, as the schema in the log has it.
    public let name: String

    /// Names an analyzer.
    public init(_ name: String) { self.name = name }

    /// Names an analyzer.
    public init(stringLiteral name: String) { self.name = name }

    /// English words by their stems, without the most common ones, as PostgreSQL has them.
    public static let english: AnalyzerName = "english"
    /// Like ``english``, and letters with accents are as those without.
    public static let englishUnaccented: AnalyzerName = "english_unaccent"
    /// Words as they are, in any language that parts words by spaces.
    public static let simple: AnalyzerName = "simple"
    /// Like ``simple``, and letters with accents are as those without.
    public static let simpleUnaccented: AnalyzerName = "simple_unaccent"
    /// The whole text as one term, for codes and tags.
    public static let keyword: AnalyzerName = "keyword"
    /// Every three characters, for parts of words and writing without spaces.
    public static let trigram: AnalyzerName = "trigram"
}

extension AnalyzerName: CustomStringConvertible {
    /// The name.
    public var description: String { name }
}
