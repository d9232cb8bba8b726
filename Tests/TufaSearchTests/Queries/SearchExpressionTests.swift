import Testing
import TufaBytes

@testable import TufaSearch

struct SearchExpressionTests {
    func parse(_ text: String) throws(DatabaseError) -> SearchQuery {
        try SearchExpression(parsing: text).query(
            analyzer: .english, fields: ["title", "body"])
    }

    @Test(arguments: [
        ("rocks", "'rock'"),
        ("rocks water", "'rock' & 'water'"),
        ("rocks AND water", "'rock' & 'water'"),
        ("rocks OR water lime", "'rock' | 'water' & 'lime'"),
        ("(rocks OR water) lime", "( 'rock' | 'water' ) & 'lime'"),
        ("NOT rocks", "!'rock'"),
        ("lime -rocks", "'lime' & !'rock'"),
        ("lime NOT NOT rocks", "'lime' & 'rock'"),
        ("\"rocks and water\"", "'rock' <2> 'water'"),
        ("\"rocks water\"~3", "near('rock' 'water', 3)"),
        ("NEAR(rocks water)", "near('rock' 'water', 10)"),
        ("NEAR(rocks water, 4) lime", "near('rock' 'water', 4) & 'lime'"),
        ("title:rocks", "fields(1, 'rock')"),
        ("body:(rocks OR lime)", "fields(10, 'rock' | 'lime')"),
        ("-title:\"rock lime\"", "!fields(1, 'rock' <-> 'lime')"),
        ("roc*", "'roc':*"),
        ("rock~", "'rock'~1"),
        ("rock~2 lime", "'rock'~2 & 'lime'"),
        ("the", "nothing"),
        ("the rock", "'rock'"),
        ("rock OR the", "'rock'"),
        ("or and not", "nothing"),
        ("...*", "nothing"),
        ("foo-bar*", "'foo-bar':*"),
    ])
    func `a query means`(text: String, expected: String) throws {
        #expect("\(try parse(text))" == expected)
    }

    @Test(arguments: [
        ("", 1), ("  ", 3), ("(rock", 6), ("rock)", 5), ("rock AND", 9), ("OR rock", 1),
        ("AND rock", 1), ("\"rock", 1), ("rock OR", 8), ("NOT", 4), ("rock ()", 7),
        ("\"rock\"~", 1), ("rock~9", 1), ("NEAR(rock", 1), ("NEAR(rock, x)", 1),
        ("NEAR(a, 1, 2)", 1), ("*", 1), ("lime :x", 6),
    ])
    func `an error says its column`(text: String, column: Int) throws {
        let error = #expect(throws: DatabaseError.self) { try parse(text) }
        #expect(error?.code == .syntax, "\(text)")
        #expect(
            error?.message.hasPrefix("Column \(column): ") == true,
            "\(text): \(error?.message ?? "")")
    }

    @Test func `an unknown field, depth and length are refused by name`() {
        #expect {
            try parse("author:rock")
        } throws: {
            ($0 as? DatabaseError)?.code == .unknownField
        }
        for text in [
            String(repeating: "(", count: 10_000), String(repeating: "title:", count: 10_000),
            String(repeating: "rock ", count: 2000),
        ] {
            #expect(throws: DatabaseError.self) { try parse(text) }
        }
    }

    @Test func `any text is a query or an error`() {
        var generator = SeededGenerator(seed: 31)
        let pieces = [
            "rock", "(", ")", "\"", "~", "*", ":", "title", "AND", "OR", "NOT", "NEAR", "-", ",",
            "2", " ", "é", "\u{0}", "the",
        ]
        for _ in 0..<5000 {
            let text = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                pieces.randomElement(using: &generator) ?? ""
            }.joined()
            do {
                _ = try parse(text)
            } catch {
                #expect([.syntax, .unknownField].contains(error.code), "\(text)")
            }
        }
    }
}
