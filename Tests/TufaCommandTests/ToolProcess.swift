import Foundation
import Testing
import Tufa
import TufaBytes

/// One run of the built command line.
struct ToolProcess {
    let status: Int32
    let output: String
    let errors: String

    /// The lines of the output.
    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// The output as one JSON object.
    var json: [String: Any] { ToolProcess.object(output) }

    /// The error on standard error as JSON.
    var error: [String: Any] {
        ToolProcess.object(errors)["error"] as? [String: Any] ?? [:]
    }

    static func object(_ text: String) -> [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
    }

    /// Runs the tool and waits for it.
    init(_ arguments: [String], input: String = "") throws {
        let process = Process()
        process.executableURL = ToolProcess.url
        process.arguments = arguments
        let (output, errors) = (Pipe(), Pipe())
        let file = try TestFile(input)
        process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: file.path))
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        let complaints = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        status = process.terminationStatus
        self.output = String(decoding: bytes, as: UTF8.self)
        self.errors = String(decoding: complaints, as: UTF8.self)
    }

    /// The tool stands beside the test bundle.
    private static var url: URL {
        var folder = Bundle.main.bundleURL
        for bundle in Bundle.allBundles where bundle.bundlePath.hasSuffix(".xctest") {
            folder = bundle.bundleURL.deletingLastPathComponent()
        }
        return folder.appendingPathComponent("tufa")
    }
}

/// A folder for databases that goes with its owner.
final class ToolFolder {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("tufa-test-\(RowID.make())").path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A database with users and posts, empty.
    func makeBlog() throws -> String {
        let schema = try TestFile(
            """
            CREATE TABLE users (
                id UUID PRIMARY KEY, email VARCHAR(40) NOT NULL UNIQUE, name TEXT NOT NULL,
                age INTEGER, CHECK (age > 0));
            CREATE TABLE posts (
                id UUID PRIMARY KEY, user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
                title TEXT NOT NULL);
            CREATE INDEX posts_text ON posts USING GIN(to_tsvector('english', title));
            """)
        let database = path + "/blog.tufa"
        let made = try ToolProcess(["create", database, "--schema", schema.path])
        #expect(made.status == 0, "\(made.errors)")
        return database
    }
}

/// An identifier by a small number.
func testID(_ number: Int) -> String { RowID(high: 1, low: UInt64(number)).description }
