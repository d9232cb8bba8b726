import Testing

/// The code of the README, of the pages and of the guides compiles without a warning and runs.
@Suite("Documentation")
struct DocumentationTests {
    @Test("a page's code compiles, runs and prints what the page says", arguments: try pages())
    func page(_ page: MarkdownPage) throws {
        let run = try PageRun()
        defer { run.finish() }
        let compiled = try run.compile(page)
        try #require(compiled.status == 0, "\(compiled.errors)\(compiled.output)")
        let result = try run.run()
        #expect(result.status == 0, "\(page.path): \(result.errors)")
        if let output = page.output { #expect(result.output == output, "\(page.path)") }
    }

    static func pages() throws -> [MarkdownPage] { try MarkdownPage.all() }

    @Test("the README and every guide have code that was found")
    func pagesAreFound() throws {
        let paths = try MarkdownPage.all().map(\.path)
        #expect(paths.contains("README.md"))
    }

    @Test("blocks are found with their lines, hidden ones too, and other fences are left alone")
    func extraction() throws {
        let page = try MarkdownPage(
            path: "P.md",
            text: """
                # Page
                ```swift
                let a = 1

                ```
                ```sh
                ls
                ```
                <!-- swift
                let b = 2
                -->
                  ```swift
                  print(a + b)
                  ```
                ```output
                3
                ```
                """)
        #expect(
            page.blocks == [
                .init(line: 3, code: "let a = 1\n\n"), .init(line: 10, code: "let b = 2\n"),
                .init(line: 13, code: "  print(a + b)\n"),
            ])
        #expect(page.output == "3\n")
    }

    @Test("a block that is not closed is an error with its line")
    func unclosed() {
        #expect(throws: UnclosedBlock(path: "P.md", line: 2)) {
            try MarkdownPage(path: "P.md", text: "text\n```swift\nlet a = 1\n")
        }
    }

    @Test("what does not compile is seen with the page's line, and so is what traps")
    func failuresAreSeen() throws {
        let run = try PageRun()
        defer { run.finish() }
        let wrong = try MarkdownPage(
            path: "Wrong.md", text: "A\n\n```swift\nimport Tufa\nlet a: Int = \"text\"\n```\n")
        let compiled = try run.compile(wrong)
        #expect(compiled.status != 0)
        #expect(compiled.errors.contains("Wrong.md:5"))
        let trap = try MarkdownPage(
            path: "Trap.md", text: "```swift\nimport Tufa\nlet no = false\nprecondition(no)\n```\n")
        #expect(try run.compile(trap).status == 0)
        #expect(try run.run().status != 0)
    }
}
