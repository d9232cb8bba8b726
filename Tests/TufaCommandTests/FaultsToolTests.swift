import Foundation
import Testing

/// The trial of a disk, as its user sees it.
struct FaultsToolTests {
    @Test
    func aScratchFolderIsTriedAndRemoved() throws {
        let folder = try ToolFolder()
        let scratch = folder.path + "/scratch"
        let done = try ToolProcess(["faults", scratch, "--every", "500"])
        #expect(done.status == 0, "\(done.errors)\(done.output)")
        #expect(done.output.contains("Sound:") && done.output.contains("0 broken"))
        #expect(!FileManager.default.fileExists(atPath: scratch))
        let json = try ToolProcess(["faults", scratch, "--every", "900", "--json"])
        #expect(json.status == 0 && json.json["ok"] as? Bool == true)
        #expect((json.json["parts"] as? [[String: Any]])?.count == 4)
    }

    @Test
    func aFolderWithSomethingInItIsLeftAlone() throws {
        let folder = try ToolFolder()
        let file = folder.path + "/precious"
        try Data([1]).write(to: URL(fileURLWithPath: file))
        for place in [folder.path, file] {
            let refused = try ToolProcess(["faults", place, "--json"])
            #expect(refused.status == 1 && refused.error["code"] as? String == "already_exists")
        }
        #expect(FileManager.default.fileExists(atPath: file))
        #expect(try ToolProcess(["faults", folder.path + "/x", "--every", "0"]).status == 2)
    }
}
