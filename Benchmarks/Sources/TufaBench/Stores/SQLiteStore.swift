#if HAS_SQLITE
    import CSQLite
    import Foundation
    import Tufa

    /// SQLite through its C library: tables clustered by identifier, with three B-trees each.
    final class SQLiteStore: TextStore {
        var name: String { isTuned ? "SQLite, tuned" : "SQLite" }
        let version = String(cString: sqlite3_libversion())
        var settings: String {
            isTuned
                ? "as SQLite, and `locking_mode = EXCLUSIVE`, which refuses every other "
                    + "connection, readers too, a checkpoint every 10,000 pages, a cache and a "
                    + "memory map that hold everything"
                : "WAL, `synchronous` FULL or NORMAL, foreign keys on, else as it comes: a cache "
                    + "of 2 MB, a checkpoint every 1,000 pages; prepared statements, `WITHOUT "
                    + "ROWID`; one connection, which threads take in turn"
        }
        var asksAlone = false
        var hasFullText: Bool { sqlite3_compileoption_used("ENABLE_FTS5") != 0 }
        /// How many pages the log may have before they go into the file; 0 for never.
        var checkpointPageCount: Int

        /// Whether it has all that makes it faster in a program that nobody else is to read beside.
        private let isTuned: Bool

        init(isTuned: Bool = false) {
            self.isTuned = isTuned
            checkpointPageCount = isTuned ? 10_000 : 1000
        }

        private var connection: SQLiteConnection?
        private(set) var folder = ""

        private static let schema = """
            CREATE TABLE IF NOT EXISTS users(
                id BLOB PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
                created_at INTEGER NOT NULL) WITHOUT ROWID;
            CREATE INDEX IF NOT EXISTS users_created ON users(created_at DESC);
            CREATE TABLE IF NOT EXISTS posts(
                id BLOB PRIMARY KEY, user_id BLOB NOT NULL REFERENCES users ON DELETE CASCADE,
                title TEXT NOT NULL, content TEXT NOT NULL, created_at INTEGER NOT NULL)
                WITHOUT ROWID;
            CREATE INDEX IF NOT EXISTS posts_user ON posts(user_id, created_at DESC);
            CREATE INDEX IF NOT EXISTS posts_created ON posts(created_at DESC);
            CREATE TABLE IF NOT EXISTS items(id BLOB PRIMARY KEY, body TEXT NOT NULL)
                WITHOUT ROWID;
            """

        // The text index refers to its rows by number, so this table has one tree more.
        private static let articles = """
            CREATE TABLE IF NOT EXISTS articles(
                number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE,
                user_id BLOB NOT NULL REFERENCES users ON DELETE CASCADE,
                title TEXT NOT NULL, content TEXT NOT NULL, created_at INTEGER NOT NULL);
            CREATE INDEX IF NOT EXISTS articles_user ON articles(user_id, created_at DESC);
            CREATE INDEX IF NOT EXISTS articles_created ON articles(created_at DESC);
            CREATE VIRTUAL TABLE IF NOT EXISTS article_texts USING fts5(
                title, content, content = 'articles', content_rowid = 'number',
                tokenize = 'porter unicode61');
            """

        func open(_ folder: String, _ promise: Promise) throws {
            self.folder = folder
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            let connection = try SQLiteConnection(folder + "/blog.db")
            self.connection = connection
            let tuned = [
                "locking_mode = EXCLUSIVE", "cache_size = -4194304", "mmap_size = 8589934592",
                "temp_store = MEMORY",
            ]
            let pragmas = [
                "journal_mode = WAL", "synchronous = \(promise == .durable ? "FULL" : "NORMAL")",
                "wal_autocheckpoint = \(checkpointPageCount)", "foreign_keys = ON",
            ]
            for pragma in (isTuned ? tuned : []) + pragmas {
                try connection.run("PRAGMA \(pragma)")
            }
            try connection.run(Self.schema)
            if hasFullText { try connection.run(Self.articles) }
        }

        func close() throws { connection = nil }

        func opened() throws -> SQLiteConnection {
            guard let connection else { throw PeerError(message: "SQLite is not open.") }
            return connection
        }

        // MARK: Writing

        func insert(_ users: ArraySlice<User>) throws {
            let connection = try opened()
            let statement = try connection.statement("INSERT INTO users VALUES (?, ?, ?, ?)")
            try inTransaction(users) { user in
                bind(user.id.rowID, 1, statement)
                bind(user.email, 2, statement)
                bind(user.name, 3, statement)
                sqlite3_bind_int64(statement, 4, user.createdAt.microseconds)
                try connection.step(statement)
            }
        }

        func insert(_ posts: ArraySlice<Post>) throws {
            let connection = try opened()
            let statement = try connection.statement("INSERT INTO posts VALUES (?, ?, ?, ?, ?)")
            try inTransaction(posts) { post in
                bind(post.id.rowID, 1, statement)
                bind(post.userID.rowID, 2, statement)
                bind(post.title, 3, statement)
                bind(post.content, 4, statement)
                sqlite3_bind_int64(statement, 5, post.createdAt.microseconds)
                try connection.step(statement)
            }
        }

        func insert(_ articles: ArraySlice<Article>) throws {
            let connection = try opened()
            let row = try connection.statement(
                "INSERT INTO articles(id, user_id, title, content, created_at) "
                    + "VALUES (?, ?, ?, ?, ?) RETURNING number")
            let text = try connection.statement(
                "INSERT INTO article_texts(rowid, title, content) VALUES (?, ?, ?)")
            // Row and text are two statements, which one transaction holds together.
            try inTransaction(articles, always: true) { article in
                bind(article.id.rowID, 1, row)
                bind(article.userID.rowID, 2, row)
                bind(article.title, 3, row)
                bind(article.content, 4, row)
                sqlite3_bind_int64(row, 5, article.createdAt.microseconds)
                guard sqlite3_step(row) == SQLITE_ROW else {
                    throw PeerError(message: "SQLite inserts no article.")
                }
                sqlite3_bind_int64(text, 1, sqlite3_column_int64(row, 0))
                sqlite3_reset(row)
                bind(article.title, 2, text)
                bind(article.content, 3, text)
                try connection.step(text)
            }
        }

        private func inTransaction<Row>(
            _ rows: ArraySlice<Row>, always: Bool = false, _ body: (Row) throws -> Void
        ) throws {
            // One statement is a transaction by itself.
            if rows.count == 1, !always { return try body(rows[rows.startIndex]) }
            let connection = try opened()
            try connection.step(connection.statement("BEGIN IMMEDIATE"))
            for row in rows { try body(row) }
            try connection.step(connection.statement("COMMIT"))
        }

        func itemWriter() throws -> ItemWriter {
            nonisolated(unsafe) let connection = try opened()
            nonisolated(unsafe) let statement = try connection.statement(
                "INSERT INTO items VALUES (?, ?)")
            let lock = turn
            return { item in
                try lock.withLock {
                    bind(item.id.rowID, 1, statement)
                    bind(item.body, 2, statement)
                    try connection.step(statement)
                }
            }
        }

        private let turn = NSLock()

        func itemCount() throws -> Int { try opened().number("SELECT count(*) FROM items") }

        func settle() throws {
            try opened().run("PRAGMA wal_checkpoint(TRUNCATE)")
            try opened().run("ANALYZE")
        }

        func byteCount() throws -> Int {
            try opened().number("PRAGMA page_count") * opened().number("PRAGMA page_size")
        }
    }

    /// Binds what the caller keeps until the statement has run.
    func bind(_ text: String, _ place: Int32, _ statement: OpaquePointer?) {
        var text = text
        text.withUTF8 { bytes in
            let start = UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
            // A short text lies in the value itself, which does not stay where it is.
            let isShort = bytes.count < 16
            let keeps = unsafeBitCast(isShort ? -1 : 0, to: sqlite3_destructor_type?.self)
            sqlite3_bind_text(statement, place, start, Int32(bytes.count), keeps)
        }
    }

    func bind(_ id: RowID, _ place: Int32, _ statement: OpaquePointer?) {
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { bytes in
            _ = sqlite3_bind_blob(statement, place, bytes.baseAddress, 16, copied)
        }
    }
#endif
