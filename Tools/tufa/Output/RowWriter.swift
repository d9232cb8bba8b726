import Tufa
import TufaBytes
import TufaModel

/// Writes rows in a format that `import` reads back.
struct RowWriter {
    private let format: RowFormat
    private let names: [String]
    private var json = JSONWriter()
    private var cells: [UInt8] = []

    /// Writes the rows of a table.
    init(_ format: RowFormat, _ table: TableSchema) {
        self.format = format
        names = ["id"] + table.fields.map(\.name)
    }

    /// Writes the line that names the fields, where the format has one.
    func writeHeader(to console: Console) throws {
        guard format != .jsonl else { return }
        var line: [UInt8] = []
        for (index, name) in names.enumerated() {
            if index > 0 { line.append(separator) }
            append(.text(name), to: &line)
        }
        line.append(0x0A)
        try console.write(line)
    }

    /// Writes one row on a line; a score and snippets stand behind the fields.
    mutating func write(
        _ record: Record, score: Double? = nil, snippets: [Snippet] = [], to console: Console
    ) throws {
        if format == .jsonl {
            json.bytes.removeAll(keepingCapacity: true)
            json.object { json in
                json.member("id", record.id.description)
                for index in record.values.indices {
                    json.name(names[index + 1])
                    json.value(record.values[index])
                }
                if let score { json.member("score", score) }
                if snippets.isEmpty { return }
                json.name("snippets")
                json.object { json in
                    for snippet in snippets { json.member(snippet.field, snippet.html()) }
                }
            }
            json.endLine()
            try console.write(json.bytes)
            return
        }
        cells.removeAll(keepingCapacity: true)
        append(.uuid(record.id), to: &cells)
        for value in record.values {
            cells.append(separator)
            append(value, to: &cells)
        }
        cells.append(0x0A)
        try console.write(cells)
    }

    private var separator: UInt8 { format == .csv ? 0x2C : 0x09 }

    private func append(_ value: Value, to line: inout [UInt8]) {
        if value.isNull {
            if format == .tsv { line.append(contentsOf: [0x5C, 0x4E]) }
            return
        }
        let text = value.description
        if format == .tsv {
            appendEscaped(text, to: &line)
            return
        }
        let needsQuotes =
            text.isEmpty
            || text.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
        guard needsQuotes else {
            line.append(contentsOf: text.utf8)
            return
        }
        line.append(0x22)
        for byte in text.utf8 {
            if byte == 0x22 { line.append(byte) }
            line.append(byte)
        }
        line.append(0x22)
    }

    private func appendEscaped(_ text: String, to line: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case 0x09: line.append(contentsOf: [0x5C, 0x74])
            case 0x0A: line.append(contentsOf: [0x5C, 0x6E])
            case 0x0D: line.append(contentsOf: [0x5C, 0x72])
            case 0x5C: line.append(contentsOf: [0x5C, 0x5C])
            default: line.append(byte)
            }
        }
    }
}
