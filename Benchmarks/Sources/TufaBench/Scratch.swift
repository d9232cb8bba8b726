import Foundation

/// A folder for databases, removed in the end.
struct Scratch {
    let folder: URL

    init(in parent: String) throws {
        let name = "tufa-bench-\(UUID().uuidString.prefix(8))"
        folder = URL(filePath: parent).appending(path: name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// Removes what is in it.
    func empty() {
        let files = FileManager.default
        for name in (try? files.contentsOfDirectory(atPath: folder.path)) ?? [] {
            try? files.removeItem(atPath: path(name))
        }
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}
