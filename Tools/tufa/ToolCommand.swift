import ArgumentParser
import Synchronization
import Tufa
import TufaBytes
import TufaModel

/// A verb of the command line.
protocol ToolCommand: ParsableCommand {
    /// Does it; results go to the console.
    func run(_ console: Console) throws
}

/// How results are written.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Write JSON: one object, or one object a line for rows.")
    var json = false
}

/// Who makes a commit, and what it is called.
struct CommitOptions: ParsableArguments {
    @Option(name: .customLong("as"), help: "Who makes the change; it is kept with the commit.")
    var actor = ""

    @Option(help: "A label for the commit, by which this moment can be found again.")
    var label = ""
}

/// What a verb that reads does about damage.
struct DamageOptions: ParsableArguments {
    @Flag(
        name: .customLong("up-to-damage"),
        help: "Open a damaged database too, as of the last whole commit before the damage.")
    var isAccepted = false
}

/// The moment that is asked about.
struct MomentOptions: ParsableArguments {
    @OptionGroup var damage: DamageOptions

    @Option(
        help: ArgumentHelp(
            "Ask as of a past moment: a position, a time (RFC 3339) or a commit's label.",
            valueName: "moment"))
    var at: String?
}

/// The database that a command works on.
struct DatabaseArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The folder of the database.", valueName: "db"))
    var path: String

    /// Opens the database, and closes it behind the body.
    ///
    /// A database that is opened for reading may be open in another process.
    func withDatabase<T>(
        _ console: Console, forWriting: Bool = false, upToDamage: Bool = false,
        _ body: (Database) throws -> T
    ) throws -> T {
        var options = DatabaseOptions()
        options.isReadOnly = !forWriting
        options.opensUpToDamage = upToDamage
        let progress = Progress("open", console)
        options.progress = progress.replay
        let database = try Database.openBlocking(path, options: options)
        progress.finish()
        // Whoever only reads sees another process at work as an unclean end, which says nothing.
        let notes = forWriting ? database.recovery : database.warnings
        for line in notes { console.note("tufa: \(line)") }
        let result: T
        do {
            result = try body(database)
        } catch {
            // The failure that is reported is the first one.
            try? database.closeBlocking()
            throw error
        }
        try database.closeBlocking()
        return result
    }

    /// Opens the database for reading, and gives its view as of a moment.
    func withView<T>(
        _ console: Console, at moment: MomentOptions = MomentOptions(),
        _ body: (View) throws -> T
    ) throws -> T {
        try withDatabase(console, upToDamage: moment.damage.isAccepted) { database in
            let view =
                try moment.at.map { try database.viewBlocking(asOf: Moment($0)) }
                ?? database.view()
            for line in database.laterWarnings.withLock(\.self) { console.note("tufa: \(line)") }
            return try body(view)
        }
    }
}

/// Reading arguments that stand for things of the database.
enum Arguments {
    /// The table of that name.
    static func table(_ name: String, in schema: DatabaseSchema) throws -> TableSchema {
        guard let table = schema.table(name) else {
            throw DatabaseError.unknownTable(name, in: schema)
        }
        return table
    }

    /// The identifier that a text holds.
    static func id(_ text: String, _ table: String) throws -> RowID {
        guard let id = RowID(text) else {
            throw DatabaseError(
                .typeMismatch, "\(Value.excerpt(text)) is no identifier.", table: table,
                fields: ["id"],
                advice: "Give \(ScalarType.uuid.textForm).")
        }
        return id
    }
}
