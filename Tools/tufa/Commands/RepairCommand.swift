import ArgumentParser
import Tufa
import TufaBytes

struct RepairCommand: DatabaseCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Put right what needs no guess, and say what helps with the rest.",
        discussion: """
            --plan says what would be done and writes nothing. --apply does it as the one writer, \
            copies into quarantine/ before it overwrites or removes, and verifies afterwards. \
            Damage of the log or of an archive is never mended. Exit code 1 where something is \
            left that is not harmless.

              tufa repair blog.tufa --plan
              tufa repair blog.tufa --apply
            """)

    @OptionGroup var database: DatabaseArgument
    @Flag(help: "Say what would be done, and write nothing.")
    var plan = false
    @Flag(help: "Do it.")
    var apply = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if plan == apply { throw ValidationError("Give one of --plan and --apply.") }
    }

    func run(_ console: Console) throws {
        let progress = Progress("repair", console)
        let report = try Database.repair(database.path, apply: apply)
        progress.finish()
        if output.json {
            try console.write(json(report, progress.seconds))
        } else {
            try show(report, progress.seconds, console)
        }
        if !report.isOK { throw FoundDamage() }
    }

    private func path(_ file: String) -> String { Failure.path(inside: database.path, file) }

    private func show(_ report: RepairReport, _ seconds: Double, _ console: Console) throws {
        for step in report.steps {
            try console.line("\(path(step.file)) at byte \(step.offset): \(step.kind)")
            try console.line("  \(step.reason)")
            try console.line("  \(step.action)")
            if let copy = step.copy { try console.line("  It is kept in \(path(copy)).") }
        }
        for rest in report.unmended {
            let finding = rest.finding
            let kind = finding.isHarmless ? "harmless \(finding.kind)" : finding.kind
            let file = finding.file.isEmpty ? database.path : path(finding.file)
            try console.line("\(file): left alone: \(kind): \(finding.message)")
            try console.line("  \(rest.advice)")
        }
        for sentence in report.notChecked { try console.line("not checked: \(sentence)") }
        let count = "\(report.steps.count) \(report.steps.count == 1 ? "step" : "steps")"
        let state = report.isOK ? "nothing is damaged" : "damage is left"
        try console.line(
            report.isApplied
                ? "Repaired in \(count), \(state), \(Progress.time(seconds))"
                : "Would repair in \(count), \(state)\(report.isOK ? " afterwards" : "")")
        if let hash = report.stateHash { try console.line("State hash \(hash)") }
    }

    private func json(_ report: RepairReport, _ seconds: Double) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("ok", report.isOK)
            json.member("applied", report.isApplied)
            json.name("steps")
            json.array { json in
                for step in report.steps {
                    json.object { json in
                        json.member("kind", step.kind)
                        json.member("file", path(step.file))
                        json.member("offset", step.offset)
                        json.member("action", step.action)
                        json.member("reason", step.reason)
                        if let copy = step.copy { json.member("copy", path(copy)) }
                    }
                }
            }
            json.name("unmended")
            json.array { json in
                for rest in report.unmended {
                    json.object { json in
                        let file = rest.finding.file
                        json.member("file", file.isEmpty ? "" : path(file))
                        if let offset = rest.finding.offset { json.member("offset", offset) }
                        json.member("kind", rest.finding.kind)
                        json.member("message", rest.finding.message)
                        json.member("harmless", rest.finding.isHarmless)
                        json.member("advice", rest.advice)
                    }
                }
            }
            json.name("not_checked")
            json.array { json in report.notChecked.forEach { json.string($0) } }
            json.member("position", report.position)
            json.name("state_hash")
            if let hash = report.stateHash { json.string(hash) } else { json.null() }
            json.member("seconds", seconds)
        }
        json.endLine()
        return json.bytes
    }
}
