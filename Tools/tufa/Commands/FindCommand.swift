import ArgumentParser
import Tufa
import TufaBytes
import TufaModel

struct FindCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "find",
        abstract: "Show the rows that meet conditions, a page at a time.",
        discussion: """
            A condition is field=value, or with != < <= > >= or ^= (a text begins with); field= is \
            the empty text, field:null and field:notnull ask for NULL. Conditions with < and > \
            need quotes in a shell. All given conditions hold.

            A page has --limit rows (20). Where more follow, standard error says the cursor for \
            --after; with --json as the object {"next": "…"}, so that standard output is rows only.

              tufa find blog.tufa users --where email=ada@example.com
              tufa find blog.tufa posts --where 'views>=100' --order views:desc --limit 5
            """)

    /// How many rows a page has where nothing is said.
    private static let usualLimit = 20

    @OptionGroup var database: DatabaseArgument
    @Argument(help: "The table.")
    var table: String
    @OptionGroup var conditions: ConditionOptions
    @Option(
        help: ArgumentHelp("The order; :desc reverses it.", valueName: "field[:desc]"))
    var order: [String] = []
    @Option(parsing: .unconditional, help: "How many rows at most; 20 where nothing is said.")
    var limit: Int?
    @Flag(help: "All rows, without a limit.")
    var all = false
    @Option(help: ArgumentHelp("Go on behind the page that gave this.", valueName: "cursor"))
    var after: String?
    @Flag(help: "Say how the question is answered instead of answering it.")
    var explain = false
    @OptionGroup var moment: MomentOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let limit {
            try LimitCheck.positive(limit, "--limit")
            if all { throw ValidationError("--limit and --all contradict each other: give one.") }
        }
        if all, after != nil { throw ValidationError("--after goes with --limit, not with --all.") }
    }

    func run(_ console: Console) throws {
        try database.withView(console, at: moment) { view in
            let schema = try Arguments.table(table, in: view.schema)
            var query = QueryShape(
                table: table, predicate: try conditions.predicate(schema),
                sort: try order.flatMap { try ConditionParser.order($0, schema) })
            let limit = limit ?? FindCommand.usualLimit
            if explain {
                // The cursor says where a page begins, not how it is found; a wrong one is refused.
                if let after { _ = try view.page(query, size: 1, after: after) }
                if !all { query.limit = limit }
                return try show(try view.explain(query), console)
            }
            if all, output.json {
                var writer = RowWriter(.jsonl, schema)
                return try view.forEach(query) { record in
                    try writer.write(record, to: console)
                    return true
                }
            }
            if all { return try show(try view.fetch(query), schema, console) }
            let page = try view.page(query, size: limit, after: after)
            try show(page.rows, schema, console)
            try console.flush()
            if let next = page.next { announce(next, console) }
        }
    }

    private func show(_ rows: [Record], _ schema: TableSchema, _ console: Console) throws {
        if output.json {
            var writer = RowWriter(.jsonl, schema)
            for row in rows { try writer.write(row, to: console) }
            return
        }
        var text = TextTable(["id"] + schema.fields.map(\.name))
        for row in rows { text.append([row.id.description] + row.values.map(\.description)) }
        try text.write(to: console)
    }

    private func show(_ explanation: Explanation, _ console: Console) throws {
        guard output.json else {
            try console.line(explanation.description)
            return try console.line(
                "index \(explanation.index), \(explanation.examinedRowCount) rows examined")
        }
        var json = JSONWriter()
        json.object { json in
            json.member("index", explanation.index)
            json.member("rows_examined", explanation.examinedRowCount)
            json.member("description", explanation.description)
        }
        json.endLine()
        try console.write(json.bytes)
    }

    private func announce(_ next: String, _ console: Console) {
        guard output.json else { return console.note("More follow: --after \(next)") }
        var json = JSONWriter()
        json.object { $0.member("next", next) }
        console.note(String(decoding: json.bytes, as: UTF8.self))
    }
}

/// The conditions on rows.
struct ConditionOptions: ParsableArguments {
    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            "A condition: field=value, also != < <= > >= ^=, field:null, field:notnull.",
            valueName: "condition"))
    var conditions: [String] = []

    /// The condition that all of them make.
    func predicate(_ table: TableSchema) throws -> Predicate {
        let all = try conditions.map { try ConditionParser.condition($0, table) }
        return all.isEmpty ? .all : all.count == 1 ? all[0] : .and(all)
    }
}
