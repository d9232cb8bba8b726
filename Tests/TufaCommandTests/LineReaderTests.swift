import Foundation
import Testing
import TufaBytes

@testable import TufaCommand

struct LineReaderTests {
    @Test(arguments: [1, 2, 3, 7, 64, 4096])
    func findsLinesAcrossBlocks(_ blockByteCount: Int) throws {
        var expected: [String] = []
        for length in [0, 1, 2, 3, 63, 64, 65, 0, 200, 1_000, 5] {
            expected.append(String(repeating: "x", count: length) + "é")
        }
        for hasLastEnd in [true, false] {
            let text = expected.joined(separator: "\n") + (hasLastEnd ? "\n" : "")
            let file = try TestFile(text)
            var reader = LineReader(try InputFile(file.path), blockByteCount: blockByteCount)
            var found: [String] = []
            while try reader.advance() {
                found.append(String(decoding: reader.buffer[reader.line], as: UTF8.self))
                #expect(reader.lineNumber == found.count)
            }
            #expect(found == expected)
            #expect(reader.byteCount == UInt64(text.utf8.count))
        }
    }

    @Test
    func passesOverAByteOrderMark() throws {
        let file = try TestFile("\u{FEFF}first\nsecond")
        var reader = LineReader(try InputFile(file.path), blockByteCount: 2)
        #expect(try reader.advance())
        #expect(String(decoding: reader.buffer[reader.line], as: UTF8.self) == "first")
    }

    @Test
    func joinsLines() throws {
        let file = try TestFile("one\ntwo\nthree")
        var reader = LineReader(try InputFile(file.path), blockByteCount: 2)
        #expect(try reader.advance())
        #expect(try reader.extend())
        #expect(String(decoding: reader.buffer[reader.line], as: UTF8.self) == "one\ntwo")
        #expect(reader.lineNumber == 1)
        #expect(try reader.advance())
        #expect(reader.lineNumber == 3)
        #expect(try reader.extend() == false)
        #expect(String(decoding: reader.buffer[reader.line], as: UTF8.self) == "three")
    }

    @Test
    func saysWhatCannotBeRead() {
        #expect(throws: DatabaseError.self) { try InputFile("/nowhere/rows.jsonl") }
        #expect(throws: DatabaseError.self) { try InputFile("/") }
    }
}
