import Foundation
import Testing

/// A page of the documentation and the program that its blocks make, in the order of the page.
///
/// Every fence marked `swift` is part of the program; what a reader need not see stands in a
/// comment that opens with a line `<!-- swift`. What the program prints is in fences marked
/// `output`, which are compared when there are any.
struct MarkdownPage: Sendable, CustomTestStringConvertible {
    /// One block of code and the line of the page on which its first line stands.
    struct Block: Equatable {
        var line: Int
        var code: String
    }

    /// The path from the top of the repository.
    let path: String
    let blocks: [Block]
    /// All that the page says the program prints; nil where it says nothing.
    let output: String?

    var testDescription: String { path }

    init(path: String, text: String) throws(UnclosedBlock) {
        self.path = path
        var blocks: [Block] = []
        var output: String?
        var open: (kind: String, end: String, block: Block)?
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let words = line.trimmingCharacters(in: .whitespaces)
            if let current = open {
                guard words == current.end else {
                    open?.block.code += line + "\n"
                    continue
                }
                if current.kind == "swift" { blocks.append(current.block) }
                if current.kind == "output" { output = (output ?? "") + current.block.code }
                open = nil
            } else if words.hasPrefix("```") {
                let kind = String(words.dropFirst(3)).lowercased()
                open = (kind, "```", Block(line: index + 2, code: ""))
            } else if words == "<!-- swift" {
                open = ("swift", "-->", Block(line: index + 2, code: ""))
            }
        }
        if let open { throw UnclosedBlock(path: path, line: open.block.line - 1) }
        self.blocks = blocks
        self.output = output
    }

    /// The text of a `main.swift`; errors in it name the lines of the page.
    var program: String {
        blocks.map { "#sourceLocation(file: \"\(path)\", line: \($0.line))\n\($0.code)" }.joined()
    }
}

/// A block that runs to the end of its page.
struct UnclosedBlock: Error, Equatable {
    let path: String
    let line: Int
}

extension MarkdownPage {
    /// The top of the repository.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every page of the repository that has code, in order of path.
    static func all() throws -> [MarkdownPage] {
        var paths = ["README.md"]
        for folder in ["Docs", "Sources/Tufa/Tufa.docc"] {
            let names = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
            while let name = names?.nextObject() as? String {
                if name.hasSuffix(".md") { paths.append("\(folder)/\(name)") }
            }
        }
        return try paths.sorted().compactMap { path in
            let data = try? Data(contentsOf: root.appending(path: path))
            guard let data else { return nil }
            let page = try MarkdownPage(path: path, text: String(decoding: data, as: UTF8.self))
            return page.blocks.isEmpty ? nil : page
        }
    }
}
