import Testing
import TufaBytes

@testable import TufaModel

struct ValueTests {
    @Test func literals() {
        #expect((nil as Value) == .null)
        #expect(("a" as Value) == .text("a"))
        #expect((-7 as Value) == .int64(-7))
        #expect((2.5 as Value) == .double(2.5))
        #expect((true as Value) == .boolean(true))
    }

    @Test(arguments: [
        (ScalarType.int64, "-9223372036854775808", Value.int64(.min)),
        (.int64, "+5", 5), (.double, "1e-3", 0.001), (.double, "-Infinity", .double(-.infinity)),
        (.double, "NaN", .double(.nan)), (.double, "7", .double(7)), (.boolean, "T", true),
        (.boolean, "false", false), (.text, "", ""), (.bytes, "\\x", .bytes([])),
        (.bytes, "\\x00fF", .bytes([0, 255])),
        (.timestamp, "1970-01-02", .timestamp(Timestamp(microseconds: 86_400_000_000))),
        (.timestamp, "1970-01-01T01:00:00+01:00", .timestamp(Timestamp(microseconds: 0))),
        (
            .uuid, "00000000-0000-0001-0000-0000000000FF", .uuid(RowID(high: 1, low: 255))
        ),
    ])
    func parses(_ type: ScalarType, _ text: String, _ value: Value) throws {
        #expect(try Value(parsing: text, as: type) == value)
    }

    @Test(arguments: [
        (ScalarType.int64, ""), (.int64, "1.0"), (.int64, " 1"), (.int64, "9223372036854775808"),
        (.int64, "0x10"), (.int64, "١"), (.double, "0x1p3"), (.double, "inf"), (.double, "1e999"),
        (.double, ""), (.double, "1 "), (.boolean, "yes"), (.boolean, "1"), (.boolean, ""),
        (.timestamp, "2024-02-30"), (.timestamp, "now"), (.timestamp, "2024-01-01T25:00:00"),
        (.uuid, "1"), (.uuid, "00000000-0000-0000-0000-00000000000g"), (.bytes, "00"),
        (.bytes, "\\x0"), (.bytes, "\\xgg"), (.bytes, "\\X00"),
    ])
    func refuses(_ type: ScalarType, _ text: String) {
        let error = #expect(throws: DatabaseError.self) { try Value(parsing: text, as: type) }
        #expect(error?.code == .typeMismatch)
        #expect(error?.message.contains(type.name) == true)
    }

    @Test(arguments: ScalarType.allCases)
    func textFormReadsBack(_ type: ScalarType) throws {
        var random = SeededGenerator(UInt64(type.rawValue))
        for _ in 0..<500 {
            let value = random.value(type)
            #expect(try Value(parsing: value.description, as: type) == value)
        }
    }

    @Test func orderIsTotal() {
        var random = SeededGenerator(11)
        let values = (0..<60).map { _ in random.optionalValue(random.pick(ScalarType.allCases)) }
        for left in values {
            for right in values {
                #expect((left < right) == (left.order(against: right) < 0))
                #expect(left.order(against: right).signum() == -right.order(against: left).signum())
                if left == right { #expect(left.hashValue == right.hashValue) }
                for third in values where left < right && right < third { #expect(left < third) }
            }
        }
        #expect(values.sorted().last == .null)
    }

    @Test func textsAreEqualByBytes() {
        #expect(Value.text("é") != .text("e\u{301}"))
        #expect(Value.double(0) == .double(-0.0))
        #expect(Value.double(.nan) == .double(-.nan))
        #expect(Value.double(.nan) > .double(.infinity))
        #expect(Value.int64(1) != .double(1))
    }

    @Test func coercions() throws {
        #expect(try Value.int64(3).coerced(to: .double) == .double(3))
        #expect(try Value.double(3).coerced(to: .int64) == .int64(3))
        #expect(try Value.null.coerced(to: .bytes) == .null)
        #expect(try Value.text("1970-01-01").coerced(to: .timestamp).type == .timestamp)
        let refused: [(Value, ScalarType)] = [
            (.double(3.5), .int64), (.int64(1 << 53 + 1), .double), (.double(.nan), .int64),
            (.text("5"), .int64), (.boolean(true), .int64), (.int64(0), .timestamp),
            (.text("x"), .uuid), (.bytes([1]), .text),
        ]
        for (value, type) in refused {
            let error = #expect(throws: DatabaseError.self) { try value.coerced(to: type) }
            #expect(error?.code == .typeMismatch)
        }
    }

    @Test func messagesStayOnOneLine() {
        #expect(Value.excerpt("a\nb'") == "'a\u{FFFD}b'''")
        #expect(Value.excerpt(String(repeating: "x", count: 50)).unicodeScalars.count == 43)
    }
}
