import Testing
import TufaBytes

@testable import TufaModel

struct CheckExpressionTests {
    static let table = TableSchema(
        "t",
        fields: [
            FieldSchema("n", .int64, isOptional: true), FieldSchema("x", .double, isOptional: true),
            FieldSchema("s", .text, isOptional: true),
            FieldSchema("ok", .boolean, isOptional: true),
            FieldSchema("at", .timestamp, isOptional: true),
            FieldSchema("u", .uuid, isOptional: true), FieldSchema("b", .bytes, isOptional: true),
            FieldSchema("Odd Name", .int64, isOptional: true),
        ])
    static let row: [Value] = [
        7, 2.5, "Héllo%", true, .timestamp(Timestamp(microseconds: 86_400_000_000)),
        .uuid(RowID(high: 0, low: 1)), .bytes([0, 255]), 8,
    ]

    func result(_ text: String, _ row: [Value] = Self.row) throws -> Bool? {
        try CheckExpression(parsing: text, table: Self.table).evaluate { index in
            index < 0 ? .uuid(RowID(high: 0, low: 9)) : row[index]
        }
    }

    @Test(arguments: [
        "n = 7", "n <> 6", "n != 6", "n < 8 AND n <= 7 AND n > 6 AND n >= 7",
        "n = 1 OR NOT n = 2 AND TRUE", "NOT (n = 7 AND n = 8)", "n IN (1, 2, 7)",
        "n NOT IN (1, 2)", "n BETWEEN 7 AND 8", "n NOT BETWEEN 8 AND 9",
        "n BETWEEN 1 AND 8 AND n = 7", "s LIKE 'H_llo\\%'", "s LIKE '%l%'", "s NOT LIKE 'h%'",
        "s LIKE '%'", "s LIKE '%%o_'", "n + 1 * 2 = 9", "(n + 1) * 2 = 16", "n - 3 - 2 = 2",
        "n / 2 = 3", "n % 4 = 3", "-n = -7", "- -n = +7", "-7 / 2 = -3", "x * 2 = 5", "x > n - 5",
        "n = 7.0", "x / 0.5 = 5.0", "length(s) = 6", "char_length(s) = 6", "length(b) = 2",
        "lower(s) = 'héllo%'", "UPPER(s) = 'HÉLLO%'", "ok", "ok = TRUE", "NOT ok = FALSE",
        "at > TIMESTAMP '1970-01-01'", "at = '1970-01-02T00:00:00Z'", "'1970-01-03' > at",
        "u = '00000000-0000-0000-0000-000000000001'", "u <> id", "b = '\\x00ff'",
        "s IS NOT NULL", "(n IS NULL) = FALSE", "\"Odd Name\" = 8", "n = 7 -- a comment\n",
        "n /* in /* between */ */ = 7", "s <> 'it''s'", "n > -9223372036854775808",
        "N = 7", "n = 7 IS NOT NULL", "ok IN (TRUE, FALSE)", "'a' < 'b'", "1e3 = 1000", ".5 < 1",
        "u IN ('00000000-0000-0000-0000-000000000001', NULL)",
    ])
    func holds(_ text: String) throws {
        #expect(try result(text) == true)
    }

    @Test(
        arguments: [
            ("n = 1", nil), ("n IS NULL", true), ("n = 1 AND FALSE", false),
            ("n = 1 OR TRUE", true),
            ("n = 1 AND TRUE", nil), ("NOT n = 1", nil), ("n IN (1, 2)", nil), ("n + 1 > 0", nil),
            ("5 IN (1, n)", nil), ("5 IN (5, n)", true), ("5 NOT IN (1, n)", nil),
            ("1 BETWEEN 2 AND n", false), ("3 BETWEEN 2 AND n", nil), ("s LIKE 'a'", nil),
            ("length(s) > 1", nil), ("lower(s) = 'a'", nil), ("-n = 1", nil), ("NULL", nil),
            ("n = NULL", nil), ("NULL IS NULL", true), ("n / 0 = 1", nil),
        ] as [(String, Bool?)])
    func nullsAreUnknown(_ text: String, _ expected: Bool?) throws {
        let row = [Value](repeating: .null, count: Self.row.count)
        #expect(try result(text, row) == expected)
        let expression = try CheckExpression(parsing: text, table: Self.table)
        #expect(try expression.holds { $0 < 0 ? .null : row[$0] } == (expected ?? true))
    }

    @Test(arguments: [
        "n / 0 = 1", "n % 0 = 1", "x / 0 = 1", "n + 9223372036854775807 > 0",
        "n * 9223372036854775807 > 0", "-9223372036854775808 - n < 0",
        "(n - 8) * -9223372036854775808 > 0", "-(n - 7 + -9223372036854775808) > 0",
        "-9223372036854775808 / (n - 8) > 0", "x * 1e308 * 1e308 > 0",
    ])
    func evaluationErrors(_ text: String) {
        let error = #expect(throws: DatabaseError.self) { try result(text) }
        #expect(error?.code == .checkViolation)
    }

    @Test func leastNumberByMinusOne() throws {
        #expect(try result("-9223372036854775808 % (n - 8) = 0") == true)
    }

    @Test(arguments: [
        ("", DatabaseError.Code.syntax, "Line 1, column 1: Expected a value, found the end."),
        ("n >", .syntax, "Line 1, column 4: Expected a value, found the end."),
        ("n\n =\n= 1", .syntax, "Line 3, column 1: Expected a value, found =."),
        ("n = 1 2", .syntax, "Line 1, column 7: Expected the end of the condition, found 2."),
        ("(n = 1", .syntax, "Line 1, column 7: Expected ), found the end."),
        ("n < 1 < 2", .syntax, "Line 1, column 7: Expected the end of the condition, found <."),
        ("n IS 3", .syntax, "Line 1, column 6: Expected NULL, found 3."),
        ("n IN 3", .syntax, "Line 1, column 6: Expected (, found 3."),
        ("n BETWEEN 3", .syntax, "Line 1, column 12: Expected AND, found the end."),
        ("s = 'abc", .syntax, "Line 1, column 5: The text that begins here has no closing quote."),
        ("\"n", .syntax, "Line 1, column 1: The name that begins here has no closing quote."),
        ("\"\" = 1", .syntax, "Line 1, column 1: A name in quotes is empty."),
        ("n = 1 /* x", .syntax, "Line 1, column 7: The comment that begins here has no */."),
        ("n = 1x", .syntax, "Line 1, column 6: Expected a blank after a number."),
        ("n = 1e", .syntax, "Line 1, column 7: Expected the digits of an exponent."),
        ("n = #", .syntax, "Line 1, column 5: The character '#' is not expected."),
        (
            "n = 9223372036854775808", .syntax,
            "Line 1, column 5: The number 9223372036854775808 is out of range."
        ),
        ("n = 1e999", .syntax, "Line 1, column 5: The number 1e999 is out of range."),
        (
            "n", .typeMismatch,
            "Line 1, column 1: Expected a condition, found a value of type int64."
        ),
        (
            "n AND ok", .typeMismatch,
            "Line 1, column 1: Expected a condition, found a value of type int64."
        ),
        ("n = ok", .typeMismatch, "Line 1, column 3: int64 and boolean cannot be compared."),
        (
            "u = 'x'", .typeMismatch,
            """
            Line 1, column 5: 'x' is not of type uuid: expected a UUID such as \
            018f3d2a-7c00-7000-8000-000000000001.
            """
        ),
        (
            "n = 'x'", .typeMismatch,
            """
            Line 1, column 5: 'x' is not of type int64: expected a whole number of 64 bits such \
            as -42.
            """
        ),
        ("n LIKE 'x'", .typeMismatch, "Line 1, column 1: LIKE compares texts."),
        ("s + 1 = 2", .typeMismatch, "Line 1, column 3: + needs numbers on both sides."),
        ("x % 2 = 1", .typeMismatch, "Line 1, column 3: % needs whole numbers on both sides."),
        ("-s = 1", .typeMismatch, "Line 1, column 2: A sign needs a number after it."),
        (
            "length(n) = 1", .typeMismatch,
            "Line 1, column 8: length needs a text, found a value of type int64."
        ),
        (
            "sqrt(n) = 1", .unsupported,
            """
            Line 1, column 1: There is no function sqrt; there are length, char_length, lower \
            and upper.
            """
        ),
        ("m = 1", .unknownField, "Line 1, column 1: Table t has no field 'm'."),
        (
            "at > TIMESTAMP 'soon'", .typeMismatch,
            """
            Line 1, column 6: 'soon' is not of type timestamp: expected a time such as \
            2024-05-01T12:30:00.000000Z.
            """
        ),
        ("NOT AND", .syntax, "Line 1, column 5: Expected a value, found AND."),
    ])
    func refuses(_ text: String, _ code: DatabaseError.Code, _ message: String) {
        let error = #expect(throws: DatabaseError.self) {
            try CheckExpression(parsing: text, table: Self.table)
        }
        #expect(error?.code == code)
        #expect(error?.message == message)
    }

    @Test(arguments: ["(", "NOT ", "-(", "length(", "- + "])
    func depthIsBounded(_ opener: String) {
        let text = String(repeating: opener, count: 100_000) + "n"
        let error = #expect(throws: DatabaseError.self) {
            try CheckExpression(parsing: text, table: Self.table)
        }
        #expect(error?.code == .limitExceeded)
    }

    @Test func chainsAreBoundedOrFlat() throws {
        let sum = "n" + String(repeating: " + 1", count: 1_000) + " > 0"
        let error = #expect(throws: DatabaseError.self) { try result(sum) }
        #expect(error?.code == .limitExceeded)
        let chain = "n = 7" + String(repeating: " AND n = 7", count: 10_000)
        #expect(try result(chain) == true)
    }

    @Test(arguments: 0..<20)
    func garbageNeverTraps(_ seed: UInt64) {
        var random = SeededGenerator(seed)
        let pieces = [
            "n", "x", "s", "ok", "at", "u", "b", "1", "0", "-", "+", "*", "/", "%", "(", ")", "AND",
            "OR", "NOT", "IN", "BETWEEN", "LIKE", "IS", "NULL", "'a'", "'1970-01-01'", "length(",
            "lower(", "=", "<", ">=", ",", "TRUE", "TIMESTAMP", "9223372036854775807", "1e308",
            "\"", "'", "/*", "--", "\n", "é",
        ]
        for _ in 0..<500 {
            let text = (0..<(1 + random.below(12))).map { _ in random.pick(pieces) }
                .joined(separator: random.chance(80) ? " " : "")
            _ = try? result(text)
        }
    }
}
