extension DatabaseError.Code {
    // MARK: Rules of the data
    /// Two rows would share the value of a unique field or index.
    public static let uniqueViolation = Self("unique_violation")
    /// A reference names a row that is not there, or a row is still referred to.
    public static let referenceViolation = Self("reference_violation")
    /// A check of the schema does not hold.
    public static let checkViolation = Self("check_violation")
    /// A field that must have a value has none.
    public static let notNullViolation = Self("not_null_violation")
    /// A value is of another type than its field, or cannot be read as it.
    public static let typeMismatch = Self("type_mismatch")
    /// A text is longer than its field allows, or a key than an index can hold.
    public static let valueTooLong = Self("value_too_long")
    /// The row was changed since the version that the caller expected.
    public static let versionConflict = Self("version_conflict")
    /// There is no such row.
    public static let rowNotFound = Self("row_not_found")
    /// A row with this identifier is there already.
    public static let rowExists = Self("row_exists")

    // MARK: Names and words
    /// There is no table of that name.
    public static let unknownTable = Self("unknown_table")
    /// There is no field of that name.
    public static let unknownField = Self("unknown_field")
    /// The text of a schema, a query or a row cannot be read.
    public static let syntax = Self("syntax")
    /// The request is understood and cannot be served.
    public static let unsupported = Self("unsupported")
    /// The schema contradicts itself or the schema in the log.
    public static let schemaMismatch = Self("schema_mismatch")
    /// A cursor belongs to another query or another schema.
    public static let invalidCursor = Self("invalid_cursor")
    /// No commit has that position, time or label.
    public static let noSuchMoment = Self("no_such_moment")

    // MARK: Files
    /// The folder is not a database.
    public static let notADatabase = Self("not_a_database")
    /// Something is in the place where a database should be made.
    public static let alreadyExists = Self("already_exists")
    /// Another writer has the database open.
    public static let locked = Self("locked")
    /// The bytes of a file are not what was written.
    public static let damaged = Self("damaged")
    /// A file that the database needs is not there.
    public static let missingFile = Self("missing_file")
    /// A file belongs to another database or another history.
    public static let foreignFile = Self("foreign_file")
    /// The format is newer than this version can read.
    public static let newerFormat = Self("newer_format")
    /// The operating system refused or failed a call.
    public static let io = Self("io")
    /// The disk has no room.
    public static let diskFull = Self("disk_full")
    /// The database was opened for reading only.
    public static let readOnly = Self("read_only")
    /// An earlier write or sync failed; nothing more is written until the database is reopened.
    public static let poisoned = Self("poisoned")
    /// The database was closed.
    public static let closed = Self("closed")
    /// The view pinned more memory than the budget allows and was given up.
    public static let viewExpired = Self("view_expired")
    /// The caller cancelled the operation.
    public static let cancelled = Self("cancelled")
    /// A limit of the engine was reached.
    public static let limitExceeded = Self("limit_exceeded")
}
