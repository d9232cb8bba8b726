#if HAS_SQLITE
    import CSQLite

    /// A connection to SQLite and the statements that were prepared on it.
    final class SQLiteConnection {
        private var connection: OpaquePointer?
        private var statements: [String: OpaquePointer] = [:]

        /// Opens a file that one thread at a time touches.
        init(_ path: String) throws {
            let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
            try check(sqlite3_open_v2(path, &connection, flags, nil))
        }

        deinit {
            for statement in statements.values { sqlite3_finalize(statement) }
            sqlite3_close(connection)
        }

        func run(_ sql: String) throws { try check(sqlite3_exec(connection, sql, nil, nil, nil)) }

        /// A statement, prepared once.
        func statement(_ sql: String) throws -> OpaquePointer? {
            if let known = statements[sql] { return known }
            var statement: OpaquePointer?
            let persistent = UInt32(SQLITE_PREPARE_PERSISTENT)
            try check(sqlite3_prepare_v3(connection, sql, -1, persistent, &statement, nil))
            statements[sql] = statement
            return statement
        }

        /// Runs a statement that returns no rows.
        func step(_ statement: OpaquePointer?) throws {
            let code = sqlite3_step(statement)
            sqlite3_reset(statement)
            guard code == SQLITE_DONE else { return try check(code) }
        }

        /// The number that a statement of one row returns.
        func number(_ sql: String) throws -> Int {
            let statement = try statement(sql)
            defer { sqlite3_reset(statement) }
            let code = sqlite3_step(statement)
            guard code == SQLITE_ROW else {
                try check(code)
                return 0
            }
            return Int(sqlite3_column_int64(statement, 0))
        }

        func check(_ code: Int32) throws {
            if code != SQLITE_OK {
                throw PeerError(message: "SQLite: " + String(cString: sqlite3_errmsg(connection)))
            }
        }
    }
#endif
