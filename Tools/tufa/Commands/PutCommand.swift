import ArgumentParser
import Tufa
import TufaBytes
import TufaModel

struct PutCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "put",
        abstract: "Create or update rows, given as JSON on standard input.",
        discussion: """
            One JSON object a line. A row whose id is there already is updated: only the fields \
            that are given change. A row without id gets one. All rows are one commit: when one is \
            refused, none is kept. For more than a million rows, use import.

              echo '{"id": "018f3d2a-7c00-7000-8000-000000000001", "name": "Ada"}' \\
                | tufa put blog.tufa users --as admin
            """)

    /// How many rows one commit is given at most.
    private static let maximumRowCount = 1_000_000

    @OptionGroup var database: DatabaseArgument
    @Argument(help: "The table.")
    var table: String
    @OptionGroup var commit: CommitOptions
    @OptionGroup var output: OutputOptions

    func run(_ console: Console) throws {
        try database.withDatabase(console, forWriting: true) { database in
            let schema = try Arguments.table(table, in: database.view().schema)
            let result: Commit<[RowID]>
            do {
                let rows = try read(schema)
                result = try database.writeBlocking(as: commit.actor, label: commit.label) {
                    try put(rows, schema, &$0)
                }
            } catch var error as DatabaseError {
                let state = "No row was kept: all rows of a put are one commit."
                error.advice = [error.advice, state].compactMap(\.self).joined(separator: " ")
                throw error
            }
            try show(result, console)
        }
    }

    private func put(
        _ rows: [InputRow], _ schema: TableSchema, _ transaction: inout Transaction
    ) throws -> [RowID] {
        var ids: [RowID] = []
        for row in rows {
            let id = row.id ?? .make()
            do {
                try transaction.put(table, id: id, fields(of: row, schema))
            } catch {
                throw ImportFailure.placed(error, "standard input", row)
            }
            ids.append(id)
        }
        return ids
    }

    private func read(_ schema: TableSchema) throws -> [InputRow] {
        var reader = RowReader(try InputFile("-"), .jsonl, schema)
        var rows: [InputRow] = []
        var row = InputRow(fieldCount: schema.fields.count)
        while try reader.next(into: &row) {
            rows.append(row)
            if rows.count > PutCommand.maximumRowCount {
                throw DatabaseError(
                    .limitExceeded,
                    "One commit takes at most \(PutCommand.maximumRowCount) rows.",
                    advice: "Use tufa import, which makes a commit of each batch.")
            }
        }
        return rows
    }

    private func fields(of row: InputRow, _ schema: TableSchema) -> [String: Value] {
        var fields: [String: Value] = [:]
        for (index, value) in row.values.enumerated() {
            if let value { fields[schema.fields[index].name] = value }
        }
        return fields
    }

    private func show(_ commit: Commit<[RowID]>, _ console: Console) throws {
        guard output.json else {
            for id in commit.value { try console.line(id.description) }
            return console.note(
                "\(Progress.counted(commit.value.count, "row")), position \(commit.position)")
        }
        var json = JSONWriter()
        json.object { json in
            json.member("rows", commit.value.count)
            json.member("position", commit.position)
            json.member("time", commit.time.description)
            json.name("ids")
            json.array { json in commit.value.forEach { json.string($0.description) } }
        }
        json.endLine()
        try console.write(json.bytes)
    }
}
