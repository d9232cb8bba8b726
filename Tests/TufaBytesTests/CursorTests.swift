import Testing
import TufaBytes

@Suite struct CursorTests {
    @Test func whatIsWrittenIsReadBack() throws {
        var writer = ByteWriter(capacity: 1)
        writer.u8(0xab)
        writer.u16(0x1234)
        writer.u32(0xdead_beef)
        writer.u64(.max - 1)
        writer.i64(.min)
        for number in [0, 1, 127, 128, 300, 1 << 35, UInt64.max] { writer.varint(number) }
        writer.string("Grüße")
        writer.blob([1, 2, 3])
        writer.padToEight()
        #expect(writer.count % 8 == 0)
        writer.patch(u32: 7, at: 3)
        try writer.array.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            #expect(try reader.u8() == 0xab)
            #expect(try reader.u16() == 0x1234)
            #expect(try reader.u32() == 7)
            #expect(try reader.u64() == .max - 1)
            #expect(try reader.i64() == .min)
            for number in [0, 1, 127, 128, 300, 1 << 35, UInt64.max] {
                #expect(try reader.varint() == number)
            }
            #expect(try reader.string() == "Grüße")
            #expect(try reader.blob() == [1, 2, 3])
            try reader.skip(reader.remaining)
            #expect(reader.isAtEnd)
        }
    }

    @Test(arguments: [
        [UInt8](), [0x80], [0x80, 0x00], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2],
        [UInt8](repeating: 0x80, count: 11),
    ])
    func badVarintsAreRefused(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            #expect(throws: ByteOverrun.self) { try reader.varint() }
        }
    }

    @Test func nothingIsReadPastTheEnd() {
        let bytes: [UInt8] = [5, 0x61, 0x62]
        bytes.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            #expect(throws: ByteOverrun.self) { try reader.u32() }
            #expect(throws: ByteOverrun.self) { try reader.u64() }
            #expect(throws: ByteOverrun.self) { try reader.skip(4) }
            #expect(throws: ByteOverrun.self) { try reader.skip(-1) }
            #expect(throws: ByteOverrun.self) { try reader.string() }
        }
        let notText: [UInt8] = [2, 0xc3, 0x28]
        notText.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            #expect(throws: ByteOverrun.self) { try reader.string() }
        }
    }
}
