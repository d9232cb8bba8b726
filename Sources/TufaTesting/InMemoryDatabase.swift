public import Tufa
internal import TufaStorage

/// Databases without a disk, for tests: the same engine over a file system in memory.
public enum InMemoryDatabase {
    /// Makes an empty database for the given types; it is gone when nothing holds it.
    ///
    /// The clock goes on by one millisecond a commit, so two runs give the same times.
    /// - Throws: ``DatabaseError``, as `Database.open`.
    public static func make(_ types: any Entity.Type...) throws -> Database {
        try InMemoryWorld().open("db", DatabaseOptions(), types)
    }
}
