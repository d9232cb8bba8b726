import ArgumentParser
import Tufa
import TufaBytes
import TufaModel

struct LogCommand: DatabaseCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Show the events, in the order in which they happened.",
        discussion: """
            One event a line: its position, the position, time, actor and label of its commit, \
            what it did to which row, and the changed fields. Archived events are shown too.

              tufa log blog.tufa --from 1000 --to 1100 --table posts --json
            """)

    @OptionGroup var database: DatabaseArgument
    @OptionGroup var damage: DamageOptions
    @Option(help: ArgumentHelp("The first position.", valueName: "position"))
    var from: UInt64 = 1
    @Option(help: ArgumentHelp("The last position.", valueName: "position"))
    var to: UInt64?
    @Option(help: "Only events of this table.")
    var table: String?
    @Option(help: "Only events of the row with this identifier.")
    var id: String?
    @OptionGroup var output: OutputOptions

    func run(_ console: Console) throws {
        try database.withDatabase(console, upToDamage: damage.isAccepted) { database in
            if let table { _ = try Arguments.table(table, in: database.view().schema) }
            let row = try id.map { try Arguments.id($0, table ?? "") }
            try database.forEachCommit(from: from, through: to) { commit in
                for event in commit.events {
                    if let table, event.table != table { continue }
                    if let row, event.id != row || event.kind == .schema { continue }
                    if event.position < from || event.position > to ?? .max { continue }
                    if output.json {
                        try console.write(json(event, of: commit))
                    } else {
                        try console.line(text(event, of: commit))
                    }
                }
                return true
            }
        }
    }

    private func json(_ event: EventRecord, of commit: CommitRecord) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("position", event.position)
            json.member("commit", commit.position)
            json.member("time", commit.time.description)
            json.member("actor", commit.actor)
            json.member("label", commit.label)
            if !commit.key.isEmpty { json.member("key", commit.key) }
            if !commit.metadata.isEmpty {
                json.name("metadata")
                json.value(.bytes(commit.metadata))
            }
            json.member("kind", event.kind.rawValue)
            guard event.kind != .schema else { return }
            json.member("table", event.table)
            json.member("id", event.id.description)
            json.member("version", event.version)
            json.member("previous", event.previousPosition)
            json.name("fields")
            json.object { json in
                for field in event.fields {
                    json.name(field.name)
                    json.value(field.value)
                }
            }
        }
        json.endLine()
        return json.bytes
    }

    private func text(_ event: EventRecord, of commit: CommitRecord) -> String {
        var text = "\(event.position)  \(commit.time)  \(event.kind.rawValue)"
        if event.kind != .schema { text += " \(event.table) \(event.id) v\(event.version)" }
        if !commit.actor.isEmpty { text += "  by \(commit.actor)" }
        if !commit.label.isEmpty { text += "  [\(commit.label)]" }
        let fields = event.fields.map { field in
            "\(field.name)=\(TextTable.cut(TextTable.oneLine(field.value.quoted), 60))"
        }
        return fields.isEmpty ? text : text + "  " + fields.joined(separator: " ")
    }
}
