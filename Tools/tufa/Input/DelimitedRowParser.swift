import TufaBytes
import TufaModel

/// Reads rows from CSV (RFC 4180) or TSV (PostgreSQL's text format with a header line).
///
/// In CSV an empty cell without quotes is no value, and `""` is the empty text. In TSV `\N` is no
/// value, and a backslash escapes tab, newline, carriage return and itself. No value is NULL where
/// the field may be NULL; else it is as if the column were not there, so that a default applies.
struct DelimitedRowParser {
    let fields: FieldMap
    let isCSV: Bool
    /// The field of each column.
    private var columns: [Int] = []
    private var scratch: [UInt8] = []

    init(_ fields: FieldMap, isCSV: Bool) {
        self.fields = fields
        self.isCSV = isCSV
    }

    /// Whether a record ends at the end of this piece of it, or goes on behind a quoted newline.
    func isComplete(_ bytes: [UInt8], _ range: Range<Int>, _ isOpen: inout Bool) -> Bool {
        guard isCSV else { return true }
        // A quote inside of quotes is doubled, so the parity alone tells.
        for index in range where bytes[index] == 0x22 { isOpen.toggle() }
        return !isOpen
    }

    /// Reads the line that names the fields.
    mutating func parseHeader(_ bytes: [UInt8], _ range: Range<Int>) throws(InputProblem) {
        let fields = self.fields
        var found: [Int] = []
        try forEachCell(bytes, range) {
            (start, end, isQuoted, scratch) throws(InputProblem) in
            let name =
                isQuoted
                ? String(decoding: scratch, as: UTF8.self)
                : String(decoding: bytes[start..<end], as: UTF8.self)
            let field: Int
            do throws(DatabaseError) {
                field = try fields.place(of: name)
            } catch {
                throw InputProblem(error, at: start)
            }
            guard !found.contains(field) else {
                throw InputProblem(
                    .syntax, "\(name) names two columns.", at: start, field: name)
            }
            found.append(field)
        }
        columns = found
    }

    /// Reads the record in a range of the buffer; the row must be clear.
    mutating func parse(
        _ bytes: [UInt8], _ range: Range<Int>, into row: inout InputRow
    ) throws(InputProblem) {
        var column = 0
        let (columns, fields, isCSV) = (self.columns, self.fields, self.isCSV)
        try forEachCell(bytes, range) {
            (start, end, isQuoted, scratch) throws(InputProblem) in
            guard column < columns.count else {
                throw InputProblem(
                    .syntax, "The line has more cells than the \(columns.count) of the header.",
                    at: start)
            }
            let field = columns[column]
            column += 1
            let isAbsent: Bool
            if isCSV {
                isAbsent = start == end && !isQuoted
            } else {
                isAbsent =
                    end - start == 2 && bytes[start] == 0x5C && bytes[start + 1] == 0x4E
                    || start == end && fields.type(field) != .text
            }
            if isAbsent {
                if field >= 0, fields.table.fields[field].isOptional {
                    row.values[field] = .some(.null)
                }
                return
            }
            let value =
                isQuoted
                ? try DelimitedRowParser.value(scratch, 0, scratch.count, field, fields, start)
                : try DelimitedRowParser.value(bytes, start, end, field, fields, start)
            if field >= 0 {
                row.values[field] = .some(value)
            } else if case .uuid(let id) = value {
                row.id = id
            }
        }
        guard column == columns.count else {
            throw InputProblem(
                .syntax, "The line has \(column) cells and the header \(columns.count).",
                at: range.upperBound)
        }
    }

    private static func value(
        _ bytes: [UInt8], _ start: Int, _ end: Int, _ field: Int, _ fields: FieldMap, _ at: Int
    ) throws(InputProblem) -> Value {
        let type = fields.type(field)
        switch type {
        case .uuid:
            if end - start == 36, let id = InputScalars.uuid(bytes, start) { return .uuid(id) }
        case .timestamp:
            if let (time, stop) = InputScalars.timestamp(bytes, start, end), stop == end {
                return .timestamp(time)
            }
        default: break
        }
        guard let text = InputScalars.text(bytes, start, end)
        else { throw InputProblem(.syntax, "The text is not valid UTF-8.", at: at) }
        do {
            return try fields.table.value(parsing: text, ofField: field)
        } catch {
            throw InputProblem(error, at: at)
        }
    }

    /// Gives each cell where it stands; one with quotes or escapes is in the scratch instead.
    private mutating func forEachCell(
        _ bytes: [UInt8], _ range: Range<Int>,
        _ body: (Int, Int, Bool, [UInt8]) throws(InputProblem) -> Void
    ) throws(InputProblem) {
        var at = range.lowerBound
        var end = range.upperBound
        if end > at, bytes[end - 1] == 0x0D { end -= 1 }
        let separator: UInt8 = isCSV ? 0x2C : 0x09
        while true {
            let start = at
            var isQuoted = false
            if isCSV, at < end, bytes[at] == 0x22 {
                isQuoted = true
                try unquote(bytes, &at, end)
                guard at == end || bytes[at] == separator else {
                    throw InputProblem(
                        .syntax,
                        "Expected a comma behind the closing quote, found "
                            + "\(InputText.excerpt(bytes, at, end)).", at: at)
                }
            } else {
                while at < end, bytes[at] != separator {
                    if isCSV, bytes[at] == 0x22 {
                        throw InputProblem(
                            .syntax, "A cell with a quote in it must stand in quotes.", at: at)
                    }
                    if !isCSV, bytes[at] == 0x5C { isQuoted = true }
                    at += 1
                }
                if isQuoted { isQuoted = try unescape(bytes, start, at) }
            }
            try body(start, at, isQuoted, scratch)
            guard at < end else { return }
            at += 1
        }
    }

    private mutating func unquote(
        _ bytes: [UInt8], _ at: inout Int, _ end: Int
    ) throws(InputProblem) {
        let start = at
        scratch.removeAll(keepingCapacity: true)
        at += 1
        while at < end {
            if bytes[at] == 0x22 {
                at += 1
                guard at < end, bytes[at] == 0x22 else { return }
            }
            scratch.append(bytes[at])
            at += 1
        }
        throw InputProblem(.syntax, "The quote is not closed.", at: start)
    }

    /// False for `\N`, which is no text.
    private mutating func unescape(
        _ bytes: [UInt8], _ start: Int, _ end: Int
    ) throws(InputProblem) -> Bool {
        if end - start == 2, bytes[start + 1] == 0x4E { return false }
        scratch.removeAll(keepingCapacity: true)
        var at = start
        while at < end {
            var byte = bytes[at]
            if byte == 0x5C {
                at += 1
                switch at < end ? bytes[at] : 0 {
                case 0x74: byte = 0x09
                case 0x6E: byte = 0x0A
                case 0x72: byte = 0x0D
                case 0x5C: byte = 0x5C
                default:
                    throw InputProblem(
                        .syntax, "A backslash stands before t, n, r, N or a backslash only.",
                        at: at - 1)
                }
            }
            scratch.append(byte)
            at += 1
        }
        return true
    }
}
