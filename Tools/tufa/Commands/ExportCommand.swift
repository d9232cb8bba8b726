import ArgumentParser
import Tufa
import TufaModel

extension RowFormat: ExpressibleByArgument {}

struct ExportCommand: DatabaseCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract:
            "Write all rows of a table to standard output, in the order of their identifiers.",
        discussion: """
            What is written reads back with import. Doubles that are not finite are the texts NaN, \
            Infinity and -Infinity in JSON.

              tufa export blog.tufa users --format csv > users.csv
            """)

    @OptionGroup var database: DatabaseArgument
    @Argument(help: "The table.")
    var table: String
    @Option(help: "How rows are written: jsonl, csv or tsv.")
    var format = RowFormat.jsonl
    @OptionGroup var conditions: ConditionOptions
    @OptionGroup var moment: MomentOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if output.json, format != .jsonl {
            throw ValidationError("--json and --format \(format.rawValue) contradict each other.")
        }
    }

    func run(_ console: Console) throws {
        try database.withView(console, at: moment) { view in
            let schema = try Arguments.table(table, in: view.schema)
            let query = QueryShape(
                table: table, predicate: try conditions.predicate(schema), sort: [Sort(-1)])
            let progress = Progress("export", console)
            defer { progress.finish() }
            var writer = RowWriter(format, schema)
            var count: UInt64 = 0
            try writer.writeHeader(to: console)
            try view.forEach(query) { record in
                try writer.write(record, to: console)
                count += 1
                if count & 0xFFF == 0 { progress.update(count, "rows") }
                return true
            }
        }
    }
}
