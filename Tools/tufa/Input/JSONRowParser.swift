import TufaBytes
import TufaModel

/// Reads a row from a line that holds one JSON object (RFC 8259), straight into its fields.
///
/// There is no tree in between, and nothing is skipped: an unknown or repeated name and a value of
/// another type are problems. The names of a row are tried first in the order of the row before.
struct JSONRowParser {
    let fields: FieldMap
    /// Where reading stands in the buffer, and where the line ends.
    var at = 0
    var end = 0
    /// A string with its escapes resolved.
    var scratch: [UInt8] = []
    /// The fields in the order in which the rows so far gave them.
    private var order: [Int] = []

    init(_ fields: FieldMap) { self.fields = fields }

    /// Reads the object in a range of the buffer; the row must be clear.
    mutating func parse(
        _ bytes: [UInt8], _ range: Range<Int>, into row: inout InputRow
    ) throws(InputProblem) {
        at = range.lowerBound
        end = range.upperBound
        skipBlanks(bytes)
        guard take(0x7B, bytes) else { throw unexpected("an object in { }", bytes) }
        skipBlanks(bytes)
        if !take(0x7D, bytes) {
            var number = 0
            repeat {
                skipBlanks(bytes)
                let start = at
                let field = try name(number, bytes)
                skipBlanks(bytes)
                guard take(0x3A, bytes) else { throw unexpected("a colon", bytes) }
                skipBlanks(bytes)
                if field < 0 ? row.id != nil : row.values[field] != nil {
                    throw problem(.syntax, "\(fields.name(field)) is given twice.", field, start)
                }
                try value(of: field, bytes, into: &row)
                number += 1
                skipBlanks(bytes)
            } while take(0x2C, bytes)
            guard take(0x7D, bytes) else { throw unexpected("a comma or }", bytes) }
        }
        skipBlanks(bytes)
        guard at == end else { throw unexpected("the end of the line", bytes) }
    }

    private mutating func name(_ number: Int, _ bytes: [UInt8]) throws(InputProblem) -> Int {
        guard take(0x22, bytes) else { throw unexpected("a name in double quotes", bytes) }
        if number < order.count {
            let expected = fields.nameBytes(order[number])
            let stop = at + expected.count
            if stop < end, bytes[stop] == 0x22 {
                var index = 0
                while index < expected.count, bytes[at + index] == expected[index] { index += 1 }
                if index == expected.count {
                    at = stop + 1
                    return order[number]
                }
            }
        }
        let start = at - 1
        let name = try string(bytes)
        do {
            let field = try fields.place(of: name)
            if number < order.count { order[number] = field } else { order.append(field) }
            return field
        } catch {
            throw InputProblem(error, at: start)
        }
    }

    private mutating func value(
        of field: Int, _ bytes: [UInt8], into row: inout InputRow
    ) throws(InputProblem) {
        guard at < end else { throw unexpected("a value", bytes) }
        let start = at
        let value: Value
        switch bytes[at] {
        case 0x22:
            at += 1
            value = try text(as: fields.type(field), of: field, start, bytes)
        case 0x2D, 0x30...0x39:
            value = try number(as: fields.type(field), of: field, bytes)
        case 0x74:
            try word("true", bytes)
            value = .boolean(true)
        case 0x66:
            try word("false", bytes)
            value = .boolean(false)
        case 0x6E:
            try word("null", bytes)
            value = .null
        case 0x5B, 0x7B:
            throw problem(
                .typeMismatch,
                "\(fields.name(field)) is \(bytes[at] == 0x5B ? "an array" : "an object"), "
                    + "where one value of type \(fields.typeName(field)) belongs.",
                field, start)
        default: throw unexpected("a value", bytes)
        }
        if case .boolean = value, fields.type(field) != .boolean {
            throw mismatch("a boolean", field, start)
        }
        if field >= 0 {
            row.values[field] = .some(value)
        } else if case .uuid(let id) = value {
            row.id = id
        } else {
            throw mismatch("null", field, start)
        }
    }

    private mutating func word(_ word: StaticString, _ bytes: [UInt8]) throws(InputProblem) {
        let start = at
        var isSame = true
        let text = word.description
        for byte in text.utf8 {
            guard isSame, at < end, bytes[at] == byte else {
                isSame = false
                break
            }
            at += 1
        }
        guard isSame else {
            at = start
            throw unexpected("a value", bytes)
        }
    }

    // MARK: Characters and problems

    @inline(__always)
    mutating func skipBlanks(_ bytes: [UInt8]) {
        while at < end, bytes[at] == 0x20 || bytes[at] == 0x09 || bytes[at] == 0x0D { at += 1 }
    }

    @inline(__always)
    mutating func take(_ byte: UInt8, _ bytes: [UInt8]) -> Bool {
        guard at < end, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    func unexpected(_ expected: String, _ bytes: [UInt8]) -> InputProblem {
        InputProblem(
            .syntax, "Expected \(expected), found \(InputText.excerpt(bytes, at, end)).", at: at)
    }

    func problem(
        _ code: DatabaseError.Code, _ message: String, _ field: Int, _ at: Int
    ) -> InputProblem {
        InputProblem(code, message, at: at, field: fields.name(field))
    }

    func mismatch(_ found: String, _ field: Int, _ at: Int) -> InputProblem {
        problem(
            .typeMismatch,
            "\(fields.name(field)) is \(found), where \(fields.table.textForm(ofField: field)) belongs.",
            field, at)
    }
}
