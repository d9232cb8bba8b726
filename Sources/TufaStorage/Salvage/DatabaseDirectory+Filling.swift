internal import TufaBytes

extension DatabaseDirectory {
    /// Makes a database of its own in a folder that is missing or empty, and lets `body` fill its
    /// log; whatever fails, the folder is removed again, and after a crash it is no database.
    ///
    /// - Returns: the new database, open for writing, everything in it synced.
    package static func create(
        at target: String, _ environment: StorageEnvironment, _ options: LogOptions,
        filling body: (Log) throws -> Void
    ) throws -> DatabaseDirectory {
        let system = environment.fileSystem
        try requireOutsideOfDatabases(target, system)
        let wasThere = try system.exists(target)
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
            return try create(at: target, environment, options, manifest) { log, _ in
                try body(log)
                try log.sync()
                try log.noteDurable()
            }
        } catch {
            removeTree(target, system, keepingRoot: wasThere)
            throw error
        }
    }
}
