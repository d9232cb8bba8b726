import ArgumentParser
import Tufa
import TufaBytes
import TufaModel

struct SearchCommand: DatabaseCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Find rows by the words in their texts, the best first.",
        discussion: """
            All words must be found; "quotes" make a phrase, OR an alternative, -word excludes and \
            word* is a prefix. No text is a mistake. Each row comes with its score.

            With --strict the text is a query of a program: AND, OR, NOT, parentheses, field:word, \
            word~ and word~2 (one or two edits away), "a b"~3 and NEAR(a b, 3) for words near each \
            other; what means nothing is an error.

            Conditions are those of find. --facet counts all that is found by a field's values, or \
            by minute, hour, day, week, month, quarter or year. With --json, counts and the cursor \
            for --after are one object on standard error.

              tufa search blog.tufa posts '"analytical engine" -difference' --limit 5
              tufa search blog.tufa posts engine --highlight content --facet user_id
              tufa search blog.tufa posts 'title:engin~ OR loom' --strict --explain
            """)

    @OptionGroup var database: DatabaseArgument
    @Argument(help: "The table.")
    var table: String
    @Argument(help: "What to look for; with --like, the identifier of a row.")
    var query: String
    @Flag(help: "Read the text as a query of a program.")
    var strict = false
    @Flag(help: "Find the rows whose texts are most like those of one row.")
    var like = false
    @OptionGroup var conditions: ConditionOptions
    @Option(
        help: ArgumentHelp(
            "The order instead of the best first; :desc reverses it.", valueName: "field[:desc]"))
    var order: [String] = []
    @Option(parsing: .unconditional, help: "How many rows at most.")
    var limit = 10
    @Option(help: ArgumentHelp("Go on behind the page that gave this.", valueName: "cursor"))
    var after: String?
    @Flag(help: "Count all rows that are found.")
    var count = false
    @Option(
        help: ArgumentHelp(
            "Count all that is found by a field, or by spans of time.",
            valueName: "field[:month]"))
    var facet: [String] = []
    @Option(
        help: ArgumentHelp(
            "Show the best part of a field, with the words that were asked for in brackets; in "
                + "JSON, as HTML.", valueName: "field"))
    var highlight: [String] = []
    @Flag(help: "Say how the search is answered instead of answering it.")
    var explain = false
    @OptionGroup var moment: MomentOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try LimitCheck.positive(limit, "--limit")
        if strict, like { throw ValidationError("--strict and --like contradict each other.") }
    }

    func run(_ console: Console) throws {
        try database.withView(console, at: moment) { view in
            let schema = try Arguments.table(table, in: view.schema)
            let shape = try shape(schema)
            if explain { return try show(try view.explain(shape), console) }
            let results = try view.search(shape, after: after)
            if !strict, !like { try remark(results, view, console) }
            if output.json {
                var writer = RowWriter(.jsonl, schema)
                for hit in results.hits {
                    try writer.write(
                        hit.row, score: hit.score, snippets: hit.snippets, to: console)
                }
                try console.flush()
                return noteSummary(results, console)
            }
            try show(results, schema, console)
            try console.flush()
            if let next = results.next { console.note("More follow: --after \(next)") }
        }
    }

    // MARK: The question

    private func shape(_ schema: TableSchema) throws -> SearchShape {
        var shape = SearchShape(table: table, try subject(), limit: limit)
        shape.predicate = try conditions.predicate(schema)
        shape.sort = try order.flatMap { try ConditionParser.order($0, schema) }
        shape.countsTotal = count
        shape.facets = try facet.map { try facet($0, schema) }
        shape.snippets = try highlight.map {
            SnippetShape(field: try ConditionParser.place(of: $0, schema))
        }
        return shape
    }

    private func subject() throws -> SearchShape.Subject {
        if like { return .rowsLike(try Arguments.id(query, table)) }
        return .expression(strict ? try SearchExpression(parsing: query) : .typed(query))
    }

    private func facet(_ text: String, _ schema: TableSchema) throws -> FacetShape {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let field = try ConditionParser.place(of: String(parts[0]), schema)
        guard parts.count == 2 else { return FacetShape(field: field) }
        guard let bucket = TimeBucket(rawValue: String(parts[1])) else {
            let names = TimeBucket.allCases.map(\.rawValue).joined(separator: ", ")
            throw DatabaseError(
                .syntax, "\(parts[1]) is no span of time.", advice: "Give one of \(names).")
        }
        return FacetShape(field: field, bucket: bucket, limit: 1000)
    }

    // MARK: The answer

    private func remark(
        _ results: SearchResults<Record>, _ view: View, _ console: Console
    ) throws {
        let words = query.split(separator: " ")
        if results.hits.isEmpty, after == nil,
            let why = try view.whySearchFindsNothing(table, query)
        {
            console.remark("nothing is found: \(why)")
        } else if words.contains("NOT") {
            console.remark("NOT is a word like others; write -word to exclude one")
        } else if results.hits.isEmpty, after == nil, words.count == 1 {
            let meant = try view.suggestions(for: query, in: table, limit: 3).map(\.word)
            if !meant.isEmpty {
                console.remark("nothing is found; did you mean \(meant.joined(separator: ", "))?")
            }
        }
    }

    private func show(
        _ results: SearchResults<Record>, _ schema: TableSchema, _ console: Console
    ) throws {
        var text = TextTable(["score", "id"] + schema.fields.map(\.name), rightAligned: [0])
        for hit in results.hits {
            let score = Value.double((hit.score * 1_000).rounded() / 1_000).description
            var cells = hit.row.values.map(\.description)
            for snippet in hit.snippets {
                guard let field = schema.fields.firstIndex(where: { $0.name == snippet.field })
                else { continue }
                cells[field] = snippet.text(opening: "[", closing: "]")
            }
            text.append([score, hit.row.id.description] + cells)
        }
        try text.write(to: console)
        if let total = results.total { try console.line("total \(total)") }
        for facet in results.facets {
            for count in facet.counts {
                try console.line("\(facet.field)\t\(count.value)\t\(count.rowCount)")
            }
            if facet.otherRowCount > 0 {
                try console.line("\(facet.field)\t(others)\t\(facet.otherRowCount)")
            }
        }
    }

    private func noteSummary(_ results: SearchResults<Record>, _ console: Console) {
        guard results.total != nil || results.next != nil || !results.facets.isEmpty else {
            return
        }
        var json = JSONWriter()
        json.object { json in
            if let total = results.total { json.member("total", total) }
            if let next = results.next { json.member("next", next) }
            if results.facets.isEmpty { return }
            json.name("facets")
            json.array { json in
                for facet in results.facets { Self.append(facet, to: &json) }
            }
        }
        console.note(String(decoding: json.bytes, as: UTF8.self))
    }

    private static func append(_ facet: Facet, to json: inout JSONWriter) {
        json.object { json in
            json.member("field", facet.field)
            json.member("others", facet.otherRowCount)
            json.name("counts")
            json.array { json in
                for count in facet.counts {
                    json.object { json in
                        json.name("value")
                        json.value(count.value)
                        json.member("rows", count.rowCount)
                    }
                }
            }
        }
    }

    private func show(_ explanation: SearchExplanation, _ console: Console) throws {
        guard output.json else { return try console.line(explanation.description) }
        var json = JSONWriter()
        json.object { json in
            json.member("index", explanation.index)
            json.member("query", explanation.query)
            if let filter = explanation.filter { json.member("filter", filter) }
            json.member("terms", explanation.termCount)
            json.member("postings_read", explanation.postingsRead)
            json.member("rows_scored", explanation.rowsScored)
            json.member("blocks_skipped", explanation.blocksSkipped)
        }
        json.endLine()
        try console.write(json.bytes)
    }
}
