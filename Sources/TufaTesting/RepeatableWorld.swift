internal import Synchronization
package import Tufa
internal import TufaBytes
package import TufaModel
package import TufaStorage

/// A clock and chance that are the same at each repetition, beside any file system, with databases
/// on it.
package final class RepeatableWorld: Sendable {
    /// Where the files are.
    package let files: any FileSystem
    private let clock = Atomic<Int64>(1_700_000_000_000_000)
    private let chance: Atomic<UInt64>

    /// Makes a world over what a file system holds.
    package init(_ files: any FileSystem, seed: UInt64 = 1) {
        self.files = files
        chance = Atomic(seed)
    }

    /// Files, chance and time for the engine; the clock goes on by a millisecond at each look.
    package var environment: StorageEnvironment {
        StorageEnvironment(
            fileSystem: files, random: { self.random() },
            now: { self.clock.wrappingAdd(1000, ordering: .relaxed).newValue })
    }

    private func random() -> UInt64 {
        var mixed = chance.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Small segments, made where they are needed, so that one seed gives one order of calls.
    package static var logOptions: LogOptions {
        LogOptions(segmentByteCount: 1 << 16, worksInBackground: false)
    }

    /// Opens or makes a database.
    package func open(
        _ path: String, _ options: DatabaseOptions = DatabaseOptions(), _ types: [any Entity.Type]
    ) throws -> Database {
        try Database.openBlocking(path, environment, Self.logOptions, options, types)
    }

    /// Makes a database with a schema given as a value.
    package func create(_ path: String, _ schema: DatabaseSchema) throws -> Database {
        try Database.create(path, environment, Self.logOptions, DatabaseOptions(), schema)
    }
}
