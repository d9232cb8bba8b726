import Foundation
import Testing

/// The figures of a machine, as its user sees them.
struct BenchToolTests {
    @Test
    func everythingIsMeasuredAndTheFolderIsRemoved() throws {
        let folder = try ToolFolder()
        let scratch = folder.path + "/scratch"
        let json = try ToolProcess(["bench", scratch, "--rows", "2000", "--json"])
        #expect(json.status == 0, "\(json.errors)\(json.output)")
        #expect(!FileManager.default.fileExists(atPath: scratch))
        let figures = json.json["figures"] as? [[String: Any]] ?? []
        let names = figures.compactMap { $0["name"] as? String }
        let wanted = [
            "sync", "memory_copy", "durable_single", "durable_64", "buffered_single",
            "batch_users", "batch_posts", "lookup", "newest", "search", "memory", "replay",
            "snapshot", "open",
        ]
        #expect(names == wanted)
        for figure in figures {
            #expect((figure["value"] as? Double ?? 0) > 0, "\(figure)")
        }
    }

    @Test
    func aFolderWithSomethingInItIsLeftAlone() throws {
        let folder = try ToolFolder()
        try Data([1]).write(to: URL(fileURLWithPath: folder.path + "/precious"))
        let refused = try ToolProcess(["bench", folder.path, "--json"])
        #expect(refused.status == 1 && refused.error["code"] as? String == "already_exists")
        #expect(FileManager.default.fileExists(atPath: folder.path + "/precious"))
        #expect(try ToolProcess(["bench", folder.path + "/x", "--rows", "10"]).status == 2)
    }
}
