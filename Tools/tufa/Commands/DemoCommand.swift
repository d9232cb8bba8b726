import ArgumentParser
import Foundation
import Tufa
import TufaBytes

struct DemoCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "See the whole engine at work on the history of a git repository.",
        discussion: """
            Authors and commits become rows, a changed author name an update. Then: a lookup, a \
            query, a search, a snapshot, archives, a restore to the middle of the history, and the \
            proof by state hash that the restored database equals a replay. Exit code 1 where it \
            does not. The databases are made in a temporary folder and removed.

              tufa demo ~/src/linux
            """)

    @Argument(help: "The folder of the repository.")
    var repository = "."
    @Option(help: ArgumentHelp("Make the databases in this new folder and keep them."))
    var keep: String?
    @OptionGroup var output: OutputOptions

    func run(_ console: Console) throws {
        let folder = try makeFolder()
        defer {
            if keep == nil { try? FileManager.default.removeItem(atPath: folder) }
        }
        let start = ContinuousClock.now
        let demo = Demo(in: folder, quietly: output.json, console)
        try demo.run(repository)
        let seconds = Progress.seconds(ContinuousClock.now - start)
        if output.json {
            try console.write(json(demo, seconds))
        } else {
            try console.line()
            for (name, hash) in demo.hashes {
                try console.line(
                    name.padding(toLength: 10, withPad: " ", startingAt: 0) + hash)
            }
            try console.line(
                demo.isProved
                    ? "Proved: the restored database equals the replay, "
                        + "\(Progress.time(seconds)) in all."
                    : "Not equal: the restored database differs from the replay.")
            if keep != nil { try console.line("The databases are in \(folder).") }
        }
        if !demo.isProved { throw FoundDamage() }
    }

    private func makeFolder() throws -> String {
        let folder =
            keep
            ?? FileManager.default.temporaryDirectory
            .appendingPathComponent("tufa-demo-\(RowID.make())").path
        if FileManager.default.fileExists(atPath: folder) {
            throw DatabaseError(
                .alreadyExists, "\(folder) is there already.",
                advice: "Give --keep a folder that is not there yet.")
        }
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw DatabaseError(
                .io, "Cannot make the folder \(folder): \(error.localizedDescription)")
        }
        return folder
    }

    private func json(_ demo: Demo, _ seconds: Double) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("ok", demo.isProved)
            json.member("seconds", seconds)
            json.member("position", demo.restoredPosition)
            json.name("state_hashes")
            json.object { json in
                for (name, hash) in demo.hashes { json.member(name, hash) }
            }
            json.name("steps")
            json.array { json in
                for step in demo.steps {
                    json.object { json in
                        json.member("step", step.name)
                        json.member("seconds", step.seconds)
                        json.member("result", step.result)
                    }
                }
            }
        }
        json.endLine()
        return json.bytes
    }
}
