import Foundation
import Tufa
import TufaBytes
import TufaModel

/// The whole engine on real input, step by step.
final class Demo {
    /// What a step took, for those who read it as JSON.
    struct Step {
        var name: String
        var seconds: Double
        var result: String
    }

    private let console: Console
    private let isQuiet: Bool
    private let folder: String
    private(set) var steps: [Step] = []
    /// What the restored database and the replays say.
    private(set) var hashes: [(name: String, hash: String)] = []
    /// Where the restored history ends.
    private(set) var restoredPosition: UInt64 = 0

    /// Prepares the demo in a folder, which is there already.
    init(in folder: String, quietly isQuiet: Bool, _ console: Console) {
        self.folder = folder
        self.isQuiet = isQuiet
        self.console = console
    }

    /// Whether the restored database holds the same rows as the history up to its moment.
    var isProved: Bool { Set(hashes.map(\.hash)).count == 1 }

    private var path: String { folder + "/history.tufa" }
    private var restored: String { folder + "/middle.tufa" }

    /// Runs all steps.
    func run(_ repository: String) throws {
        let history = try step("Read the git history of \(repository)") {
            let history = try GitHistory(repository)
            return (history, Progress.counted(history.commits.count, "commit"))
        }
        var imported = HistoryImport()
        let database = try Database.createBlocking(
            path, schema: try DDLParser.parse(HistoryRows.schema))
        try step("Write authors and commits, in synced batches") {
            let progress = Progress("import", console)
            try imported.run(history, into: database, progress)
            progress.finish()
            return (
                (),
                "\(Progress.counted(imported.users, "author")), "
                    + "\(Progress.counted(imported.renames, "changed name")), "
                    + Progress.counted(imported.posts, "commit")
            )
        }
        do {
            try ask(database, history)
            try keep(database)
        } catch {
            try? database.closeBlocking()
            throw error
        }
        try step("Close and reopen, from the snapshot") {
            try database.closeBlocking()
            let reopened = try Database.openBlocking(path)
            let position = reopened.view().position
            try reopened.closeBlocking()
            return ((), "position \(position)")
        }
        try prove(imported.positions[(imported.positions.count - 1) / 2])
    }

    private func ask(_ database: Database, _ history: GitHistory) throws {
        let view = database.view()
        let email = HistoryRows.short(history.commits.last?.email ?? "")
        let users = try Arguments.table("users", in: view.schema)
        let posts = try Arguments.table("posts", in: view.schema)
        let author = try step("Look up an author by email, \(email)") {
            let condition = try ConditionParser.condition("email=" + email, users)
            let found = try view.fetch(QueryShape(table: "users", predicate: condition, limit: 1))
            guard let author = found.first else {
                throw DatabaseError(.rowNotFound, "The author \(email) is not there.")
            }
            return (author, author["name"]?.description ?? "")
        }
        let newest = try step("Find this author's newest commits by an index") {
            let query = QueryShape(
                table: "posts",
                predicate: try ConditionParser.condition("user_id=\(author.id)", posts),
                sort: try ConditionParser.order("created_at:desc", posts), limit: 3)
            return (try view.fetch(query), try view.explain(query).description)
        }
        try show(newest)
        let word = Demo.word(of: history)
        let hits = try step("Search all messages for \(word)") {
            let hits = try view.search("posts", word, limit: 3)
            return (hits, "the best \(hits.count)")
        }
        try show(hits.map(\.row))
    }

    private func keep(_ database: Database) throws {
        try step("Write a snapshot") {
            let report = try database.snapshotBlocking()
            return ((), "\(report.file), \(Progress.bytes(report.byteCount))")
        }
        try step("Compress the log into archives") {
            let report = try database.archiveBlocking()
            return (
                (),
                "\(Progress.bytes(report.rawByteCount)) in "
                    + "\(Progress.bytes(report.storedByteCount))"
            )
        }
    }

    private func prove(_ middle: UInt64) throws {
        let report = try step("Restore to the middle of the history, position \(middle)") {
            let report = try Database.restoreBlocking(path, to: restored, upTo: .position(middle))
            return (report, Progress.counted(report.eventCount, "event"))
        }
        restoredPosition = report.position
        hashes.append(("restored", report.stateHash ?? "none"))
        try step("Show the original as of that position") {
            let database = try Database.openBlocking(path)
            defer { try? database.closeBlocking() }
            let hash = try database.viewBlocking(asOf: .position(middle)).stateHash()
            hashes.append(("original", hash))
            return ((), "state hash \(hash)")
        }
        try step("Replay the restored history, event by event") {
            let replay = try Database.replay(restored)
            hashes.append(("replayed", replay.stateHash))
            return (
                (),
                "\(Progress.counted(replay.eventCount, "event")), state hash \(replay.stateHash)"
            )
        }
    }

    private func step<T>(_ name: String, _ body: () throws -> (T, String)) throws -> T {
        let start = ContinuousClock.now
        let (value, result) = try body()
        let seconds = Progress.seconds(ContinuousClock.now - start)
        steps.append(Step(name: name, seconds: seconds, result: result))
        if !isQuiet {
            try console.line("\(steps.count). \(name)")
            try console.line("   \(result) (\(Progress.time(seconds)))")
            try console.flush()
        }
        return value
    }

    private func show(_ posts: [Record]) throws {
        guard !isQuiet else { return }
        for post in posts {
            let title = TextTable.oneLine(post["title"]?.description ?? "")
            let day = (post["created_at"]?.description ?? "").prefix(10)
            try console.line("     \(day)  \(TextTable.cut(title, 70))")
        }
    }

    /// A long word of the newest message, to search for.
    private static func word(of history: GitHistory) -> String {
        let subject = history.commits.last?.subject ?? ""
        let words = subject.split { !$0.isLetter || !$0.isASCII }
        return words.max { $0.count < $1.count }.map { $0.lowercased() } ?? "first"
    }
}
