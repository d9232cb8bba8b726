import Testing
import TufaBytes

struct RowTextTests {
    static func isValid(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { UTF8Check.isValid($0) }
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xE0, 0x9F, 0x80], [0xE0, 0xA0],
            [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xC2, 0x41], [0xE1, 0x80, 0x41], [0xF1, 0x80, 0x80],
        ] as [[UInt8]])
    func refusesIllFormed(_ bytes: [UInt8]) {
        for before in 0..<17 {
            let padded = [UInt8](repeating: 97, count: before) + bytes
            #expect(!Self.isValid(padded))
            for behind in 1..<17 {
                #expect(!Self.isValid(padded + [UInt8](repeating: 97, count: behind)))
            }
        }
    }

    @Test func everyScalarIsValid() {
        for value in stride(from: UInt32(0), through: 0x10FFFF, by: 13) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            if !Self.isValid(Array(String(Character(scalar)).utf8)) {
                Issue.record("U+\(String(value, radix: 16))")
            }
        }
    }

    @Test func agreesWithTheStandardLibrary() {
        var generator = RowSeed(7)
        for _ in 0..<50_000 {
            let bytes = (0..<Int.random(in: 0..<7, using: &generator)).map { _ in
                [0x41, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2, 0xE0, 0xED, 0xF0, 0xF4]
                    .randomElement(using: &generator)! as UInt8
            }
            if Self.isValid(bytes) != (String(validating: bytes, as: UTF8.self) != nil) {
                Issue.record("\(bytes)")
            }
        }
    }
}
