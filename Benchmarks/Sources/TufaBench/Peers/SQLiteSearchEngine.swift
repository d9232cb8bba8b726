#if HAS_SQLITE
    import CSQLite

    /// SQLite with FTS5 through its C library, in this process, with all its pages in memory.
    final class SQLiteSearchEngine: SearchEngine {
        let name = "SQLite FTS5"
        let version: String
        let ways: [Way] = [.rows]
        private let texts: [String]
        private let scratch: Scratch
        private var connection: SQLiteConnection?
        private var buildCount = 0

        /// Nil where this library has no FTS5.
        init?(_ corpus: SearchCorpus, _ scratch: Scratch) {
            guard sqlite3_compileoption_used("ENABLE_FTS5") != 0 else { return nil }
            version = String(cString: sqlite3_libversion())
            texts = corpus.texts
            self.scratch = scratch
        }

        func build(batch: Int) throws -> Double? {
            buildCount += 1
            let connection = try SQLiteConnection(scratch.path("fts\(buildCount).db"))
            self.connection = connection
            try connection.run("PRAGMA journal_mode = WAL")
            try connection.run("PRAGMA synchronous = OFF")
            try connection.run("PRAGMA cache_size = -524288")
            try connection.run(
                """
                CREATE VIRTUAL TABLE documents USING fts5(
                    text, bucket UNINDEXED, tokenize = 'porter unicode61')
                """)
            let took = try seconds {
                let insert = try opened().statement(Self.insert)
                var start = 0
                while start < texts.count {
                    let end = min(start + batch, texts.count)
                    try connection.run("BEGIN")
                    for number in start..<end { try add(texts[number], number, insert) }
                    try connection.run("COMMIT")
                    start = end
                }
            }
            // One segment answers faster than many; it is not part of the time.
            try connection.run("INSERT INTO documents(documents) VALUES ('optimize')")
            return took
        }

        private static let insert = "INSERT INTO documents(text, bucket) VALUES (?, ?)"

        private func opened() throws -> SQLiteConnection {
            guard let connection else { throw PeerError(message: "SQLite is not open.") }
            return connection
        }

        func ask(_ questions: [Question], by way: Way) throws -> Answers? {
            let texts = questions.compactMap(match)
            guard texts.count == questions.count else { return nil }
            let connection = try opened()
            let statement = try connection.statement(
                "SELECT rowid, text FROM documents WHERE documents MATCH ? \(filter(questions)) "
                    + "ORDER BY rank LIMIT 10")
            return try timeEach(texts) { text in
                bind(text, 1, statement)
                var count = 0
                while sqlite3_step(statement) == SQLITE_ROW {
                    // The text stands in SQLite's memory until the next step.
                    let isThere = sqlite3_column_text(statement, 1) != nil
                    count += isThere && sqlite3_column_bytes(statement, 1) > 0 ? 1 : 0
                }
                try connection.check(sqlite3_reset(statement))
                return count
            }
        }

        func matches(_ questions: [Question]) throws -> [Int]? {
            let texts = questions.compactMap(match)
            guard texts.count == questions.count else { return nil }
            let statement = try opened().statement(
                "SELECT count(*) FROM documents WHERE documents MATCH ? \(filter(questions))")
            return texts.map { text in
                bind(text, 1, statement)
                _ = sqlite3_step(statement)
                let count = sqlite3_column_int64(statement, 0)
                sqlite3_reset(statement)
                return Int(count)
            }
        }

        func commits(_ count: Int, seed: Int) throws -> [Double]? {
            let insert = try opened().statement(Self.insert)
            return try (0..<count).map { number in
                let word = "zqvisible\(seed)x\(number)"
                let text = texts[number * 97 % texts.count] + " " + word
                let took = try seconds { try add(text, number, insert) }
                let found = try matches([Question(kind: .all, words: [word])])?.first
                precondition(found == 1, "\(word) is in \(found ?? 0) documents.")
                return took * 1e6
            }
        }

        func size() throws -> IndexSize? {
            // The pages of the index; the documents themselves are in documents_content.
            let byteCount = try opened().number(
                """
                SELECT sum(pgsize) FROM dbstat
                WHERE name IN ('documents_data', 'documents_idx', 'documents_docsize')
                """)
            return IndexSize(byteCount: byteCount, place: "on disk, optimized")
        }

        // MARK: Statements

        /// The text of MATCH; nil where FTS5 has no words for it.
        private func match(_ question: Question) -> String? {
            let words = question.words.map { "\"\($0)\"" }
            switch question.kind {
            case .all, .filtered: return words.joined(separator: " AND ")
            case .any: return words.joined(separator: " OR ")
            case .phrase: return "\"" + question.words.joined(separator: " ") + "\""
            case .prefix: return words[0] + "*"
            case .fuzzy: return nil
            }
        }

        private func filter(_ questions: [Question]) -> String {
            questions.first?.kind == .filtered ? "AND bucket = \(Question.filteredBucket)" : ""
        }

        private func add(_ text: String, _ number: Int, _ insert: OpaquePointer?) throws {
            bind(text, 1, insert)
            sqlite3_bind_int64(insert, 2, Int64(number % 10))
            try opened().step(insert)
        }
    }
#endif
