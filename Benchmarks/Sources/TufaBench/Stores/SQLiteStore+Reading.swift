#if HAS_SQLITE
    import CSQLite
    import Tufa

    extension SQLiteStore {
        func users(byEmail emails: [String]) throws -> Tally {
            let statement = try opened().statement(
                "SELECT id, email, name, created_at FROM users WHERE email = ?")
            return try inOneTransaction { tally in
                for email in emails {
                    bind(email, 1, statement)
                    try addRows(of: statement, texts: (1, 2), &tally)
                }
            }
        }

        func users(byID ids: [User.ID]) throws -> Tally {
            let statement = try opened().statement(
                "SELECT id, email, name, created_at FROM users WHERE id = ?")
            return try inOneTransaction { tally in
                for id in ids {
                    bind(id.rowID, 1, statement)
                    try addRows(of: statement, texts: (1, 2), &tally)
                }
            }
        }

        func scanUserKeys() throws -> Tally {
            Tally(rows: try opened().number("SELECT count(*) FROM users WHERE created_at > 0"))
        }

        func scanUsers() throws -> Tally {
            let statement = try opened().statement(
                "SELECT id, email, name, created_at FROM users ORDER BY created_at DESC")
            return try inOneTransaction { try addRows(of: statement, texts: (1, 2), &$0) }
        }

        func users(from times: [Timestamp], count: Int) throws -> Tally {
            let statement = try opened().statement(
                "SELECT id, email, name, created_at FROM users WHERE created_at <= ? "
                    + "ORDER BY created_at DESC LIMIT ?")
            return try inOneTransaction { tally in
                for time in times {
                    sqlite3_bind_int64(statement, 1, time.microseconds)
                    sqlite3_bind_int64(statement, 2, Int64(count))
                    try addRows(of: statement, texts: (1, 2), &tally)
                }
            }
        }

        func newestPosts(of users: [User.ID], count: Int) throws -> Tally {
            let statement = try opened().statement(
                "SELECT id, user_id, title, content, created_at FROM posts WHERE user_id = ? "
                    + "ORDER BY created_at DESC LIMIT ?")
            return try inOneTransaction { tally in
                for user in users {
                    bind(user.rowID, 1, statement)
                    sqlite3_bind_int64(statement, 2, Int64(count))
                    try addRows(of: statement, texts: (2, 3), &tally)
                }
            }
        }

        func newestPosts(count: Int, times: Int) throws -> Tally {
            let statement = try opened().statement(
                "SELECT id, user_id, title, content, created_at FROM posts "
                    + "ORDER BY created_at DESC LIMIT ?")
            return try inOneTransaction { tally in
                for _ in 0..<times {
                    sqlite3_bind_int64(statement, 1, Int64(count))
                    try addRows(of: statement, texts: (2, 3), &tally)
                }
            }
        }

        func pages(after posts: [Post], size: Int) throws -> Tally {
            let statement = try opened().statement(
                "SELECT id, user_id, title, content, created_at FROM posts WHERE created_at < ? "
                    + "ORDER BY created_at DESC LIMIT ?")
            return try inOneTransaction { tally in
                for post in posts {
                    sqlite3_bind_int64(statement, 1, post.createdAt.microseconds)
                    sqlite3_bind_int64(statement, 2, Int64(size))
                    try addRows(of: statement, texts: (2, 3), &tally)
                }
            }
        }

        func search(_ questions: [[String]], count: Int) throws -> Tally {
            let statement = try opened().statement(
                "SELECT articles.id, user_id, articles.title, articles.content, created_at "
                    + "FROM article_texts JOIN articles ON number = article_texts.rowid "
                    + "WHERE article_texts MATCH ? ORDER BY rank LIMIT ?")
            return try inOneTransaction { tally in
                for words in questions {
                    let text = words.map { "\"\($0)\"" }.joined(separator: " AND ")
                    try withExtendedLifetime(text) {
                        bind(text, 1, statement)
                        sqlite3_bind_int64(statement, 2, Int64(count))
                        try addRows(of: statement, texts: (2, 3), &tally)
                    }
                }
            }
        }

        /// One view for all questions, as with the others; a statement alone is a transaction.
        private func inOneTransaction(_ body: (inout Tally) throws -> Void) throws -> Tally {
            let connection = try opened()
            var tally = Tally()
            if asksAlone {
                try body(&tally)
                return tally
            }
            try connection.step(connection.statement("BEGIN"))
            try body(&tally)
            try connection.step(connection.statement("COMMIT"))
            return tally
        }

        /// Reads all columns of all rows, the texts where they stand.
        private func addRows(
            of statement: OpaquePointer?, texts: (Int32, Int32), _ tally: inout Tally
        ) throws {
            let last = sqlite3_column_count(statement) - 1
            var code = sqlite3_step(statement)
            while code == SQLITE_ROW {
                _ = sqlite3_column_blob(statement, 0)
                _ = sqlite3_column_text(statement, texts.0)
                _ = sqlite3_column_text(statement, texts.1)
                _ = sqlite3_column_int64(statement, last)
                tally.add(
                    Int(sqlite3_column_bytes(statement, texts.0))
                        + Int(sqlite3_column_bytes(statement, texts.1)))
                code = sqlite3_step(statement)
            }
            sqlite3_reset(statement)
            if code != SQLITE_DONE { try opened().check(code) }
        }
    }
#endif
