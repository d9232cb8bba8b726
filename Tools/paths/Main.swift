import Foundation
import Tufa

/// Takes one hot path a fixed number of times; `Tools/count-instructions` counts what that costs.
@main
struct Paths {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 2, let path = HotPath(rawValue: arguments[1]) else {
            let names = HotPath.allCases.map(\.rawValue).joined(separator: " ")
            FileHandle.standardError.write(Data("usage: TufaPaths PATH, of \(names)\n".utf8))
            exit(2)
        }
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "tufa-paths-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try path.run(in: folder)
        // How often the path was taken.
        print(path.count)
    }
}

/// Runs what is counted; the tool that counts knows this function by its name.
@inline(never)
func measured(_ body: () throws -> Void) rethrows { try body() }
