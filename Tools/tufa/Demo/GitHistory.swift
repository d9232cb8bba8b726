import Foundation
import TufaBytes

/// The commits of a git repository, the oldest first.
struct GitHistory {
    /// One commit.
    struct Commit {
        /// The hash, in hexadecimal digits.
        var hash: String
        var email: String
        var name: String
        /// Seconds since 1970.
        var seconds: Int64
        var subject: String
        var body: String
    }

    /// The folder that was read.
    let path: String
    /// The commits in order of time; those of one second in the order in which git gives them.
    let commits: [Commit]

    /// Reads the history that leads to the current commit of a repository.
    ///
    /// - Throws: `io` where git is missing or refuses, with what it says.
    init(_ path: String) throws {
        self.path = path
        let output = try GitHistory.run([
            "-C", path, "-c", "log.showSignature=false", "log", "--reverse", "--no-color",
            "--encoding=UTF-8", "-z", "--format=tformat:%H%x00%ae%x00%an%x00%ct%x00%s%x00%b",
        ])
        var fields = output.split(separator: 0, omittingEmptySubsequences: false)
        if fields.last?.isEmpty == true, fields.count % 6 == 1 { fields.removeLast() }
        guard !fields.isEmpty, fields.count % 6 == 0 else {
            throw DatabaseError(
                .unsupported, "git log of \(path) gave an output that is not as expected.",
                advice: "Try it with git 2.20 or newer.")
        }
        var commits: [Commit] = []
        commits.reserveCapacity(fields.count / 6)
        for at in stride(from: 0, to: fields.count, by: 6) {
            let texts = (at..<at + 6).map { String(decoding: fields[$0], as: UTF8.self) }
            commits.append(
                Commit(
                    hash: texts[0].trimmingCharacters(in: .whitespacesAndNewlines),
                    email: texts[1], name: texts[2],
                    // A broken clock can have written any number.
                    seconds: min(max(Int64(texts[3]) ?? 0, 0), 253_402_300_799),
                    subject: texts[4],
                    body: texts[5].trimmingCharacters(in: .whitespacesAndNewlines)))
        }
        self.commits =
            commits.enumerated()
            .sorted { ($0.element.seconds, $0.offset) < ($1.element.seconds, $1.offset) }
            .map(\.element)
    }

    private static func run(_ arguments: [String]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["git"] + arguments
        let (output, problems) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = problems
        process.standardInput = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw missing
        }
        // What git complains about is short and fits into the pipe while its output is read.
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        let complaint = try problems.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        if process.terminationStatus == 127 { throw missing }
        guard process.terminationStatus == 0 else {
            let text = String(decoding: complaint, as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            throw DatabaseError(
                .io, "git cannot read the history: \(text)",
                advice: "Name the folder of a repository with a commit: tufa demo PATH.")
        }
        return [UInt8](bytes)
    }

    private static var missing: DatabaseError {
        DatabaseError(
            .io, "git is not there, and the demo reads the history of a git repository.",
            advice: "Install git and try again.")
    }
}
