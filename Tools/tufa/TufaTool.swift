import ArgumentParser
import TufaBytes

/// The command line.
struct TufaTool: ParsableCommand {
    /// The version of the tool, which is that of the library.
    static let versionText = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "tufa",
        abstract: "An event-sourced storage engine: every change is kept, any moment opens again.",
        discussion: """
            Exit codes: 0 done, 1 refused or damaged, 2 bad usage. With --json, results are one \
            JSON object, or one a line for rows, and an error is one object on standard error. \
            A first look, on the history of the git repository in the current folder:

              tufa demo
            """,
        version: TufaTool.versionText,
        groupedSubcommands: [
            CommandGroup(
                name: "Data",
                subcommands: [
                    CreateCommand.self, ImportCommand.self, ExportCommand.self, PutCommand.self,
                    DeleteCommand.self,
                ]),
            CommandGroup(
                name: "Questions",
                subcommands: [
                    GetCommand.self, FindCommand.self, SearchCommand.self, CountCommand.self,
                    LogCommand.self, HistoryCommand.self, InfoCommand.self,
                ]),
            CommandGroup(
                name: "Care",
                subcommands: [
                    SnapshotCommand.self, ArchiveCommand.self, RestoreCommand.self,
                    VerifyCommand.self, RepairCommand.self, SalvageCommand.self, FaultsCommand.self,
                    BenchCommand.self, ReplayCommand.self, DemoCommand.self,
                ]),
        ])

    /// Runs the command that the arguments name, and gives the exit code.
    static func run(_ arguments: [String]) -> Int32 {
        let isJSON = arguments.prefix { $0 != "--" }.contains("--json")
        let console = Console(isJSON: isJSON)
        do {
            var command = try parseAsRoot(arguments)
            if let command = command as? any DatabaseCommand {
                do {
                    try command.run(console)
                } catch let error as DatabaseError {
                    throw Failure.named(error, in: command.database.path)
                }
            } else if let command = command as? any ToolCommand {
                try command.run(console)
            } else {
                try command.run()
            }
            try console.flush()
            return 0
        } catch {
            try? console.flush()
            return Failure.report(error, asJSON: isJSON, console)
        }
    }
}
