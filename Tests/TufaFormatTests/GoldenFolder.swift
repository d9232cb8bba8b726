import Foundation
import Tufa
import TufaStorage

/// A folder of files that some version has written, and what a reader must find in them.
struct GoldenFolder {
    let version: String

    static var root: URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
    }

    static var versions: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        return names.filter { $0.hasPrefix("v") }.sorted()
    }

    var url: URL { Self.root.appending(path: version) }

    /// The lines of `expected.txt`.
    func expected() throws -> [String] {
        let text = try String(contentsOf: url.appending(path: "expected.txt"), encoding: .utf8)
        return text.split(separator: "\n").map(String.init)
    }

    /// Copies the database to a folder of its own, hands that over, and removes it.
    func withCopy<R>(_ body: (String) throws -> R) throws -> R {
        let manager = FileManager.default
        let copy = manager.temporaryDirectory.appending(path: "tufa-golden-\(UUID().uuidString)")
        try manager.createDirectory(at: copy, withIntermediateDirectories: true)
        defer { try? manager.removeItem(at: copy) }
        try manager.copyItem(at: url.appending(path: "db"), to: copy.appending(path: "db"))
        // Git keeps no empty folders.
        for name in ["log", "snapshots", "archive", "quarantine"] {
            try manager.createDirectory(
                at: copy.appending(path: "db/\(name)"), withIntermediateDirectories: true)
        }
        return try body(copy.appending(path: "db").path)
    }

    /// Every commit and every event on a line of its own, and the state hash at the end.
    static func describe(_ db: Database) throws -> [String] {
        var lines: [String] = []
        try db.forEachCommit { commit in
            let metadata = commit.metadata.map { String($0) }.joined(separator: ",")
            lines.append(
                "commit \(commit.position) \(commit.time) actor=\(commit.actor) "
                    + "label=\(commit.label) key=\(commit.key) metadata=\(metadata)")
            for event in commit.events {
                let fields = event.fields.map { "\($0.name)=\(short($0.value))" }
                lines.append(
                    "  \(event.position) \(event.kind) \(event.table) \(event.id) "
                        + "v\(event.version) after \(event.previousPosition) "
                        + fields.joined(separator: " "))
            }
            return true
        }
        lines.append("state \(try db.view().stateHash())")
        return lines
    }

    /// A value, or its length and ends where it is long.
    private static func short(_ value: Value) -> String {
        let text = value.quoted
        guard text.count > 60 else { return text }
        return "\(text.prefix(24))…\(text.suffix(12)) (\(text.count))"
    }
}
