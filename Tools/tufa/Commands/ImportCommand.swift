import ArgumentParser
import Tufa
import TufaBytes
import TufaModel

struct ImportCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Create rows from a file with one row a line.",
        discussion: """
            Each batch is one synced commit. A bad line stops the import and its batch is left \
            out: the message says from which line on to go on. With --skip-bad such lines are \
            left out and counted instead, and the first ones are shown.

            jsonl: an object a line. csv and tsv: a first line that names the fields; in CSV an \
            empty cell without quotes is no value, in TSV \\N is. The format follows from the name \
            of the file, jsonl where that says nothing. A row without id gets one.

              tufa import blog.tufa users users.jsonl
              zcat posts.csv.gz | tufa import blog.tufa posts - --format csv --skip-bad
            """)

    @OptionGroup var database: DatabaseArgument
    @Argument(help: "The table.")
    var table: String
    @Argument(help: "The file; - is standard input.")
    var file: String
    @Option(help: "How rows are written: jsonl, csv or tsv.")
    var format: RowFormat?
    @Option(parsing: .unconditional, help: "How many rows make a commit.")
    var batch = 1_000
    @Flag(help: "Leave bad lines out and count them.")
    var skipBad = false
    @OptionGroup var commit: CommitOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if batch < 1 || batch > 1_000_000 {
            throw ValidationError("--batch is a number from 1 to 1000000.")
        }
    }

    func run(_ console: Console) throws {
        try database.withDatabase(console, forWriting: true) { database in
            let schema = try Arguments.table(table, in: database.view().schema)
            var reader = RowReader(
                try InputFile(file), format ?? RowFormat(ofFile: file), schema)
            if format == nil {
                reader.adviceForOtherFormats =
                    "Say --format csv or --format tsv if it is no file of JSON lines."
            }
            let settings = Importer.Settings(
                actor: commit.actor, label: commit.label, batchRowCount: batch,
                skipsBadRows: skipBad)
            let importer = Importer(
                database, try database.plan(of: table), reader, settings, console)
            let seconds = try importer.run()
            try show(importer, seconds, database.view().position, console)
        }
    }

    private func show(
        _ importer: Importer, _ seconds: Double, _ position: UInt64, _ console: Console
    ) throws {
        let rate = seconds > 0 ? Double(importer.rowCount) / seconds : 0
        guard output.json else {
            let skipped = importer.skippedCount > 0 ? ", \(importer.skippedCount) skipped" : ""
            return try console.line(
                "Imported \(Progress.counted(importer.rowCount, "row"))\(skipped) in "
                    + "\(Progress.time(seconds)), \(Progress.grouped(Int(rate))) a second, "
                    + "position \(position)")
        }
        var json = JSONWriter()
        json.object { json in
            json.member("rows", importer.rowCount)
            json.member("events", importer.rowCount)
            json.member("seconds", seconds)
            json.member("events_per_second", rate.rounded())
            json.member("position", position)
            json.member("skipped", importer.skippedCount)
        }
        json.endLine()
        try console.write(json.bytes)
    }
}
