import Testing

@testable import TufaBytes

struct RowTests {
    static let layout = RowLayout([
        (.int64, false), (.text, true), (.boolean, true), (.bytes, false), (.uuid, true),
        (.text, false), (.double, true), (.timestamp, false), (.boolean, false),
    ])

    static func body() -> [UInt8] {
        var builder = RowBuilder()
        builder.begin(layout)
        builder.setWord(UInt64(bitPattern: -5), layout.fields[0])
        builder.setNull(1, layout.fields[1])
        builder.setBoolean(true, layout.fields[2])
        [UInt8](0..<5).withUnsafeBytes { builder.setVariable($0, layout.fields[3]) }
        builder.setNull(4, layout.fields[4])
        Array("é".utf8).withUnsafeBytes { builder.setVariable($0, layout.fields[5]) }
        builder.setWord(2.5.bitPattern, layout.fields[6])
        builder.setWord(9, layout.fields[7])
        builder.setBoolean(false, layout.fields[8])
        return Array(builder.bytes)
    }

    static func problem(_ bytes: [UInt8]) -> String? {
        bytes.withUnsafeBytes { layout.problem(in: $0) }
    }

    @Test func layoutIsDense() {
        let layout = RowTests.layout
        #expect(layout.nullByteCount == 2)
        #expect(layout.fields.map(\.offset) == [2, 10, 14, 15, 19, 35, 39, 47, 55])
        #expect(
            layout.fields.map(\.previousVariableOffset) == [-1, -1, 10, 10, 15, 15, 35, 35, 35])
        #expect(layout.fixedByteCount == 56)
        #expect(layout.lastVariableOffset == 35)
    }

    @Test func fieldsReadBack() {
        let layout = RowTests.layout
        let bytes = RowTests.body()
        #expect(RowTests.problem(bytes) == nil)
        bytes.withUnsafeBytes { raw in
            let body = RowBody(base: raw.baseAddress!, byteCount: raw.count)
            #expect(
                (0..<9).map { body.isNull($0) }
                    == [1, 4].reduce(into: Array(repeating: false, count: 9)) { $0[$1] = true })
            #expect(body.word(layout.fields[0]) == UInt64(bitPattern: -5))
            #expect(body.boolean(layout.fields[2]))
            #expect(Array(body.variable(layout.fields[1], in: layout)) == [])
            #expect(Array(body.variable(layout.fields[3], in: layout)) == [0, 1, 2, 3, 4])
            #expect(Array(body.variable(layout.fields[5], in: layout)) == Array("é".utf8))
            #expect(Double(bitPattern: body.word(layout.fields[6])) == 2.5)
        }
    }

    @Test func builderIsCleanOnReuse() {
        var builder = RowBuilder()
        let layout = RowLayout([(.text, false), (.uuid, true)])
        for length in [0, 3_000, 7, 100_000, 0] {
            builder.begin(layout)
            let text = [UInt8](repeating: 97, count: length)
            text.withUnsafeBytes { builder.setVariable($0, layout.fields[0]) }
            builder.setNull(1, layout.fields[1])
            let bytes = Array(builder.bytes)
            #expect(bytes.count == layout.fixedByteCount + length)
            #expect(bytes.withUnsafeBytes { layout.problem(in: $0) } == nil)
            builder.setID(RowID(high: .max, low: .max), layout.fields[1])
        }
    }

    @Test(
        arguments: [
            (10, 1, "field 1 ends at 1, outside its row"), (15, 200, "field 3 ends at 200"),
            (35, 4, "field 5 ends at 4"), (14, 2, "field 2 is neither true nor false"),
            (0, 0b0001_0011, "field 0 is NULL and may not be"), (1, 2, "unused null bits are set"),
            (19, 1, "field 4 is NULL over a value"),
            (0, 0b0001_0110, "field 2 is NULL over a value"),
            (61, 0xFF, "field 5 is not UTF-8"), (35, 5, "bytes past its last field"),
        ] as [(Int, UInt8, String)])
    func damageIsFound(_ offset: Int, _ byte: UInt8, _ part: String) {
        var bytes = RowTests.body()
        bytes[offset] = byte
        let problem = RowTests.problem(bytes)
        #expect(problem?.contains(part) == true, "\(problem ?? "none")")
    }

    @Test func shorterAndLonger() {
        let bytes = RowTests.body()
        for count in 0..<bytes.count { #expect(RowTests.problem(Array(bytes[..<count])) != nil) }
        #expect(RowTests.problem(bytes + [0]) != nil)
    }

    @Test func noRandomBytesTrap() {
        var generator = RowSeed(7)
        for _ in 0..<20_000 {
            var bytes = RowTests.body()
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] =
                    [0, 1, 2, 63, 127, 128, 255].randomElement(using: &generator)!
            }
            bytes.withUnsafeBytes { raw in
                guard RowTests.layout.problem(in: raw) == nil else { return }
                let body = RowBody(base: raw.baseAddress!, byteCount: raw.count)
                var count = 0
                for field in RowTests.layout.fields where field.type.isVariable {
                    count += body.variable(field, in: RowTests.layout).count
                }
                if count != raw.count - RowTests.layout.fixedByteCount {
                    Issue.record("the texts of an accepted body are not all of it")
                }
            }
        }
    }
}
