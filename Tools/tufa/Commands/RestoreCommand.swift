import ArgumentParser
import Tufa
import TufaBytes

struct RestoreCommand: DatabaseCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a new database as it was at a moment.",
        discussion: """
            The database itself is only read. The moment is proved reachable before anything is \
            written, and the copy is a history of its own. --dry-run says what would be done.

              tufa restore blog.tufa --into before.tufa --label 'first import'
            """)

    @OptionGroup var database: DatabaseArgument
    @Option(help: ArgumentHelp("The folder to make, missing or empty.", valueName: "new"))
    var into: String
    @Option(help: "Up to the last commit at or before this position.")
    var position: UInt64?
    @Option(help: "Up to the last commit at or before this time (RFC 3339).")
    var time: String?
    @Option(help: "Up to the last commit with this label.")
    var label: String?
    @Flag(help: "Take the history of a damaged database to end before the damage.")
    var upToDamage = false
    @Flag(help: "Say what would be done, and write nothing.")
    var dryRun = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        let given = [position != nil, time != nil, label != nil].filter(\.self).count
        if given != 1 { throw ValidationError("Give one of --position, --time and --label.") }
        if let time, Timestamp(time) == nil {
            throw ValidationError(
                "--time \(time) is no time; write it like 2024-05-01T12:30:00Z.")
        }
    }

    func run(_ console: Console) throws {
        let progress = Progress("restore", console)
        let report = try Database.restoreBlocking(
            database.path, to: into, upTo: moment, upToDamage: upToDamage, dryRun: dryRun)
        let seconds = progress.seconds
        guard output.json else { return try show(report, seconds, console) }
        var json = JSONWriter()
        json.object { json in
            json.member("position", report.position)
            json.member("time", report.time.description)
            json.member("events", report.eventCount)
            json.name("state_hash")
            if let hash = report.stateHash { json.string(hash) } else { json.null() }
            json.member("dry_run", dryRun)
            json.name("steps")
            json.array { json in report.steps.forEach { json.string($0) } }
            json.member("seconds", seconds)
        }
        json.endLine()
        try console.write(json.bytes)
    }

    private var moment: Moment {
        if let position { return .position(position) }
        if let time = time.flatMap({ Timestamp($0) }) { return .timestamp(time) }
        return .label(label ?? "")
    }

    private func show(_ report: RestoreReport, _ seconds: Double, _ console: Console) throws {
        for step in report.steps { try console.line(step) }
        let what = dryRun ? "Would restore" : "Restored"
        try console.line(
            "\(what) \(Progress.grouped(report.eventCount)) events up to position "
                + "\(report.position) of \(report.time).")
        if let hash = report.stateHash {
            try console.line("State hash \(hash), \(Progress.time(seconds))")
        }
    }
}
