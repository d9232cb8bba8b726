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

/// A verb that works on a database.
protocol DatabaseCommand: ToolCommand {
    /// The database.
    var database: DatabaseArgument { get }
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
            "Ask as of a past moment: a position, a time (RFC 3339) or a commit's label; "
                + "position:…, time:… and label:… say which it is.",
            valueName: "moment"))
    var at: String?

    /// Reads a moment: what a prefix says it is, else a position, a time or a label by its form.
    ///
    /// - Throws: `type_mismatch` where the text behind a prefix is not what the prefix says.
    static func moment(_ text: String) throws(DatabaseError) -> Moment {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return Moment(text) }
        let rest = String(parts[1])
        switch parts[0] {
        case "label": return .label(rest)
        case "position":
            if let position = UInt64(rest) { return .position(position) }
            throw DatabaseError(
                .typeMismatch, "\(Value.excerpt(rest)) is no position.",
                advice: "Write it like position:1000.")
        case "time":
            if let time = Timestamp(rest) { return .timestamp(time) }
            throw DatabaseError(
                .typeMismatch, "\(Value.excerpt(rest)) is no time.",
                advice: "Write it like time:2024-05-01T12:30:00Z.")
        default: return Moment(text)
        }
    }
}

/// Numbers of the command line that must make sense.
enum LimitCheck {
    /// Refuses a number below 1.
    static func positive(_ number: Int, _ option: String) throws(ValidationError) {
        guard number > 0 else {
            throw ValidationError("\(option) \(number): it must be a positive number.")
        }
    }
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
        // A command is answered from an older snapshot rather than refused for a damaged one.
        options.loading = .atOnce
        let progress = Progress("open", console)
        options.progress = progress.replay
        let database = try Database.openBlocking(path, options: options)
        progress.finish()
        // Whoever only reads sees another process at work as an unclean end, which says nothing.
        let notes = forWriting ? database.recovery : database.warnings
        for line in notes { console.remark(line) }
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
            guard let at = moment.at else { return try body(database.view()) }
            let view = try database.viewBlocking(asOf: try MomentOptions.moment(at))
            for line in database.laterWarnings.withLock(\.self) { console.remark(line) }
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
