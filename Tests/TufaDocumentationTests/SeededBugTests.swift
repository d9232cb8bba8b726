import Foundation
import Testing

/// The catalogue of seeded bugs fits the sources, so that whoever changes them hears of it at once
/// and not when `Tools/seed-bugs` is run the next time.
@Suite("Seeded bugs")
struct SeededBugTests {
    private func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
    }

    @Test("each bug has its one place, tests that there are, and its line in Docs/SeededBugs.md")
    func catalogue() throws {
        guard try run(["python3", "--version"]).status == 0 else { return }
        let tool = MarkdownPage.root.appending(path: "Tools/seed-bugs").path
        let checked = try run(["python3", tool, "--check"])
        #expect(checked.status == 0, "\(checked.output)")
    }
}
