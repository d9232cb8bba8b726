import Foundation
import Testing
import TufaBytes
import TufaModel

@testable import TufaCommand

struct OutputTests {
    @Test
    func writesJSONThatFoundationReads() throws {
        var json = JSONWriter()
        let text =
            String(String.UnicodeScalarView((0..<300).compactMap { Unicode.Scalar($0) })) + "😀\"\\/"
        json.object { json in
            json.member("text", text)
            json.member("number", Int64.min)
            json.member("double", 0.1)
            json.name("list")
            json.array { json in
                json.value(.null)
                json.value(.boolean(true))
                json.value(.double(-.infinity))
                json.object { _ in }
                json.array { _ in }
                json.value(.bytes([1, 0xAB]))
            }
            json.member("last", false)
        }
        let read = try #require(
            try JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String: Any])
        #expect(read["text"] as? String == text)
        #expect((read["number"] as? NSNumber)?.int64Value == .min)
        #expect((read["double"] as? NSNumber)?.doubleValue == 0.1)
        #expect((read["list"] as? [Any])?.count == 6)
        #expect((read["list"] as? [Any])?[5] as? String == "\\x01ab")
        #expect(read["last"] as? Bool == false)
    }

    @Test
    func fitsColumnsIntoTheWidth() {
        var table = TextTable(["id", "text", "note"])
        table.append([String(repeating: "i", count: 36), String(repeating: "t", count: 500), "n"])
        let widths = table.columnWidths(80)
        #expect(widths.reduce(0, +) + 4 <= 80)
        #expect(widths[2] == 4)
        #expect(TextTable.cut("abcdef", 4) == "abc…")
        #expect(TextTable.oneLine("a\nb\tc\u{1}") == "a\\nb\\tc\u{FFFD}")
    }

    @Test
    func groupsDigits() {
        #expect(Progress.grouped(0) == "0")
        #expect(Progress.grouped(999) == "999")
        #expect(Progress.grouped(1_234_567) == "1,234,567")
        #expect(Progress.grouped(-123) == "-123")
    }

    @Test
    func errorsCarryEverythingInJSON() throws {
        let error = DatabaseError(
            .damaged, "Bad.", file: "log/1.log", offset: 7, table: "t", fields: ["a"],
            row: RowID(high: 1, low: 2), advice: "Repair.")
        let text = Failure.json(error)
        let read = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: [String: Any]])
        let body = try #require(read["error"])
        #expect(body["code"] as? String == "damaged")
        #expect(body["file"] as? String == "log/1.log")
        #expect((body["offset"] as? NSNumber)?.intValue == 7)
        #expect(body["row"] as? String == "00000000-0000-0001-0000-000000000002")
        #expect(body["advice"] as? String == "Repair.")
        #expect(
            Failure.text(error) == "tufa: Bad. (log/1.log at byte 7)\n  Repair.")
    }
}
