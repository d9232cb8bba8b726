import ArgumentParser
import Tufa
import TufaBytes

struct InfoCommand: DatabaseCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show what is in the database: rows, indexes, files, memory, state hash.",
        discussion: """
              tufa info blog.tufa
            """)

    @OptionGroup var database: DatabaseArgument
    @OptionGroup var damage: DamageOptions
    @OptionGroup var output: OutputOptions

    func run(_ console: Console) throws {
        try database.withDatabase(console, upToDamage: damage.isAccepted) { database in
            let info = try database.info()
            for line in database.recovery where !database.warnings.contains(line) {
                console.remark(line)
            }
            if output.json {
                try console.write(json(info))
            } else {
                try show(info, console)
            }
        }
    }

    private func json(_ info: DatabaseInfo) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("position", info.position)
            json.member("time", info.time.description)
            json.member("state_hash", info.stateHash)
            json.name("tables")
            json.object { json in
                for table in info.tables { write(table, to: &json) }
            }
            json.name("files")
            json.array { json in
                for file in info.files {
                    json.object { json in
                        json.member("name", file.name)
                        json.member("bytes", file.byteCount)
                    }
                }
            }
            json.member("resident_bytes", info.residentByteCount)
            json.member("database_id", info.databaseID.description)
            json.member("lineage", info.lineage.description)
        }
        json.endLine()
        return json.bytes
    }

    private func write(_ table: DatabaseInfo.TableInfo, to json: inout JSONWriter) {
        json.name(table.name)
        json.object { json in
            json.member("rows", table.rowCount)
            json.member("bytes", table.byteCount)
            json.member("resident_bytes", table.residentByteCount)
            json.name("indexes")
            json.object { json in
                for index in table.indexes {
                    json.name(index.name)
                    json.object { json in
                        json.member("entries", index.entryCount)
                        json.member("bytes", index.byteCount)
                    }
                }
            }
        }
    }

    private func show(_ info: DatabaseInfo, _ console: Console) throws {
        try console.line("position    \(info.position)")
        try console.line("time        \(info.time)")
        try console.line("state hash  \(info.stateHash)")
        try console.line("database    \(info.databaseID)")
        try console.line("lineage     \(info.lineage)")
        try console.line("memory      \(Progress.bytes(info.residentByteCount))")
        try console.line()
        var tables = TextTable(["table", "index", "entries", "bytes"], rightAligned: [2, 3])
        for table in info.tables {
            tables.append(
                [table.name, "", Progress.grouped(table.rowCount), Progress.bytes(table.byteCount)])
            for index in table.indexes {
                tables.append(
                    [
                        "", index.name, Progress.grouped(index.entryCount),
                        Progress.bytes(index.byteCount),
                    ])
            }
        }
        try tables.write(to: console)
        try console.line()
        var files = TextTable(["file", "bytes"], rightAligned: [1])
        for file in info.files { files.append([file.name, Progress.bytes(file.byteCount)]) }
        try files.write(to: console)
    }
}
