#if HAS_LMDB
    import CLMDB
    import Foundation
    import Tufa

    /// LMDB through its C library: a named database for each B-tree.
    final class LMDBStore: StoreEngine {
        let name = "LMDB"
        let version = "\(MDB_VERSION_MAJOR).\(MDB_VERSION_MINOR).\(MDB_VERSION_PATCH)"
        let settings =
            "a named database for each B-tree, a map of 32 GiB; durable: as it comes, for "
            + "`MDB_WRITEMAP` syncs no faster; buffered: `MDB_NOSYNC`, which keeps the file whole "
            + "where the system writes in order (with `MDB_WRITEMAP` too it is about twice as "
            + "fast, and a power cut may take everything); an email is unique by "
            + "`MDB_NOOVERWRITE`, a post's reference is not checked"
        let hasFullText = false
        var asksAlone = false

        private var environment: OpaquePointer?
        private var databases: [MDB_dbi] = []
        private var folder = ""
        private var encoder = RowEncoder(hasPrefix: false)

        deinit { encoder.deallocate() }

        func open(_ folder: String, _ promise: Promise) throws {
            self.folder = folder
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            try check(mdb_env_create(&environment))
            try check(mdb_env_set_maxdbs(environment, MDB_dbi(KeySpace.allCases.count)))
            try check(mdb_env_set_mapsize(environment, 32 << 30))
            var flags = UInt32(MDB_NOTLS)
            if promise == .buffered { flags |= UInt32(MDB_NOSYNC) }
            try check(mdb_env_open(environment, folder, flags, 0o600))
            databases = []
            try inTransaction { transaction in
                for space in KeySpace.allCases {
                    var database = MDB_dbi()
                    try check(
                        mdb_dbi_open(transaction, "\(space)", UInt32(MDB_CREATE), &database))
                    databases.append(database)
                }
            }
        }

        func close() throws {
            if environment == nil { return }
            mdb_env_close(environment)
            environment = nil
        }

        // MARK: Writing

        func insert(_ users: ArraySlice<User>) throws {
            try inTransaction { transaction in
                for user in users {
                    try encoder.entries(of: user) { space, entry in
                        let flags = space == .emails ? UInt32(MDB_NOOVERWRITE) : 0
                        try put(transaction, space, entry, flags)
                    }
                }
            }
        }

        func insert(_ posts: ArraySlice<Post>) throws {
            try inTransaction { transaction in
                for post in posts {
                    try encoder.entries(of: post) { try put(transaction, $0, $1, 0) }
                }
            }
        }

        func insert(_ articles: ArraySlice<Article>) throws {
            throw PeerError(message: "LMDB has no full text.")
        }

        func itemWriter() throws -> ItemWriter {
            nonisolated(unsafe) let environment = environment
            let database = databases[Int(KeySpace.items.rawValue)]
            return { item in
                var encoder = RowEncoder(hasPrefix: false, capacity: 512)
                defer { encoder.deallocate() }
                encoder.entry(of: item)
                var transaction: OpaquePointer?
                // Writers take turns here: the library has a lock for them.
                try check(mdb_txn_begin(environment, nil, 0, &transaction))
                var (key, value) = (encoder.key.field, encoder.value.field)
                try check(mdb_put(transaction, database, &key, &value, 0))
                try check(mdb_txn_commit(transaction))
            }
        }

        func itemCount() throws -> Int {
            try reading { transaction in
                var status = MDB_stat()
                let items = databases[Int(KeySpace.items.rawValue)]
                try check(mdb_stat(transaction, items, &status))
                return status.ms_entries
            }
        }

        func settle() throws {}

        private func put(
            _ transaction: OpaquePointer?, _ space: KeySpace, _ entry: RowEncoder, _ flags: UInt32
        ) throws {
            var (key, value) = (entry.key.field, entry.value.field)
            try check(
                mdb_put(transaction, databases[Int(space.rawValue)], &key, &value, flags))
        }

        private func inTransaction(_ body: (OpaquePointer?) throws -> Void) throws {
            var transaction: OpaquePointer?
            try check(mdb_txn_begin(environment, nil, 0, &transaction))
            do {
                try body(transaction)
            } catch {
                mdb_txn_abort(transaction)
                throw error
            }
            try check(mdb_txn_commit(transaction))
        }

        private func reading<Result>(_ body: (OpaquePointer?) throws -> Result) throws -> Result {
            var transaction: OpaquePointer?
            try check(mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &transaction))
            defer { mdb_txn_abort(transaction) }
            return try body(transaction)
        }

        /// Has the next question see what was written since the one before.
        private func renew(_ transaction: OpaquePointer?) throws {
            mdb_txn_reset(transaction)
            try check(mdb_txn_renew(transaction))
        }

        // MARK: Reading

        func users(byEmail emails: [String]) throws -> Tally {
            try reading { transaction in
                var tally = Tally()
                for email in emails {
                    if asksAlone { try renew(transaction) }
                    encoder.keyOf(email: email)
                    guard let id = get(transaction, .emails) else { continue }
                    encoder.key(.users, idAt: id.end)
                    if let user = get(transaction, .users) {
                        tally.add(userAt: user.start, user.count)
                    }
                }
                return tally
            }
        }

        func users(byID ids: [User.ID]) throws -> Tally {
            try reading { transaction in
                var tally = Tally()
                for id in ids {
                    encoder.keyOf(id)
                    if let user = get(transaction, .users) {
                        tally.add(userAt: user.start, user.count)
                    }
                }
                return tally
            }
        }

        func scanUserKeys() throws -> Tally {
            var tally = Tally()
            try walk(.usersByTime, times: 1, limit: .max) { _ in
            } each: { _, _ in
                tally.rows += 1
                return true
            }
            return tally
        }

        func scanUsers() throws -> Tally {
            try tallyUsers(times: 1, count: .max) { _ in encoder.start(.usersByTime) }
        }

        func users(from times: [Timestamp], count: Int) throws -> Tally {
            try tallyUsers(times: times.count, count: count) { encoder.keyOf(time: times[$0]) }
        }

        private func tallyUsers(
            times: Int, count: Int, seek: (Int) -> Void
        ) throws -> Tally {
            var tally = Tally()
            try walk(.usersByTime, times: times, limit: count, seek: seek) { transaction, entry in
                encoder.key(.users, idAt: entry.end)
                guard let user = get(transaction, .users) else { return false }
                tally.add(userAt: user.start, user.count)
                return true
            }
            return tally
        }

        func newestPosts(of users: [User.ID], count: Int) throws -> Tally {
            var number = 0
            return try tallyPosts(.postsOfUser, times: users.count, count: count) {
                number = $0
                encoder.keyOf(postsOf: users[$0])
            } isIn: { entry in
                let id = users[number].rowID
                let (high, low) = (
                    entry.start.loadUnaligned(as: UInt64.self),
                    entry.start.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                )
                return high == id.high.bigEndian && low == id.low.bigEndian
            }
        }

        func newestPosts(count: Int, times: Int) throws -> Tally {
            try tallyPosts(.postsByTime, times: times, count: count) { _ in
                encoder.start(.postsByTime)
            } isIn: { _ in
                true
            }
        }

        func pages(after posts: [Post], size: Int) throws -> Tally {
            try tallyPosts(.postsByTime, times: posts.count, count: size) {
                encoder.keyOf(post: posts[$0])
                encoder.skipPlace()
            } isIn: { _ in
                true
            }
        }

        private func tallyPosts(
            _ space: KeySpace, times: Int, count: Int, seek: (Int) -> Void,
            isIn: (Field) -> Bool
        ) throws -> Tally {
            var tally = Tally()
            try walk(space, times: times, limit: count, seek: seek) { transaction, entry in
                guard isIn(entry) else { return false }
                encoder.key(.posts, idAt: entry.end)
                guard let post = get(transaction, .posts) else { return false }
                tally.add(postAt: post.start, post.count)
                return true
            }
            return tally
        }

        /// Walks along keys from several places, with one cursor.
        private func walk(
            _ space: KeySpace, times: Int, limit: Int, seek: (Int) -> Void,
            each: (OpaquePointer?, Field) throws -> Bool
        ) throws {
            try reading { transaction in
                var cursor: OpaquePointer?
                try check(mdb_cursor_open(transaction, databases[Int(space.rawValue)], &cursor))
                defer { mdb_cursor_close(cursor) }
                for number in 0..<times {
                    if asksAlone {
                        try renew(transaction)
                        try check(mdb_cursor_renew(transaction, cursor))
                    }
                    encoder.start(space)
                    seek(number)
                    var (key, value) = (encoder.key.field, MDB_val())
                    var code = mdb_cursor_get(
                        cursor, &key, &value, key.mv_size == 0 ? MDB_FIRST : MDB_SET_RANGE)
                    var count = 0
                    while code == 0, let field = Field(key), try each(transaction, field) {
                        count += 1
                        if count == limit { break }
                        code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)
                    }
                    if code != MDB_NOTFOUND { try check(code) }
                }
            }
        }

        private func get(_ transaction: OpaquePointer?, _ space: KeySpace) -> Field? {
            var (key, value) = (encoder.key.field, MDB_val())
            let code = mdb_get(transaction, databases[Int(space.rawValue)], &key, &value)
            return code == 0 ? Field(value) : nil
        }

        func byteCount() throws -> Int { folderByteCount(folder) }

        /// Bytes where they lie in the map.
        private struct Field {
            let start: UnsafeRawPointer
            let count: Int
            var end: UnsafeRawPointer { start + count }

            init?(_ value: MDB_val) {
                guard let data = value.mv_data else { return nil }
                start = UnsafeRawPointer(data)
                count = value.mv_size
            }
        }
    }

    extension ByteWriter {
        fileprivate var field: MDB_val { MDB_val(mv_size: count, mv_data: memory) }
    }

    private func check(_ code: Int32) throws {
        if code != 0 { throw PeerError(message: "LMDB: " + String(cString: mdb_strerror(code))) }
    }
#endif
