import TufaBytes
import TufaModel

/// How the rows of an input or an output are written.
enum RowFormat: String, CaseIterable, Sendable {
    /// One JSON object a line.
    case jsonl
    /// Comma-separated values with a header line.
    case csv
    /// Tab-separated values with a header line.
    case tsv

    /// The format that the name of a file tells.
    init(ofFile path: String) {
        let name = path.lowercased()
        self = name.hasSuffix(".csv") ? .csv : name.hasSuffix(".tsv") ? .tsv : .jsonl
    }
}

/// The rows of an input, one at a time.
struct RowReader {
    private var lines: LineReader
    private var json: JSONRowParser
    private var delimited: DelimitedRowParser
    private let format: RowFormat
    private var hasHeader = false
    private var hasRows = false
    /// What to do where the first line is no JSON.
    var adviceForOtherFormats: String?

    init(
        _ file: InputFile, _ format: RowFormat, _ table: TableSchema, blockByteCount: Int = 1 << 20
    ) {
        lines = LineReader(file, blockByteCount: blockByteCount)
        let fields = FieldMap(table)
        json = JSONRowParser(fields)
        delimited = DelimitedRowParser(fields, isCSV: format == .csv)
        self.format = format
    }

    /// How far reading has come.
    var byteCount: UInt64 { lines.byteCount }

    /// The line that was read last.
    var lineNumber: Int { lines.lineNumber }

    /// The name of the input.
    var name: String { lines.file.name }

    /// The size of the input, where it is known.
    var totalByteCount: UInt64? { lines.file.byteCount }

    /// Reads the next row; answers false at the end of the input.
    ///
    /// Lines of blanks are passed over.
    /// - Throws: what is wrong with the line, with its number and column. The next call goes on
    ///   behind it, unless the header was wrong.
    mutating func next(into row: inout InputRow) throws(DatabaseError) -> Bool {
        row.clear()
        while try advance() {
            row.line = lines.lineNumber
            do {
                if format == .jsonl {
                    try json.parse(lines.buffer, lines.line, into: &row)
                } else if hasHeader {
                    try delimited.parse(lines.buffer, lines.line, into: &row)
                } else {
                    try delimited.parseHeader(lines.buffer, lines.line)
                    hasHeader = true
                    continue
                }
            } catch {
                var error = placed(error)
                if format == .jsonl, !hasRows, !beginsAnObject, error.advice == nil {
                    error.advice = adviceForOtherFormats
                }
                throw error
            }
            hasRows = true
            return true
        }
        return false
    }

    /// Whether rows can follow after a problem.
    var canGoOn: Bool { format == .jsonl || hasHeader }

    /// Goes to the next record that is not blank.
    private mutating func advance() throws(DatabaseError) -> Bool {
        while try lines.advance() {
            if isBlank { continue }
            if format == .csv {
                var isOpen = false
                var piece = lines.line
                while !delimited.isComplete(lines.buffer, piece, &isOpen) {
                    let count = lines.line.count
                    guard try lines.extend() else { break }
                    piece = lines.line.lowerBound + count..<lines.line.upperBound
                }
            }
            return true
        }
        return false
    }

    private var isBlank: Bool {
        for index in lines.line {
            switch lines.buffer[index] {
            case 0x0D: continue
            // A blank line of TSV or CSV may be a row of one cell; only an empty one is none.
            case 0x20, 0x09: if format == .jsonl { continue } else { return false }
            default: return false
            }
        }
        return true
    }

    private var beginsAnObject: Bool {
        for index in lines.line {
            switch lines.buffer[index] {
            case 0x20, 0x09: continue
            case let byte: return byte == 0x7B
            }
        }
        return false
    }

    private func placed(_ problem: InputProblem) -> DatabaseError {
        var error = problem.error
        let column = InputText.column(lines.buffer, lines.line.lowerBound, problem.at)
        error.message = "Line \(lines.lineNumber), column \(column): \(error.message)"
        error.file = lines.file.name
        error.offset = lines.byteCount + UInt64(max(0, problem.at - lines.line.lowerBound))
        if error.table == nil { error.table = json.fields.table.name }
        return error
    }
}
