import ArgumentParser
import Tufa

struct SnapshotCommand: DatabaseCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Write the state to a file, so that the next open is fast.",
        discussion: """
              tufa snapshot blog.tufa
            """)

    @OptionGroup var database: DatabaseArgument
    @OptionGroup var output: OutputOptions

    func run(_ console: Console) throws {
        try database.withDatabase(console, forWriting: true) { database in
            let progress = Progress("snapshot", console)
            let report = try database.snapshotBlocking()
            let seconds = progress.seconds
            guard output.json else {
                return try console.line(
                    "Snapshot of position \(report.position): \(report.file), "
                        + "\(Progress.bytes(report.byteCount)), \(Progress.time(seconds))")
            }
            var json = JSONWriter()
            json.object { json in
                json.member("position", report.position)
                json.member("file", report.file)
                json.member("bytes", report.byteCount)
                json.member("seconds", seconds)
            }
            json.endLine()
            try console.write(json.bytes)
        }
    }
}
