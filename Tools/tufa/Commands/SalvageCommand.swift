import ArgumentParser
import Foundation
import Tufa
import TufaBytes

struct SalvageCommand: DatabaseCommand {
    static let configuration = CommandConfiguration(
        commandName: "salvage",
        abstract: "Bring everything that can still be read into a new database.",
        discussion: """
            For what repair and restore refuse: damage in the middle, missing files, a lost \
            manifest. The database itself is only read. What is missing, uncertain or left out is \
            written to a file of JSON lines beside the new database, NEW.salvage.jsonl, or to \
            --report. Exit code 1 where anything is missing, or may be; the new database is made \
            all the same.

              tufa salvage blog.tufa --into saved.tufa
            """)

    @OptionGroup var database: DatabaseArgument
    @Option(help: ArgumentHelp("The folder to make, missing or empty.", valueName: "new"))
    var into: String
    @Option(help: ArgumentHelp("The file for what is missing.", valueName: "file"))
    var report: String?
    @OptionGroup var output: OutputOptions

    private var reportPath: String {
        if let report { return report }
        var folder = into
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        return folder + ".salvage.jsonl"
    }

    func run(_ console: Console) throws {
        // Nothing is made that could not be reported.
        let file = try SalvageFile(reportPath)
        let progress = Progress("salvage", console)
        let done: SalvageReport
        do {
            done = try Database.salvage(database.path, into: into)
            try file.write(done)
        } catch {
            file.remove()
            throw error
        }
        progress.finish()
        if output.json {
            try console.write(json(done, progress.seconds))
        } else {
            try show(done, progress.seconds, console)
        }
        if !done.isWhole { throw FoundDamage() }
    }

    private func path(_ file: String) -> String { Failure.path(inside: database.path, file) }

    private func show(_ done: SalvageReport, _ seconds: Double, _ console: Console) throws {
        for gap in done.gaps {
            let last = gap.last.map { "\($0)" } ?? "an unknown end"
            try console.line("Missing: positions \(gap.first) to \(last)")
            for place in gap.places {
                try console.line(
                    "  \(path(place.file)) at byte \(place.offset): \(place.reason)")
            }
        }
        let told = Set(done.gaps.flatMap(\.places).map { "\($0.file) \($0.offset)" })
        for place in done.places where !told.contains("\(place.file) \(place.offset)") {
            try console.line(
                "Not as written: \(path(place.file)) at byte \(place.offset): \(place.reason)")
        }
        for source in done.sources {
            try console.line(
                "\(path(source.file)): \(Progress.grouped(source.commitCount)) commits, "
                    + "\(Progress.grouped(source.eventCount)) events, "
                    + "\(Progress.grouped(source.rowCount)) rows")
        }
        for event in done.lostEvents {
            try console.line("Lost: the event at position \(event.position): \(event.reason)")
        }
        for note in done.notes { try console.line(note) }
        try console.line(
            "Salvaged \(Progress.grouped(done.rowCount)) rows; the history is as it was up to "
                + "position \(done.wholeThrough). \(done.uncertain.count) uncertain, "
                + "\(done.leftOut.count) left out.")
        try console.line("State hash \(done.stateHash), \(Progress.time(seconds))")
        if !done.isWhole {
            try console.line("What is missing or unknown is listed in \(reportPath).")
        }
    }

    private func json(_ done: SalvageReport, _ seconds: Double) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("ok", done.isWhole)
            json.member("rows", done.rowCount)
            json.member("commits", done.commitCount)
            json.member("events", done.eventCount)
            json.member("whole_through", done.wholeThrough)
            json.member("end_known", done.isEndKnown)
            json.member("position", done.position)
            json.member("state_hash", done.stateHash)
            json.member("uncertain", done.uncertain.count)
            json.member("left_out", done.leftOut.count)
            json.member("lost_events", done.lostEvents.count)
            json.name("gaps")
            json.array { json in
                for gap in done.gaps { SalvageFile.write(gap, to: &json, path) }
            }
            json.name("places")
            json.array { json in
                for place in done.places { SalvageFile.write(place, to: &json, path) }
            }
            json.name("sources")
            json.array { json in
                for source in done.sources {
                    json.object { json in
                        json.member("file", path(source.file))
                        json.member("commits", source.commitCount)
                        json.member("events", source.eventCount)
                        json.member("rows", source.rowCount)
                    }
                }
            }
            json.name("notes")
            json.array { json in done.notes.forEach { json.string($0) } }
            json.member("report", reportPath)
            json.member("seconds", seconds)
        }
        json.endLine()
        return json.bytes
    }
}
