import Foundation
import Testing

/// Every promise of the durability page names the tests that hold it, and they exist.
@Suite("Named tests")
struct NamedTests {
    @Test("each promise names tests that there are")
    func promises() throws {
        let page = try String(
            contentsOf: MarkdownPage.root.appending(path: "Docs/Durability.md"), encoding: .utf8)
        let sources = try Self.testSources()
        let promises = page.split(separator: "\n\n").filter {
            $0.wholeMatch(of: /\*\*[0-9]+\. .*/.dotMatchesNewlines()) != nil
        }
        #expect(promises.count > 10)
        for promise in promises {
            let title = promise.prefix(60)
            let held = promise.split(separator: /Held\s/).dropFirst().joined()
            let names = held.matches(of: /`([^`]+)`/).map {
                $0.1.replacing("\n", with: " ")
            }
            #expect(!names.isEmpty, "No test is named by: \(title)")
            for name in names {
                let isThere = ["func \(name)(", "func `\(name)`(", "struct \(name) "]
                    .contains { sources.contains($0) }
                #expect(isThere, "There is no test \(name), which is named by: \(title)")
            }
        }
    }

    /// The text of all tests.
    private static func testSources() throws -> String {
        let folder = MarkdownPage.root.appending(path: "Tests")
        let names = FileManager.default.enumerator(atPath: folder.path)
        var text = ""
        while let name = names?.nextObject() as? String {
            guard name.hasSuffix(".swift") else { continue }
            text += try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        }
        return text
    }
}
