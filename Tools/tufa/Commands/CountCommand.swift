import ArgumentParser
import Tufa
import TufaModel

struct CountCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "count",
        abstract: "Count the rows of a table, or those that meet conditions.",
        discussion: """
              tufa count blog.tufa posts --where 'created_at<2024-01-01' --at 2024-05-01
            """)

    @OptionGroup var database: DatabaseArgument
    @Argument(help: "The table.")
    var table: String
    @OptionGroup var conditions: ConditionOptions
    @OptionGroup var moment: MomentOptions
    @OptionGroup var output: OutputOptions

    func run(_ console: Console) throws {
        try database.withView(console, at: moment) { view in
            let schema = try Arguments.table(table, in: view.schema)
            let count = try view.count(
                QueryShape(table: table, predicate: try conditions.predicate(schema)))
            guard output.json else { return try console.line(String(count)) }
            var json = JSONWriter()
            json.object { $0.member("count", count) }
            json.endLine()
            try console.write(json.bytes)
        }
    }
}
