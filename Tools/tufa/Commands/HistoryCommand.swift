import ArgumentParser
import Tufa
import TufaBytes
import TufaModel

struct HistoryCommand: DatabaseCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show the life of one row: who changed what, and when.",
        discussion: """
              tufa history blog.tufa users 018f3d2a-7c00-7000-8000-000000000001
            """)

    @OptionGroup var database: DatabaseArgument
    @OptionGroup var damage: DamageOptions
    @Argument(help: "The table.")
    var table: String
    @Argument(help: "The identifier of the row.")
    var id: String
    @OptionGroup var output: OutputOptions

    func run(_ console: Console) throws {
        try database.withDatabase(console, upToDamage: damage.isAccepted) { database in
            _ = try Arguments.table(table, in: database.view().schema)
            let row = try Arguments.id(id, table)
            let changes = try database.historyBlocking(table: table, id: row)
            if changes.isEmpty {
                throw DatabaseError(
                    .rowNotFound, "\(table) never had a row \(row).", table: table, row: row)
            }
            for change in changes {
                if output.json {
                    try console.write(json(change))
                } else {
                    try show(change, console)
                }
            }
        }
    }

    private func json(_ change: Change) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("position", change.position)
            json.member("time", change.time.description)
            json.member("actor", change.actor)
            json.member("label", change.label)
            json.member("kind", change.kind.rawValue)
            json.member("version", change.version)
            json.name("changes")
            json.object { json in
                for field in change.changes {
                    json.name(field.name)
                    json.object { json in
                        json.name("old")
                        json.value(field.old ?? .null)
                        json.name("new")
                        json.value(field.new ?? .null)
                    }
                }
            }
        }
        json.endLine()
        return json.bytes
    }

    private func show(_ change: Change, _ console: Console) throws {
        var head = "\(change.position)  \(change.time)  \(change.kind.rawValue) v\(change.version)"
        if !change.actor.isEmpty { head += "  by \(change.actor)" }
        if !change.label.isEmpty { head += "  [\(change.label)]" }
        try console.line(head)
        for field in change.changes {
            let old = field.old.map { excerpt($0) }
            let new = field.new.map { excerpt($0) }
            try console.line(
                "    \(field.name): " + [old, new].compactMap(\.self).joined(separator: " -> "))
        }
    }

    private func excerpt(_ value: Value) -> String {
        TextTable.cut(TextTable.oneLine(value.quoted), 80)
    }
}
