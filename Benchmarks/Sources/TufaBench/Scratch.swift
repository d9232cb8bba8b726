import Foundation
import Tufa

/// A folder for databases, removed in the end.
struct Scratch {
    let folder: URL

    init(in parent: String) throws {
        folder = URL(filePath: parent).appending(path: "tufa-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// Opens or makes a database with all three tables.
    func open(_ name: String) throws -> Database {
        var options = DatabaseOptions()
        options.logger.logLevel = .warning
        // Snapshots are written where they are measured, and nowhere else.
        options.snapshotEventInterval = nil
        return try Database.openBlocking(
            path(name), options: options, User.self, Post.self, Article.self)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}

/// Writes rows in commits of 1,000, each synced.
func write<E: Entity>(_ rows: [E], to db: Database) throws {
    var start = 0
    while start < rows.count {
        let end = min(start + 1000, rows.count)
        _ = try db.writeBlocking { tx in
            for row in rows[start..<end] { try tx.insert(row) }
        }
        start = end
    }
}
