/// Which analyzer made the terms of an index: "english@4".
///
/// Terms of different analyzers do not match, so the identity is stored with each index, and an
/// index with another one is rebuilt.
package struct AnalyzerID: Hashable, Sendable, CustomStringConvertible {
    /// The name that schemas use.
    package let name: String
    /// The version; it changes when any text is analyzed differently.
    package let version: UInt32
    /// A digest of the name, the version and everything that decides what the terms are.
    package let fingerprint: UInt64

    /// The name and the version.
    package var description: String { "\(name)@\(version)" }

    /// Makes an identity; `rules` says in any stable words what decides the terms.
    package init(name: String, version: UInt32, rules: String) {
        self.name = name
        self.version = version
        fingerprint = Self.digest("\(name)@\(version);\(rules)")
    }

    /// The identity of an analyzer that the program does not have: no terms are of it.
    static func missing(_ name: String) -> AnalyzerID { AnalyzerID(missing: name) }

    private init(missing name: String) {
        self.name = name
        version = 0
        fingerprint = Self.missingFingerprint
    }

    /// The fingerprint that stands where no terms are.
    package static let missingFingerprint: UInt64 = 0

    /// English as PostgreSQL 15 has it: its parser and stop words, and the stems of Snowball 2.
    package static let english = Analyzer.english.id

    /// What decides the terms of every analyzer that cuts texts into words.
    static let wordRules = """
        words=postgresql15;case=folded;form=nfc;host<=255;\
        bytes<=\(TokenBuffer.maximumTermByteCount);positions<=\(TokenBuffer.maximumPosition)
        """

    /// FNV-1a, which is the same on every machine and in every release.
    private static func digest(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
