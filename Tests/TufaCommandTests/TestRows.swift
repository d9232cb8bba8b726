import Foundation
import Tufa
import TufaBytes
import TufaModel

@testable import TufaCommand

/// A table with a field of each type.
let everyType = TableSchema(
    "things",
    fields: [
        FieldSchema("name", .text),
        FieldSchema("note", .text, isOptional: true),
        FieldSchema("count", .int64, defaultValue: 7),
        FieldSchema("share", .double, isOptional: true),
        FieldSchema("is_open", .boolean, isOptional: true),
        FieldSchema("at", .timestamp, isOptional: true),
        FieldSchema("owner", .uuid, isOptional: true),
        FieldSchema("raw", .bytes, isOptional: true),
    ])

/// A file in the temporary folder that goes with its owner.
final class TestFile {
    let path: String

    init(_ bytes: some Sequence<UInt8>, suffix: String = "") throws {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("tufa-test-\(RowID.make())\(suffix)").path
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    convenience init(_ text: String, suffix: String = "") throws {
        try self.init(Array(text.utf8), suffix: suffix)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// What reading an input gave: the rows, and the problems between them.
struct ReadInput {
    var rows: [InputRow] = []
    var problems: [DatabaseError] = []

    init(
        _ bytes: some Sequence<UInt8>, _ format: RowFormat = .jsonl,
        _ table: TableSchema = everyType, blockByteCount: Int = 1 << 20
    ) throws {
        let file = try TestFile(bytes)
        var reader = RowReader(
            try InputFile(file.path), format, table, blockByteCount: blockByteCount)
        var row = InputRow(fieldCount: table.fields.count)
        while true {
            do {
                guard try reader.next(into: &row) else { break }
                rows.append(row)
            } catch {
                problems.append(error)
                if !reader.canGoOn { break }
            }
        }
    }

    init(
        _ text: String, _ format: RowFormat = .jsonl, _ table: TableSchema = everyType,
        blockByteCount: Int = 1 << 20
    ) throws {
        try self.init(Array(text.utf8), format, table, blockByteCount: blockByteCount)
    }

    /// The value of a field of the first row.
    func value(_ field: String) -> Value? {
        rows.first?.values[everyType.index(ofField: field) ?? 0]
    }
}
