internal import TufaBytes

extension DatabaseDirectory {
    /// Makes a database of its own in a folder that is missing or empty, and lets `body` fill its
    /// log; whatever fails, the folder is removed again, and after a crash it is no database.
    ///
    /// - Parameter check: looks at what was made, closed, by its last position.
    package static func create(
        at target: String, _ environment: StorageEnvironment, _ options: LogOptions,
        filling body: (Log) throws -> Void, check: (UInt64) throws -> Void
    ) throws {
        let system = environment.fileSystem
        try requireOutsideOfDatabases(target, system)
        let wasThere = try isFolder(target, system)
        if wasThere, try !system.list(target).isEmpty {
            throw DatabaseError(
                .alreadyExists, "A database cannot be made here: the folder is not empty.",
                file: target, advice: "Choose a folder that is missing or empty.")
        }
        var manifest = Manifest(
            databaseID: newID(environment.random, environment.now()),
            lineage: newID(environment.random, environment.now()))
        manifest.createdAt = environment.now()
        do {
            let directory = try create(at: target, environment, options, manifest) { log, _ in
                try body(log)
                try log.sync()
                try log.noteDurable()
            }
            try directory.close()
            try check(directory.lastPosition)
        } catch {
            removeTree(target, system, keepingRoot: wasThere)
            throw error
        }
    }

    /// Whether a folder is at a path; whatever else is there is refused.
    private static func isFolder(_ path: String, _ system: any FileSystem) throws -> Bool {
        guard let status = try system.status(of: path) else { return false }
        guard status.isDirectory else {
            throw DatabaseError(
                .alreadyExists, "A database cannot be made here: this is a file.", file: path,
                advice: "Choose a folder that is missing or empty.")
        }
        return true
    }
}
