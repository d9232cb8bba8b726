import ArgumentParser
import Tufa

struct ReplayCommand: DatabaseCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Replay the whole history from position 1, without snapshots, and measure it.",
        discussion: """
            The state hash is a digest of the rows alone: two databases with the same rows have \
            the same one. Nothing is changed.

              tufa replay blog.tufa --json
            """)

    @OptionGroup var database: DatabaseArgument
    @OptionGroup var output: OutputOptions

    func run(_ console: Console) throws {
        let progress = Progress("replay", console)
        let report = try Database.replay(database.path, progress: progress.replay)
        progress.finish()
        let rate = report.seconds > 0 ? Double(report.eventCount) / report.seconds : 0
        guard output.json else {
            try console.line(
                "Replayed \(Progress.grouped(report.eventCount)) events in "
                    + "\(Progress.time(report.seconds)), \(Progress.grouped(Int(rate))) a second, "
                    + "up to position \(report.position)")
            return try console.line("State hash \(report.stateHash)")
        }
        var json = JSONWriter()
        json.object { json in
            json.member("events", report.eventCount)
            json.member("seconds", report.seconds)
            json.member("events_per_second", rate.rounded())
            json.member("position", report.position)
            json.member("state_hash", report.stateHash)
        }
        json.endLine()
        try console.write(json.bytes)
    }
}
