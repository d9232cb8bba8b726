import ArgumentParser
import Tufa
import TufaModel

struct SearchCommand: DatabaseCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Find rows by the words in their texts, the best first.",
        discussion: """
            All words must be found; "quotes" make a phrase, OR an alternative, -word excludes and \
            word* is a prefix. No text is a mistake. Each row comes with its score.

              tufa search blog.tufa posts '"analytical engine" -difference' --limit 5
            """)

    @OptionGroup var database: DatabaseArgument
    @Argument(help: "The table.")
    var table: String
    @Argument(help: "What to look for.")
    var query: String
    @Option(parsing: .unconditional, help: "How many rows at most.")
    var limit = 10
    @OptionGroup var moment: MomentOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try LimitCheck.positive(limit, "--limit")
    }

    func run(_ console: Console) throws {
        try database.withView(console, at: moment) { view in
            let schema = try Arguments.table(table, in: view.schema)
            let hits = try view.search(table, query, limit: limit)
            if hits.isEmpty, let why = try view.whySearchFindsNothing(table, query) {
                console.remark("nothing is found: \(why)")
            } else if query.split(separator: " ").contains("NOT") {
                console.remark("NOT is a word like others; write -word to exclude one")
            }
            if output.json {
                var writer = RowWriter(.jsonl, schema)
                for hit in hits { try writer.write(hit.row, score: hit.score, to: console) }
                return
            }
            var text = TextTable(["score", "id"] + schema.fields.map(\.name), rightAligned: [0])
            for hit in hits {
                let score = Value.double((hit.score * 1_000).rounded() / 1_000).description
                text.append([score, hit.row.id.description] + hit.row.values.map(\.description))
            }
            try text.write(to: console)
        }
    }
}
