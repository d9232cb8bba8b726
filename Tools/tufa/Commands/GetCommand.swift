import ArgumentParser
import Tufa
import TufaBytes
import TufaModel

struct GetCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show one row by its identifier.",
        discussion: """
              tufa get blog.tufa users 018f3d2a-7c00-7000-8000-000000000001 --at 1000
            """)

    @OptionGroup var database: DatabaseArgument
    @Argument(help: "The table.")
    var table: String
    @Argument(help: "The identifier of the row.")
    var id: String
    @OptionGroup var moment: MomentOptions
    @OptionGroup var output: OutputOptions

    func run(_ console: Console) throws {
        try database.withView(console, at: moment) { view in
            let schema = try Arguments.table(table, in: view.schema)
            let row = try Arguments.id(id, table)
            guard let record = try view.find(table, row) else {
                throw DatabaseError(
                    .rowNotFound, "\(table) has no row \(row) at position \(view.position).",
                    table: table, row: row)
            }
            if output.json {
                var writer = RowWriter(.jsonl, schema)
                return try writer.write(record, to: console)
            }
            var text = TextTable(["field", "value"])
            text.append(["id", record.id.description])
            for (name, value) in zip(record.fieldNames, record.values) {
                text.append([name, value.description])
            }
            try text.write(to: console)
        }
    }
}
