import Foundation
import Tufa

/// A document with its text in the full-text index.
struct Document: Entity {
    var id = EntityID<Document>()
    var text = ""
    var bucket = 0

    static let schema = Schema<Document>("documents") {
        Field("text", \.text)
        Field("bucket", \.bucket)
        FullText(\.text)
    }
}

/// The same without full text, to see what a commit takes that has none.
struct PlainDocument: Entity {
    var id = EntityID<PlainDocument>()
    var text = ""

    static let schema = Schema<PlainDocument>("plain_documents") { Field("text", \.text) }
}

/// Tufa as its users have it: a database, views, `view.forEach` of a search, rows.
final class TufaSearchEngine: SearchEngine {
    let name = "Tufa"
    let version: String
    let ways: [Way] = [.rows, .structs]
    private let scratch: Scratch
    private let texts: [String]
    private var buildCount = 0
    /// Nil until it is built.
    private(set) var database: Database?

    init(_ corpus: SearchCorpus, _ scratch: Scratch, version: String) {
        self.scratch = scratch
        self.version = version
        texts = corpus.texts
    }

    /// Commits are acknowledged before they are synced, as with the peers.
    static let durability = Durability.buffered(within: .seconds(1))

    func build(batch: Int) throws -> Double? {
        try close()
        if buildCount > 0 {
            try FileManager.default.removeItem(atPath: scratch.path("documents\(buildCount)"))
        }
        buildCount += 1
        var options = DatabaseOptions()
        options.logger.logLevel = .warning
        options.snapshotEventInterval = nil
        let database = try Database.openBlocking(
            scratch.path("documents\(buildCount)"), options: options, Document.self,
            PlainDocument.self)
        self.database = database
        return try seconds {
            var start = 0
            while start < texts.count {
                let end = min(start + batch, texts.count)
                _ = try database.writeBlocking(durability: Self.durability) { tx in
                    for number in start..<end {
                        try tx.insert(Document(text: texts[number], bucket: number % 10))
                    }
                }
                start = end
            }
        }
    }

    func close() throws {
        try database?.closeBlocking()
        database = nil
    }

    /// What a person would type; of a fuzzy word, the word.
    static func text(_ question: Question) -> String {
        switch question.kind {
        case .all, .fuzzy, .filtered: question.words.joined(separator: " ")
        case .any: question.words.joined(separator: " OR ")
        case .phrase: "\"" + question.words.joined(separator: " ") + "\""
        case .prefix: question.words[0] + "*"
        }
    }

    private static func search(_ question: Question) -> Search<Document> {
        switch question.kind {
        case .all, .any, .phrase, .prefix:
            return Document.search(text(question))
        case .fuzzy:
            return Document.search(.fuzzy(text(question), edits: question.distance))
        case .filtered:
            return Document.search(text(question)).filter { $0.bucket == Question.filteredBucket }
        }
    }

    func ask(_ questions: [Question], by way: Way) throws -> Answers? {
        guard let view = database?.view() else { return nil }
        if way == .structs {
            return try timeEach(questions) { try view.search(Self.search($0)).hits.count }
        }
        let text = Document.columns.text
        return try timeEach(questions) { question in
            var count = 0
            try view.forEach(Self.search(question)) { row, _ in
                count += row.withUTF8(of: text) { $0.isEmpty ? 0 : 1 }
            }
            return count
        }
    }

    func matches(_ questions: [Question]) throws -> [Int]? {
        guard let view = database?.view() else { return nil }
        return try questions.map { try view.search(Self.search($0).limit(1).counted()).total ?? 0 }
    }

    func commits(_ count: Int, seed: Int) throws -> [Double]? {
        guard let database else { return nil }
        return try (0..<count).map { number in
            let word = "zqvisible\(seed)x\(number)"
            let document = Document(text: texts[number * 97 % texts.count] + " " + word, bucket: 0)
            var view = database.view()
            let took = try seconds {
                _ = try database.writeBlocking(durability: Self.durability) { tx in
                    try tx.insert(document)
                }
                view = database.view()
            }
            let found = try view.search(Document.self, word)
            precondition(found.count == 1, "\(word) is in \(found.count) documents.")
            return took * 1e6
        }
    }

    /// The same commits without full text.
    func plainCommits(_ count: Int) throws -> [Double] {
        guard let database else { return [] }
        return try (0..<count).map { number in
            let document = PlainDocument(text: texts[number * 97 % texts.count])
            return try seconds {
                _ = try database.writeBlocking(durability: Self.durability) { tx in
                    try tx.insert(document)
                }
                _ = database.view()
            } * 1e6
        }
    }

    func size() throws -> IndexSize? {
        let table = try database?.info().tables.first { $0.name == Document.schema.name }
        guard let index = table?.indexes.last else { return nil }
        return IndexSize(byteCount: index.byteCount, place: "in memory")
    }
}
