package import Tufa
package import TufaModel
package import TufaStorage

/// A file system in memory, a clock and chance, all repeatable, with databases on them.
package final class InMemoryWorld: Sendable {
    /// The file system.
    package let fileSystem: MemoryFileSystem
    private let world: RepeatableWorld

    /// Makes a world over an empty disk, or over one that another world left.
    package init(_ fileSystem: MemoryFileSystem = MemoryFileSystem(), seed: UInt64 = 1) {
        self.fileSystem = fileSystem
        world = RepeatableWorld(fileSystem, seed: seed)
    }

    /// Files, chance and time for the engine.
    package var environment: StorageEnvironment { world.environment }

    /// Small segments, made where they are needed, so that one seed gives one order of calls.
    package static var logOptions: LogOptions { RepeatableWorld.logOptions }

    /// Opens or makes a database.
    package func open(
        _ path: String, _ options: DatabaseOptions = DatabaseOptions(), _ types: [any Entity.Type]
    ) throws -> Database {
        try world.open(path, options, types)
    }

    /// Makes a database with a schema given as a value.
    package func create(_ path: String, _ schema: DatabaseSchema) throws -> Database {
        try world.create(path, schema)
    }
}
