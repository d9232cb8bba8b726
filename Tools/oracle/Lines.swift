import Foundation

/// Files of one item a line, as PostgreSQL's COPY writes and reads them.
enum Lines {
    /// The lines of a file as they stand there.
    static func raw(_ path: String) throws -> [Data.SubSequence] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        var lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// The texts of a file.
    static func read(_ path: String) throws -> [String] { try raw(path).map(text) }

    /// Writes texts to a file.
    static func write(_ texts: [String], to path: String) throws {
        var bytes: [UInt8] = []
        for text in texts {
            for byte in text.utf8 {
                switch byte {
                case 0x0A: bytes += Array("\\n".utf8)
                case 0x0D: bytes += Array("\\r".utf8)
                case 0x09: bytes += Array("\\t".utf8)
                case UInt8(ascii: "\\"): bytes += Array("\\\\".utf8)
                default: bytes.append(byte)
                }
            }
            bytes.append(0x0A)
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    /// The text that a line stands for.
    static func text(_ line: Data.SubSequence) -> String {
        guard line.contains(UInt8(ascii: "\\")) else {
            return String(decoding: line, as: UTF8.self)
        }
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in line {
            if !isEscaped && byte == UInt8(ascii: "\\") {
                isEscaped = true
                continue
            }
            bytes.append(isEscaped ? control(byte) : byte)
            isEscaped = false
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What a byte behind a backslash stands for.
    private static func control(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "v"): 0x0B
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "r"): 0x0D
        default: byte
        }
    }
}
