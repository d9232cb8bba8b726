import ArgumentParser
import Tufa

struct ArchiveCommand: DatabaseCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Compress the log so far into verified archives.",
        discussion: """
            Nothing is lost: replay, log, history and restore read archives like the log.

              tufa archive blog.tufa
            """)

    @OptionGroup var database: DatabaseArgument
    @OptionGroup var output: OutputOptions

    func run(_ console: Console) throws {
        try database.withDatabase(console, forWriting: true) { database in
            let progress = Progress("archive", console)
            let report = try database.archiveBlocking()
            let seconds = progress.seconds
            guard output.json else {
                if report.files.isEmpty { return try console.line("There is nothing to archive.") }
                return try console.line(
                    "Archived \(Progress.grouped(report.eventCount)) events, "
                        + "\(Progress.bytes(report.rawByteCount)) in "
                        + "\(Progress.bytes(report.storedByteCount)), \(Progress.time(seconds)): "
                        + report.files.joined(separator: ", "))
            }
            var json = JSONWriter()
            json.object { json in
                json.name("files")
                json.array { json in report.files.forEach { json.string($0) } }
                json.member("events", report.eventCount)
                json.member("raw_bytes", report.rawByteCount)
                json.member("stored_bytes", report.storedByteCount)
                json.member("seconds", seconds)
            }
            json.endLine()
            try console.write(json.bytes)
        }
    }
}
