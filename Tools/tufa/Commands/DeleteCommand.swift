import ArgumentParser
import Tufa
import TufaBytes
import TufaModel

struct DeleteCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete rows by their identifiers, in one commit.",
        discussion: """
            Rows that refer to a deleted one go with it, keep it from going, or lose their \
            reference, as the schema says. The history keeps everything.

              tufa delete blog.tufa users 018f3d2a-7c00-7000-8000-000000000001 --as admin
            """)

    @OptionGroup var database: DatabaseArgument
    @Argument(help: "The table.")
    var table: String
    @Argument(help: "The identifiers of the rows.")
    var ids: [String]
    @OptionGroup var commit: CommitOptions
    @OptionGroup var output: OutputOptions

    func run(_ console: Console) throws {
        try database.withDatabase(console, forWriting: true) { database in
            _ = try Arguments.table(table, in: database.view().schema)
            let rows = try ids.map { try Arguments.id($0, table) }
            let before = database.view().position
            let result = try database.writeBlocking(as: commit.actor, label: commit.label) {
                transaction in
                for row in rows { try transaction.delete(table, id: row) }
            }
            let events = result.position - before
            guard output.json else {
                return try console.line(
                    "Deleted: \(Progress.counted(events, "event")), position \(result.position)")
            }
            var json = JSONWriter()
            json.object { json in
                json.member("rows", rows.count)
                json.member("events", events)
                json.member("position", result.position)
                json.member("time", result.time.description)
            }
            json.endLine()
            try console.write(json.bytes)
        }
    }
}
