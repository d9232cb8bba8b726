import Foundation
import Testing
import TufaBytes
import TufaModel

@testable import TufaCommand

struct JSONRowTests {
    @Test
    func readsEachType() throws {
        let input = try ReadInput(
            """
            {"id":"018F3D2A-7c00-7000-8000-000000000001","name":"Ada","note":null,"count":-42, \
            "share":2.5e3,"is_open":true,"at":"2024-05-01T12:30:00.25Z", \
            "owner":"018f3d2a-7c00-7000-8000-000000000002","raw":"\\\\x00ff"}
            """)
        #expect(input.problems.isEmpty)
        let row = try #require(input.rows.first)
        #expect(row.id?.description == "018f3d2a-7c00-7000-8000-000000000001")
        #expect(
            row.values == [
                .text("Ada"), .some(.null), .int64(-42), .double(2500), .boolean(true),
                .timestamp(Timestamp(microseconds: 1_714_566_600_250_000)),
                .uuid(RowID(high: 0x018f_3d2a_7c00_7000, low: 0x8000_0000_0000_0002)),
                .bytes([0, 255]),
            ])
    }

    @Test(arguments: [
        (#""\u0041\u00e9\u20ac""#, "Aé€"), (#""\ud83d\ude00!""#, "😀!"),
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""""#, ""), (#""π ≈ 3""#, "π ≈ 3"),
        (#""a\u0000b""#, "a\u{0}b"),
        (
            #""long enough to be on the heap \u2713""#,
            "long enough to be on the heap ✓"
        ),
    ])
    func readsTexts(_ json: String, _ expected: String) throws {
        let input = try ReadInput(#"{"name":\#(json)}"#)
        #expect(input.problems.isEmpty)
        #expect(input.value("name") == .text(expected))
    }

    @Test(arguments: [
        ("0", 0), ("-0", 0), ("9223372036854775807", Int64.max),
        ("-9223372036854775808", Int64.min), ("1.0", 1), ("12e2", 1200), ("1200e-2", 12),
    ])
    func readsWholeNumbers(_ json: String, _ expected: Int64) throws {
        let input = try ReadInput(#"{"count":\#(json)}"#)
        #expect(input.problems.isEmpty)
        #expect(input.value("count") == .int64(expected))
    }

    @Test(arguments: [
        "0", "-0.0", "1", "0.1", "-2.5", "1e22", "1e23", "123456789.987654321", "1e-22", "5e-324",
        "1.7976931348623157e308", "9007199254740993", "0.30000000000000004",
        "2.2250738585072011e-308",
        "12345678901234567890", "0e999999999999",
    ])
    func readsDoublesToTheLastBit(_ json: String) throws {
        let input = try ReadInput(#"{"share":\#(json)}"#)
        let expected = try #require(Double(json))
        guard case .double(let found) = input.value("share") else {
            Issue.record("no double in \(input)")
            return
        }
        #expect(found.bitPattern == expected.bitPattern)
    }

    @Test
    func readsRandomDoublesLikeTheStandardLibrary() throws {
        var generator = SystemRandomNumberGenerator()
        let numbers = (0..<20_000).map { _ in Double(bitPattern: generator.next()) }
            .filter(\.isFinite)
        let input = try ReadInput(
            numbers.map { #"{"share":\#($0)}"# }.joined(separator: "\n"))
        #expect(input.problems.isEmpty)
        #expect(input.rows.map { $0.values[3] } == numbers.map { .double($0) })
    }

    @Test(arguments: [
        ("", "syntax"), ("[]", "syntax"), ("{", "syntax"), ("{}x", "syntax"), ("{} {}", "syntax"),
        (#"{"name"}"#, "syntax"), (#"{"name":}"#, "syntax"), (#"{"name":"a",}"#, "syntax"),
        (#"{"name":"a" "count":1}"#, "syntax"), (#"{name:"a"}"#, "syntax"),
        (#"{"name":'a'}"#, "syntax"), (#"{"name":"a"#, "syntax"), (#"{"name":"\x"}"#, "syntax"),
        (#"{"name":"\u12"}"#, "syntax"), (#"{"name":"\ud800"}"#, "syntax"),
        (#"{"name":"\udc00"}"#, "syntax"), (#"{"name":"\ud800\u0041"}"#, "syntax"),
        ("{\"name\":\"a\tb\"}", "syntax"), (#"{"count":01}"#, "syntax"),
        (#"{"count":-}"#, "syntax"), (#"{"count":1.}"#, "syntax"), (#"{"count":.5}"#, "syntax"),
        (#"{"count":1e}"#, "syntax"), (#"{"count":+1}"#, "syntax"), (#"{"count":nul}"#, "syntax"),
        (#"{"is_open":TRUE}"#, "syntax"), (#"{"count":1,"count":2}"#, "syntax"),
        (#"{"count":null,"count":2}"#, "syntax"),
        (#"{"count":9223372036854775808}"#, "type_mismatch"),
        (#"{"count":1.5}"#, "type_mismatch"), (#"{"count":1e400}"#, "type_mismatch"),
        (#"{"share":1e400}"#, "type_mismatch"), (#"{"count":"1"}"#, "type_mismatch"),
        (#"{"name":1}"#, "type_mismatch"), (#"{"name":true}"#, "type_mismatch"),
        (#"{"is_open":1}"#, "type_mismatch"), (#"{"is_open":"true"}"#, "type_mismatch"),
        (#"{"name":[]}"#, "type_mismatch"), (#"{"name":{"a":1}}"#, "type_mismatch"),
        (#"{"at":"yesterday"}"#, "type_mismatch"),
        (#"{"at":"2024-02-30T00:00:00Z"}"#, "type_mismatch"),
        (#"{"owner":"x"}"#, "type_mismatch"), (#"{"raw":"00"}"#, "type_mismatch"),
        (#"{"share":"much"}"#, "type_mismatch"), (#"{"id":null}"#, "type_mismatch"),
        (#"{"id":1}"#, "type_mismatch"), (#"{"nmae":"a"}"#, "unknown_field"),
    ])
    func refuses(_ line: String, _ code: String) throws {
        // A blank line is passed over, so it is put behind a bracket.
        let input = try ReadInput(line.isEmpty ? "{\"name\":" : line)
        #expect(input.rows.isEmpty)
        let problem = try #require(input.problems.first)
        #expect(problem.code.name == code)
        #expect(problem.message.hasPrefix("Line 1, column "))
        #expect(problem.table == "things")
    }

    @Test
    func namesTheNearestField() throws {
        let problem = try #require(try ReadInput(#"{"nam":"a"}"#).problems.first)
        #expect(problem.fields == ["nam"])
        #expect(problem.advice == "Did you mean name?")
    }

    @Test
    func refusesBytesThatAreNotUTF8() throws {
        for bad: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82]] {
            let input = try ReadInput(Array(#"{"name":""#.utf8) + bad + Array(#""}"#.utf8))
            #expect(input.problems.first?.code == .syntax)
        }
    }

    @Test
    func goesOnBehindAProblem() throws {
        let input = try ReadInput(
            """
            {"name":"one"}

            {"name":"é", bad}
              {"count":3,"name":"three"}\r
            {"name":"four","count":4}
            """)
        #expect(input.rows.map(\.line) == [1, 4, 5])
        #expect(input.rows.map { $0.values[0] } == [.text("one"), .text("three"), .text("four")])
        let problem = try #require(input.problems.first)
        #expect(problem.message.hasPrefix("Line 3, column 14: "))
        #expect(problem.offset == 15 + 1 + 14)
    }

    @Test
    func readsTimesInAllForms() throws {
        for text in [
            "2024-02-29T23:59:59Z", "2024-02-29T23:59:59.999999Z", "2024-05-01",
            "1969-12-31T23:59:59.5Z",
            "2024-05-01 12:30", "2024-05-01T12:30:00+02:00", "0001-01-01T00:00:00Z",
            "9999-12-28T23:59:59.123456Z", "2000-03-01T00:00:00.000000Z", "1900-02-28T00:00:00Z",
        ] {
            let input = try ReadInput(#"{"at":"\#(text)"}"#)
            let expected = try #require(Timestamp(text))
            #expect(input.value("at") == .timestamp(expected), "\(text)")
        }
    }
}
