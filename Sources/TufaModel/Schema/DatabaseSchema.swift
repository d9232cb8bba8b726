/// All tables of a database, as the log keeps them.
public struct DatabaseSchema: Sendable, Hashable {
    /// The tables; the place in this list is the number of a table in the log.
    public var tables: [TableSchema]
    /// Counts the schemas of this database; it takes no part in ``fingerprint``.
    public var version: UInt16

    /// Makes a schema; ``validate()`` says whether it makes sense.
    public init(_ tables: [TableSchema], version: UInt16 = 1) {
        self.tables = tables
        self.version = version
    }

    /// The table of that name.
    ///
    /// - Complexity: O(tables).
    public func table(_ name: String) -> TableSchema? {
        tables.first { $0.name == name }
    }

    /// What a schema may hold at most.
    package enum Limit {
        /// Tables of a database.
        package static let tables = 1_000
        /// Fields of a table.
        package static let fields = 1_000
        /// Indexes of a table, those of unique fields and of texts included.
        package static let indexes = 64
        /// Columns of an index.
        package static let columns = 32
        /// Fields of a text index.
        package static let textFields = 8
        /// References and checks of a table, each.
        package static let rules = 1_000
        /// Bytes of a name.
        package static let nameByteCount = 128
        /// Bytes of a check's expression.
        package static let expressionByteCount = 65_536
        /// The greatest maximum length of a text.
        package static let textLength = 10_485_760
        /// Bytes of a default value.
        package static let defaultByteCount = 65_536
        /// Bytes of an encoded schema.
        package static let encodedByteCount = 1 << 26
    }
}
