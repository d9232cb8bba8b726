import Tufa
import TufaBytes
import TufaModel

/// Writes a git history into a database: authors, their changed names, and commits.
struct HistoryImport {
    private static let largestBatchCount = 1_000

    private struct Author {
        var id: RowID
        var name: String
    }

    /// How many rows of each kind of event were written.
    private(set) var users = 0
    private(set) var renames = 0
    private(set) var posts = 0
    /// The positions of the database's commits.
    private(set) var positions: [UInt64] = []

    private var authors: [String: Author] = [:]
    private var lastTime = Timestamp(microseconds: -1)

    /// Writes everything, a batch of commits in each of the database's.
    mutating func run(_ history: GitHistory, into database: Database, _ progress: Progress) throws {
        // A short history makes several batches too, so that it has a middle to restore to.
        let batch = min(HistoryImport.largestBatchCount, history.commits.count / 10 + 1)
        var start = 0
        while start < history.commits.count {
            let end = min(start + batch, history.commits.count)
            let label = "commits \(start + 1) to \(end)"
            let commit = try database.writeBlocking(as: "demo", label: label) { transaction in
                for commit in history.commits[start..<end] { try write(commit, &transaction) }
            }
            positions.append(commit.position)
            start = end
            progress.update(
                UInt64(end), "commits", part: UInt64(end), of: UInt64(history.commits.count))
        }
    }

    private mutating func write(
        _ commit: GitHistory.Commit, _ transaction: inout Transaction
    ) throws {
        // Times of one second are put a microsecond apart, so that their order stays.
        let time = Timestamp(
            microseconds: max(commit.seconds * 1_000_000, lastTime.microseconds + 1))
        lastTime = time
        let email = HistoryRows.short(commit.email)
        let userID: RowID
        if var author = authors[email] {
            userID = author.id
            if author.name != commit.name {
                author.name = commit.name
                authors[email] = author
                renames += 1
                try transaction.update(
                    "users", id: author.id,
                    ["name": .text(commit.name), "updated_at": .timestamp(time)])
            }
        } else {
            userID = HistoryRows.id(commit.hash.suffix(32))
            authors[email] = Author(id: userID, name: commit.name)
            users += 1
            try transaction.insert(
                "users", id: userID,
                [
                    "email": .text(email), "name": .text(commit.name),
                    "created_at": .timestamp(time), "updated_at": .timestamp(time),
                ])
        }
        posts += 1
        try transaction.insert(
            "posts", id: HistoryRows.id(commit.hash),
            [
                "user_id": .uuid(userID), "title": .text(commit.subject),
                "content": commit.body.isEmpty ? .null : .text(commit.body),
                "created_at": .timestamp(time), "updated_at": .timestamp(time),
            ])
    }
}
