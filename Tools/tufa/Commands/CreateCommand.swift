import ArgumentParser
import Foundation
import Tufa
import TufaBytes
import TufaModel

struct CreateCommand: DatabaseCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make an empty database from a schema in SQL.",
        discussion: """
            The schema is written in PostgreSQL's words: CREATE TABLE with types, NOT NULL, \
            UNIQUE, DEFAULT, REFERENCES and CHECK, CREATE INDEX, and full text by \
            USING GIN(to_tsvector('english', field)).

              tufa create blog.tufa --schema schema.sql
            """)

    @OptionGroup var database: DatabaseArgument
    @Option(help: ArgumentHelp("The file with the schema; - is standard input.", valueName: "file"))
    var schema: String
    @OptionGroup var output: OutputOptions

    func run(_ console: Console) throws {
        let file = try InputFile(schema)
        let bytes = try file.readAll(limit: 1 << 24)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw DatabaseError(.syntax, "The schema is not valid UTF-8.", file: file.name)
        }
        let parsed: DatabaseSchema
        do {
            parsed = try DDLParser.parse(text)
        } catch {
            var placed = error
            placed.file = file.name
            throw placed
        }
        let created: Database
        do {
            created = try Database.createBlocking(database.path, schema: parsed)
        } catch let error as DatabaseError where error.code == .missingFile {
            throw CreateCommand.noFolder(database.path, error)
        }
        let position = created.view().position
        try created.closeBlocking()
        guard output.json else {
            let names = parsed.tables.map(\.name).joined(separator: ", ")
            return try console.line("Created \(database.path) with tables \(names).")
        }
        var json = JSONWriter()
        json.object { json in
            json.member("path", database.path)
            json.member("position", position)
            json.name("tables")
            json.array { json in parsed.tables.forEach { json.string($0.name) } }
        }
        json.endLine()
        try console.write(json.bytes)
    }

    /// The folder of the database cannot be made: because its parent is missing, or by the system.
    private static func noFolder(_ path: String, _ cause: DatabaseError) -> DatabaseError {
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard FileManager.default.fileExists(atPath: parent) else {
            return DatabaseError(
                .io, "There is no folder \(parent) to make the database in.", file: path,
                advice: "Make that folder first, or choose another.")
        }
        return DatabaseError(
            .io, "The folder \(path) cannot be made: the system allows no new folder in \(parent).",
            file: path, advice: "Choose another folder.", cause: cause)
    }
}
