import ArgumentParser
import Tufa
import TufaBytes

struct VerifyCommand: DatabaseCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check every byte: checksums, chains, indexes against rows. Nothing is changed.",
        discussion: """
            The whole history is replayed and every snapshot compared with it. Exit code 1 where \
            something is damaged; what is harmless, like a damaged snapshot of a whole history, is \
            only told. --deep also follows each row from event to event, holds every row against \
            every rule, analyzes every text again, and reads each file a second time.

              tufa verify blog.tufa --json
              tufa verify blog.tufa --deep
            """)

    @OptionGroup var database: DatabaseArgument
    @Flag(help: "Check rows against rules, texts against words, and each file twice, as well.")
    var deep = false
    @OptionGroup var output: OutputOptions

    func run(_ console: Console) throws {
        let progress = Progress("verify", console)
        let report = try Database.verify(
            database.path, deep: deep, progress: progress.replay)
        progress.finish()
        if output.json {
            try console.write(json(report, progress.seconds))
        } else {
            for finding in report.findings {
                let file = path(finding.file)
                var place = finding.offset.map { "\(file) at byte \($0)" } ?? file
                if finding.offset == nil, let position = finding.position {
                    place += " at position \(position)"
                }
                if let table = finding.table {
                    let row = finding.row.map { " \($0)" } ?? ""
                    place += place.isEmpty ? "\(table)\(row)" : ", \(table)\(row)"
                }
                let kind = finding.isHarmless ? "harmless \(finding.kind)" : finding.kind
                try console.line("\(place): \(kind): \(finding.message)")
            }
            for sentence in report.notChecked { try console.line("not checked: \(sentence)") }
            try console.line(
                "\(report.isOK ? "Sound" : "Damaged"): \(report.fileCount) files, "
                    + "\(Progress.bytes(report.byteCount)), position \(report.position), "
                    + "\(Progress.time(progress.seconds))")
            if let hash = report.stateHash { try console.line("State hash \(hash)") }
            if !report.findings.isEmpty {
                try console.line("tufa repair \(database.path) --plan says what can be done.")
            }
        }
        if !report.isOK { throw FoundDamage() }
    }

    /// Empty for what is of no one file.
    private func path(_ file: String) -> String {
        file.isEmpty ? "" : Failure.path(inside: database.path, file)
    }

    private func json(_ report: VerifyReport, _ seconds: Double) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("ok", report.isOK)
            json.member("files", report.fileCount)
            json.member("bytes", report.byteCount)
            json.member("position", report.position)
            json.name("state_hash")
            if let hash = report.stateHash { json.string(hash) } else { json.null() }
            json.member("seconds", seconds)
            json.name("findings")
            json.array { json in
                for finding in report.findings {
                    json.object { json in
                        json.member("file", path(finding.file))
                        if let offset = finding.offset { json.member("offset", offset) }
                        json.member("kind", finding.kind)
                        json.member("message", finding.message)
                        json.member("harmless", finding.isHarmless)
                        if let position = finding.position { json.member("position", position) }
                        if let table = finding.table { json.member("table", table) }
                        if let row = finding.row { json.member("row", row.description) }
                    }
                }
            }
            json.name("not_checked")
            json.array { json in report.notChecked.forEach { json.string($0) } }
        }
        json.endLine()
        return json.bytes
    }
}
