import Foundation
import Tufa

/// The ten best of a term, of two terms, of a phrase, over articles of ten words.
enum SearchSuite {
    static func run(_ options: Options, _ scratch: Scratch, _ report: inout Report) throws {
        let db = try scratch.open("search")
        defer { try? db.closeBlocking() }
        var rows = Rows()
        let users = rows.users(0..<1000)
        try write(users, to: db)
        let articles = rows.articles(options.rows / 5, of: users.map(\.id), from: 0)
        try write(articles, to: db)
        let size = "\(grouped(Double(articles.count))) texts"
        let words = rows.words.all
        var chance = Chance(seed: 5)
        let common = Array(words[10..<200])
        let rare = Array(words[2000..<12_000])
        try time("term, common, top 10, \(size)", db, &report) {
            common.randomElement(using: &chance) ?? ""
        }
        try time("term, rare, top 10, \(size)", db, &report) {
            rare.randomElement(using: &chance) ?? ""
        }
        try time("two terms, both common, top 10, \(size)", db, &report) {
            (common.randomElement(using: &chance) ?? "") + " "
                + (common.randomElement(using: &chance) ?? "")
        }
        try time("phrase of two words that are there, top 10, \(size)", db, &report) {
            let content = articles.randomElement(using: &chance)?.content ?? ""
            return "\"" + content.split(separator: " ").prefix(2).joined(separator: " ") + "\""
        }
        let text = try db.info().tables.last?.indexes.last
        report.add(
            "memory of the text index, \(size)",
            "\(grouped(Double(text?.byteCount ?? 0) / Double(articles.count))) bytes/text")
    }

    /// The median over 1,000 queries, the queries made before the clock runs.
    private static func time(
        _ what: String, _ db: Database, _ report: inout Report, _ make: () -> String
    ) throws {
        let view = db.view()
        let queries = (0..<1000).map { _ in make() }
        var found = 0
        let medians = try (0..<repetitions).map { _ in
            median(
                try queries.map { query in
                    try seconds { found += try view.search(Article.self, query).count }
                })
        }
        precondition(found > 0, "No search found anything.")
        report.time("search: \(what)", medians)
    }
}
