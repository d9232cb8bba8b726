import TufaBytes

extension Failure {
    /// The error as whoever gave the path of the database can use it.
    ///
    /// Files of the database are named by their path from where the tool runs, and a newer format
    /// is said to come from a newer Tufa.
    static func named(_ error: DatabaseError, in database: String) -> DatabaseError {
        var error = error
        error.file = error.file.map { path(of: $0, in: database) }
        error.cause = (error.cause as? DatabaseError).map { named($0, in: database) } ?? error.cause
        if error.code == .newerFormat {
            error.message =
                "The database was written by a newer version of Tufa than this one, "
                + "\(TufaTool.versionText). \(error.message)"
            // The engine says whether reading would do, which no newer version is needed for.
            error.advice = [error.advice, "Nothing was changed."].compactMap(\.self)
                .joined(separator: " ")
        }
        return error
    }

    /// The path of whatever a report names in the folder of a database, its own files or others.
    static func path(inside database: String, _ name: String) -> String {
        database.hasSuffix("/") ? database + name : "\(database)/\(name)"
    }

    /// The path of a file of a database, which the engine names relative to its folder.
    ///
    /// Names that are no file of a database, such as that of an input, stay as they are.
    static func path(of file: String, in database: String) -> String {
        let parts = file.split(separator: "/", omittingEmptySubsequences: false)
        let isOfDatabase =
            switch parts.first {
            case "MANIFEST", "LOCK": parts.count == 1
            case "quarantine": parts.count <= 2
            case "log", "snapshots", "archive":
                parts.count == 1
                    || parts.count == 2 && parts[1].prefix(20).utf8.count == 20
                        && parts[1].prefix(20).utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
            default: false
            }
        guard isOfDatabase else { return file }
        return path(inside: database, file)
    }
}
