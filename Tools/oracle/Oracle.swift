import Foundation
import TufaSearch

/// Writes what the analyzers and the search-box parser make of texts, for a comparison with
/// PostgreSQL: one line of standard input a text, one line of standard output its answer.
///
///     TufaOracle terms english      the terms, each with its position: cat:2 sat:3
///     TufaOracle search english     the query as a tsquery
///
/// In the input, `\n`, `\r`, `\t` and `\\` stand for what they stand for in PostgreSQL's COPY; in
/// the output, one space parts the terms.
@main
struct Oracle {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let analyzer = Analyzer.named(arguments[2]) else {
            throw Usage()
        }
        var output = OutputBuffer()
        switch arguments[1] {
        case "terms":
            var tokens = TokenBuffer()
            while let line = readLine() {
                analyzer.analyze(unescape(line), into: &tokens)
                for index in 0..<tokens.count {
                    let token = tokens[index]
                    if index > 0 { output.append(" ") }
                    output.append("\(tokens.text(token)):\(token.position)")
                }
                output.append("\n")
            }
        case "search":
            let parser = WebSearchParser(analyzer: analyzer)
            while let line = readLine() {
                output.append("\(parser.parse(unescape(line)))\n")
            }
        default: throw Usage()
        }
        output.flush()
    }

    private struct Usage: Error, CustomStringConvertible {
        var description: String {
            "usage: TufaOracle terms|search \(Analyzer.names.joined(separator: "|")) <texts"
        }
    }

    private static func unescape(_ line: String) -> String {
        guard line.utf8.contains(UInt8(ascii: "\\")) else { return line }
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in line.utf8 {
            if isEscaped {
                isEscaped = false
                switch byte {
                case UInt8(ascii: "n"): bytes.append(0x0A)
                case UInt8(ascii: "r"): bytes.append(0x0D)
                case UInt8(ascii: "t"): bytes.append(0x09)
                default: bytes.append(byte)
                }
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Standard output, written in large pieces.
struct OutputBuffer {
    private var bytes: [UInt8] = []

    mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
        if bytes.count > 1 << 16 { flush() }
    }

    mutating func flush() {
        FileHandle.standardOutput.write(Data(bytes))
        bytes.removeAll(keepingCapacity: true)
    }
}
