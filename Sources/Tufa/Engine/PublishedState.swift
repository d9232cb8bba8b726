internal import TufaIndex
internal import TufaModel

/// Everything a view reads: the roots of every table as of one commit, unchanging.
final class PublishedState: Sendable {
    let schema: SchemaPlan
    let tables: [PublishedTable]
    /// The position of the last commit.
    let position: UInt64
    /// The time of the last commit, in microseconds since 1970.
    let time: Int64
    /// The group the state closes.
    let group: UInt64
    /// Whether a part of the snapshot that the state came from could not be read.
    let loadFault: LoadFault?

    init(
        schema: SchemaPlan, tables: [PublishedTable], position: UInt64, time: Int64, group: UInt64,
        loadFault: LoadFault?
    ) {
        self.schema = schema
        self.tables = tables
        self.position = position
        self.time = time
        self.group = group
        self.loadFault = loadFault
    }

    /// Throws what went wrong where a part could not be read, for what was found is not to be
    /// trusted then.
    @inline(__always)
    func checkLoaded() throws {
        if let loadFault { try loadFault.check() }
    }
}
