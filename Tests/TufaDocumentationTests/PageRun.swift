import Foundation

/// What a process said and how it ended.
struct ProcessResult {
    var status: Int32
    var output: String
    var errors: String
}

/// Compiles pages and runs what comes of it, each in a folder of its own.
struct PageRun {
    let products: BuildProducts
    let scratch: URL

    /// Makes a folder that `finish` removes.
    init() throws {
        scratch = FileManager.default.temporaryDirectory
            .appending(path: "tufa-page-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        products = try BuildProducts(scratch: scratch)
    }

    func finish() { try? FileManager.default.removeItem(at: scratch) }

    /// Compiles the program of a page; the result's status is 0 where it compiled.
    func compile(_ page: MarkdownPage) throws -> ProcessResult {
        let source = scratch.appending(path: "main.swift")
        try page.program.write(to: source, atomically: true, encoding: .utf8)
        return try run(
            "/usr/bin/env",
            ["swiftc", source.path, "-o", scratch.appending(path: "page").path]
                + products.compilerArguments,
            seconds: 300)
    }

    /// Runs the program that `compile` made.
    func run() throws -> ProcessResult {
        try run(scratch.appending(path: "page").path, [], seconds: 60)
    }

    private func run(_ tool: String, _ arguments: [String], seconds: Double) throws -> ProcessResult
    {
        let process = Process()
        process.executableURL = URL(filePath: tool)
        process.arguments = arguments
        process.currentDirectoryURL = scratch
        process.standardInput = FileHandle.nullDevice
        // Files, not pipes: a pipe that nobody empties stops the one who fills it.
        let files = try ["output.txt", "errors.txt"].map { name in
            let file = scratch.appending(path: name)
            try Data().write(to: file)
            return (file, try FileHandle(forWritingTo: file))
        }
        process.standardOutput = files[0].1
        process.standardError = files[1].1
        try process.run()
        let alarm = DispatchWorkItem { process.terminate() }
        DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: alarm)
        process.waitUntilExit()
        alarm.cancel()
        let texts = try files.map { String(decoding: try Data(contentsOf: $0.0), as: UTF8.self) }
        return ProcessResult(
            status: process.terminationStatus, output: texts[0], errors: texts[1])
    }
}
