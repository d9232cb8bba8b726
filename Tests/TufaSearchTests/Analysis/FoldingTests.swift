import Foundation
import Testing

@testable import TufaSearch

struct FoldingTests {
    /// Every entry of the table of canonical decompositions, as scalars.
    static let entries: [(scalar: Unicode.Scalar, form: [Unicode.Scalar])] =
        canonicalDecompositions.split(separator: " ").compactMap { entry in
            let numbers = entry.split { "=+-".contains($0) }
                .compactMap { UInt32($0, radix: 16).flatMap(Unicode.Scalar.init) }
            return numbers.first.map { ($0, Array(numbers.dropFirst())) }
        }

    static func terms(_ text: String, _ analyzer: String) throws -> [String] {
        let analyzer = try #require(Analyzer.named(analyzer))
        var tokens = TokenBuffer()
        analyzer.analyze(text, into: &tokens)
        return (0..<tokens.count).map { tokens.text(tokens[$0]) }
    }

    static func text(_ scalars: [Unicode.Scalar]) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    @Test func `every entry of the table is a canonical equivalence`() {
        #expect(Self.entries.count == 1985)
        for (scalar, form) in Self.entries {
            #expect((1...2).contains(form.count))
            // Strings are equal where they are canonically equivalent.
            #expect(String(Character(scalar)) == Self.text(form), "\(scalar.value)")
        }
    }

    @Test func `no letter with a decomposition is missing from the table`() {
        let known = Set(Self.entries.map(\.scalar))
        for value in UInt32(0)...0x2FFFF {
            guard let scalar = Unicode.Scalar(value), scalar.properties.isAlphabetic,
                !(0xAC00...0xD7A3).contains(value)
            else { continue }
            let text = String(Character(scalar))
            let decomposed = Array(text.decomposedStringWithCanonicalMapping.unicodeScalars)
            if decomposed != [scalar] { #expect(known.contains(scalar), "\(value)") }
        }
    }

    @Test(arguments: [
        "Crème brûlée", "ÅNGSTRÖM", "Tiếng Việt", "Ελληνικά", "한국어", "ёлка й", "ǖ", "Ḯ",
    ])
    func `composed and decomposed text has the same terms`(text: String) throws {
        for analyzer in ["english", "simple", "keyword", "trigram", "simple_unaccent"] {
            let composed = try Self.terms(text.precomposedStringWithCanonicalMapping, analyzer)
            let decomposed = try Self.terms(text.decomposedStringWithCanonicalMapping, analyzer)
            #expect(composed == decomposed && !composed.isEmpty, "\(analyzer)")
        }
    }

    @Test(arguments: [
        ("simple", "The Running dogs", ["the", "running", "dogs"]),
        ("english", "The Running dogs", ["run", "dog"]),
        ("simple", "Crème", ["crème"]),
        ("simple_unaccent", "Crème Straße Øre", ["creme", "strasse", "ore"]),
        ("english_unaccent", "The crèmes", ["creme"]),
        ("keyword", "New  York", ["new york"]),
        ("trigram", "rocks", ["roc", "ock", "cks", "ks", "s"]),
    ])
    func `each analyzer makes its terms`(name: String, text: String, expected: [String]) throws {
        #expect(try Self.terms(text, name) == expected)
    }

    @Test func `each analyzer has an identity of its own`() throws {
        let names = Analyzer.names
        let prints = try names.map { try #require(Analyzer.named($0)).id.fingerprint }
        #expect(Set(prints).count == names.count)
        #expect(Analyzer.named("latin") == nil)
    }
}
