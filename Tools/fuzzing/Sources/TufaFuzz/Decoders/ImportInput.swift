import Foundation
import TufaBytes
import TufaModel

#if TUFA_FUZZ
    // The parsers of the command line are compiled as part of this target.
#else
    @testable import TufaCommand
#endif

/// Files of rows, as `tufa import` reads them.
enum ImportInput {
    private static let table = TableSchema(
        "things",
        fields: [
            FieldSchema("name", .text, maximumLength: 20),
            FieldSchema("note", .text, isOptional: true),
            FieldSchema("count", .int64, defaultValue: 7),
            FieldSchema("share", .double, isOptional: true),
            FieldSchema("is_open", .boolean, isOptional: true),
            FieldSchema("at", .timestamp, isOptional: true),
            FieldSchema("owner", .uuid, isOptional: true),
            FieldSchema("raw", .bytes, isOptional: true),
        ])

    static func feed(_ bytes: [UInt8], _ format: String) throws {
        guard let format = RowFormat(rawValue: format == "json" ? "jsonl" : format) else { return }
        let whole = try read(bytes, format, blockByteCount: 1 << 17)
        // Where a block of the file ends makes no difference.
        let pieces = try read(bytes, format, blockByteCount: 7)
        try BrokenPromise.unless(whole == pieces, "Rows depend on how the file is read")
    }

    /// What was read, as a line for each row and each problem.
    private static func read(
        _ bytes: [UInt8], _ format: RowFormat, blockByteCount: Int
    ) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory
        let url = folder.appending(path: "tufa-rows-\(UUID().uuidString)")
        try Data(bytes).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        var reader = RowReader(
            try InputFile(url.path), format, table, blockByteCount: blockByteCount)
        var row = InputRow(fieldCount: table.fields.count)
        var found: [String] = []
        while true {
            do {
                guard try reader.next(into: &row) else { break }
                found.append("\(row.line) \(String(describing: row.id)) \(row.values)")
                try check(row)
            } catch let error as DatabaseError {
                try BrokenPromise.unless(
                    error.file == url.path, "A problem without its file: \(error)")
                found.append("\(error.code) \(error.message) \(error.offset ?? 0)")
                if !reader.canGoOn { break }
            }
            try BrokenPromise.unless(
                found.count <= bytes.count + 1, "A file has more rows than bytes")
        }
        return found
    }

    private static func check(_ row: InputRow) throws {
        for (value, field) in zip(row.values, table.fields) {
            guard let value, value != .null else { continue }
            try BrokenPromise.unless(
                value.type == field.type, "\(field.name) is read as \(value)")
        }
    }
}
