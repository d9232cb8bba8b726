import Testing
import TufaBytes
import TufaModel

@testable import TufaCommand

struct DelimitedRowTests {
    @Test(arguments: [1, 5, 1 << 20])
    func readsCSV(_ blockByteCount: Int) throws {
        let input = try ReadInput(
            "name,note,count\r\n\"a \"\"b\"\", c\",\"two\r\nlines\",3\r\nplain,,\r\n\"\",\"\",-1\r\n",
            .csv, blockByteCount: blockByteCount)
        #expect(input.problems.isEmpty)
        #expect(
            input.rows.map { Array($0.values[0..<3]) } == [
                [.text("a \"b\", c"), .text("two\r\nlines"), .int64(3)],
                [.text("plain"), .some(.null), nil],
                [.text(""), .text(""), .int64(-1)],
            ])
        #expect(input.rows.map(\.line) == [2, 4, 5])
    }

    @Test
    func readsTSV() throws {
        let input = try ReadInput(
            "name\tnote\tcount\na\\tb\\\\\t\\N\t\nx\t\t4\n", .tsv)
        #expect(input.problems.isEmpty)
        #expect(
            input.rows.map { Array($0.values[0..<3]) } == [
                [.text("a\tb\\"), .some(.null), nil], [.text("x"), .text(""), .int64(4)],
            ])
    }

    @Test
    func readsEachTypeFromCells() throws {
        let input = try ReadInput(
            """
            id,name,share,is_open,at,owner,raw
            018f3d2a-7c00-7000-8000-000000000001,n,-1.5,t,2024-05-01T12:30:00Z,\
            018f3d2a-7c00-7000-8000-000000000002,\\x0a
            """, .csv)
        let row = try #require(input.rows.first)
        #expect(row.id == RowID(high: 0x018f_3d2a_7c00_7000, low: 0x8000_0000_0000_0001))
        #expect(row.values[3] == .double(-1.5))
        #expect(row.values[4] == .boolean(true))
        #expect(
            row.values[5] == .timestamp(Timestamp(microseconds: 1_714_566_600_000_000)))
        #expect(row.values[7] == .bytes([10]))
    }

    @Test(arguments: [
        ("name,name\n", "syntax"), ("name,nmae\n", "unknown_field"), ("name,count\na\n", "syntax"),
        ("name\na,b\n", "syntax"), ("name\n\"a\n", "syntax"), ("name\n\"a\"b\n", "syntax"),
        ("name\na\"b\n", "syntax"), ("count\nx\n", "type_mismatch"), ("id\nx\n", "type_mismatch"),
    ])
    func refusesCSV(_ text: String, _ code: String) throws {
        let input = try ReadInput(text, .csv)
        #expect(input.rows.isEmpty)
        #expect(input.problems.map(\.code.name) == [code])
    }

    @Test
    func goesOnBehindABadLine() throws {
        let input = try ReadInput("count\n1\nx\n3\n", .csv)
        #expect(input.rows.map { $0.values[2] } == [.int64(1), .int64(3)])
        #expect(input.problems.map(\.message).first?.hasPrefix("Line 3, column 1: count: ") == true)
    }
}
