#if HAS_ROCKSDB
    import CRocksDB
    import Foundation
    import Tufa

    /// RocksDB through its C library: a byte before the key for each B-tree.
    final class RocksDBStore: StoreEngine {
        let name = "RocksDB"
        let version = RocksDBStore.headerVersion
        let settings =
            "one byte before the key for each B-tree, `WriteBatch`, `sync` or not, buffers of "
            + "64 MiB, no compression, whole-key and prefix bloom filters of 10 bits, hashed data "
            + "blocks, a block cache of 4 GiB; flushed and compacted before it is read; an email "
            + "is looked up before it is inserted, a post's reference is not checked"
        let hasFullText = false
        // Without a snapshot, each question sees what there is.
        var asksAlone = false
        /// Bytes a buffer may have before it is written out.
        var bufferByteCount = 64 << 20

        private var database: OpaquePointer?
        private var writeOptions: OpaquePointer?
        /// Reads keys, and runs of keys that begin alike.
        private var prefixReads: OpaquePointer?
        /// Reads in order beyond a prefix.
        private var orderedReads: OpaquePointer?
        private var batch: OpaquePointer?
        private var folder = ""
        private var encoder = RowEncoder(hasPrefix: true)

        deinit { encoder.deallocate() }

        /// The library tells its version in a header of C++ only.
        private static var headerVersion: String {
            let header =
                (try? String(
                    contentsOfFile: "/usr/include/rocksdb/version.h", encoding: .utf8)) ?? ""
            let parts = ["MAJOR", "MINOR", "PATCH"].map { part in
                header.split(separator: "\n").first { $0.contains("define ROCKSDB_\(part)") }?
                    .split(separator: " ").last.map(String.init) ?? "?"
            }
            return parts.joined(separator: ".")
        }

        func open(_ folder: String, _ promise: Promise) throws {
            self.folder = folder
            let options = try makeOptions()
            defer { rocksdb_options_destroy(options) }
            database = try checked { rocksdb_open(options, folder, &$0) }
            writeOptions = rocksdb_writeoptions_create()
            rocksdb_writeoptions_set_sync(writeOptions, promise == .durable ? 1 : 0)
            prefixReads = rocksdb_readoptions_create()
            rocksdb_readoptions_set_prefix_same_as_start(prefixReads, 1)
            orderedReads = rocksdb_readoptions_create()
            rocksdb_readoptions_set_total_order_seek(orderedReads, 1)
            batch = rocksdb_writebatch_create()
        }

        /// Options of a database that lies in memory; the caller destroys them.
        private func makeOptions() throws -> OpaquePointer? {
            let table = rocksdb_block_based_options_create()
            defer { rocksdb_block_based_options_destroy(table) }
            let cache = rocksdb_cache_create_lru(4 << 30)
            defer { rocksdb_cache_destroy(cache) }
            rocksdb_block_based_options_set_block_cache(table, cache)
            rocksdb_block_based_options_set_filter_policy(
                table, rocksdb_filterpolicy_create_bloom_full(10))
            rocksdb_block_based_options_set_format_version(table, 5)
            rocksdb_block_based_options_set_data_block_index_type(table, 1)
            rocksdb_block_based_options_set_data_block_hash_ratio(table, 0.75)
            let options = rocksdb_options_create()
            defer { rocksdb_options_destroy(options) }
            rocksdb_options_set_create_if_missing(options, 1)
            rocksdb_options_set_block_based_table_factory(options, table)
            rocksdb_options_set_compression(options, 0)
            rocksdb_options_set_write_buffer_size(options, bufferByteCount)
            rocksdb_options_set_max_write_buffer_number(options, 4)
            rocksdb_options_increase_parallelism(
                options, Int32(ProcessInfo.processInfo.processorCount))
            // The space and an identifier: the posts of one user lie together behind it.
            rocksdb_options_set_prefix_extractor(
                options, rocksdb_slicetransform_create_fixed_prefix(17))
            rocksdb_options_set_memtable_prefix_bloom_size_ratio(options, 0.1)
            rocksdb_options_set_info_log_level(options, 4)
            let whole = rocksdb_options_create()
            let more = "avoid_flush_during_recovery=true;avoid_flush_during_shutdown=true"
            try checked { rocksdb_get_options_from_string(options, more, whole, &$0) }
            return whole
        }

        func close() throws {
            if database == nil { return }
            rocksdb_writebatch_destroy(batch)
            rocksdb_readoptions_destroy(prefixReads)
            rocksdb_readoptions_destroy(orderedReads)
            rocksdb_writeoptions_destroy(writeOptions)
            rocksdb_close(database)
            database = nil
        }

        // MARK: Writing

        func insert(_ users: ArraySlice<User>) throws {
            rocksdb_writebatch_clear(batch)
            for user in users {
                encoder.keyOf(email: user.email)
                if try get({ _, _ in }) { throw PeerError(message: "\(user.email) is there.") }
                encoder.entries(of: user) { _, entry in put(entry) }
            }
            try checked { rocksdb_write(database, writeOptions, batch, &$0) }
        }

        func insert(_ posts: ArraySlice<Post>) throws {
            rocksdb_writebatch_clear(batch)
            for post in posts { encoder.entries(of: post) { _, entry in put(entry) } }
            try checked { rocksdb_write(database, writeOptions, batch, &$0) }
        }

        func insert(_ articles: ArraySlice<Article>) throws {
            throw PeerError(message: "RocksDB has no full text.")
        }

        private func put(_ entry: RowEncoder) {
            rocksdb_writebatch_put(
                batch, entry.key.text, entry.key.count, entry.value.text, entry.value.count)
        }

        func itemWriter() throws -> ItemWriter {
            nonisolated(unsafe) let database = database
            nonisolated(unsafe) let options = writeOptions
            return { item in
                var encoder = RowEncoder(hasPrefix: true, capacity: 512)
                defer { encoder.deallocate() }
                encoder.entry(of: item)
                let (key, value) = (encoder.key, encoder.value)
                try checked {
                    rocksdb_put(
                        database, options, key.text, key.count, value.text, value.count, &$0)
                }
            }
        }

        func itemCount() throws -> Int {
            let iterator = rocksdb_create_iterator(database, orderedReads)
            defer { rocksdb_iter_destroy(iterator) }
            encoder.start(.items)
            rocksdb_iter_seek(iterator, encoder.key.text, encoder.key.count)
            var count = 0
            while let key = Field(iterator, rocksdb_iter_key), key.space == .items {
                count += 1
                rocksdb_iter_next(iterator)
            }
            return count
        }

        func settle() throws {
            let options = rocksdb_flushoptions_create()
            defer { rocksdb_flushoptions_destroy(options) }
            rocksdb_flushoptions_set_wait(options, 1)
            try checked { rocksdb_flush(database, options, &$0) }
            rocksdb_compact_range(database, nil, 0, nil, 0)
        }

        // MARK: Reading

        func users(byEmail emails: [String]) throws -> Tally {
            var tally = Tally()
            for email in emails {
                encoder.keyOf(email: email)
                let isThere = try get { id, count in encoder.key(.users, idAt: id + count) }
                if isThere { try get { tally.add(userAt: $0, $1) } }
            }
            return tally
        }

        func users(byID ids: [User.ID]) throws -> Tally {
            var tally = Tally()
            for id in ids {
                encoder.keyOf(id)
                try get { tally.add(userAt: $0, $1) }
            }
            return tally
        }

        func scanUserKeys() throws -> Tally {
            var tally = Tally()
            try walk(.usersByTime, orderedReads, times: 1, limit: .max) { _ in
            } each: { _ in
                tally.rows += 1
                return true
            }
            return tally
        }

        func scanUsers() throws -> Tally {
            try tallyUsers(times: 1, count: .max) { _ in }
        }

        func users(from times: [Timestamp], count: Int) throws -> Tally {
            try tallyUsers(times: times.count, count: count) { encoder.keyOf(time: times[$0]) }
        }

        private func tallyUsers(times: Int, count: Int, seek: (Int) -> Void) throws -> Tally {
            var tally = Tally()
            try walk(.usersByTime, orderedReads, times: times, limit: count, seek: seek) { entry in
                encoder.key(.users, idAt: entry.end)
                return try get { tally.add(userAt: $0, $1) }
            }
            return tally
        }

        func newestPosts(of users: [User.ID], count: Int) throws -> Tally {
            try tallyPosts(.postsOfUser, prefixReads, times: users.count, count: count) {
                encoder.keyOf(postsOf: users[$0])
            }
        }

        func newestPosts(count: Int, times: Int) throws -> Tally {
            try tallyPosts(.postsByTime, orderedReads, times: times, count: count) { _ in }
        }

        func pages(after posts: [Post], size: Int) throws -> Tally {
            try tallyPosts(.postsByTime, orderedReads, times: posts.count, count: size) {
                encoder.keyOf(post: posts[$0])
                encoder.skipPlace()
            }
        }

        private func tallyPosts(
            _ space: KeySpace, _ options: OpaquePointer?, times: Int, count: Int,
            seek: (Int) -> Void
        ) throws -> Tally {
            var tally = Tally()
            try walk(space, options, times: times, limit: count, seek: seek) { entry in
                encoder.key(.posts, idAt: entry.end)
                return try get { tally.add(postAt: $0, $1) }
            }
            return tally
        }

        /// Walks along keys from several places, with one iterator.
        private func walk(
            _ space: KeySpace, _ options: OpaquePointer?, times: Int, limit: Int,
            seek: (Int) -> Void, each: (Field) throws -> Bool
        ) throws {
            let iterator = rocksdb_create_iterator(database, options)
            defer { rocksdb_iter_destroy(iterator) }
            for number in 0..<times {
                encoder.start(space)
                seek(number)
                rocksdb_iter_seek(iterator, encoder.key.text, encoder.key.count)
                var count = 0
                while let key = Field(iterator, rocksdb_iter_key), key.space == space,
                    try each(key)
                {
                    count += 1
                    if count == limit { break }
                    rocksdb_iter_next(iterator)
                }
            }
        }

        /// Hands the value of the encoder's key on, where it lies; false where there is none.
        @discardableResult
        private func get(_ body: (UnsafeRawPointer, Int) -> Void) throws -> Bool {
            let (key, count) = (encoder.key.text, encoder.key.count)
            let slice = try checked {
                rocksdb_get_pinned(database, prefixReads, key, count, &$0)
            }
            guard let slice else { return false }
            defer { rocksdb_pinnableslice_destroy(slice) }
            var length = 0
            guard let value = rocksdb_pinnableslice_value(slice, &length) else { return false }
            body(UnsafeRawPointer(value), length)
            return true
        }

        func byteCount() throws -> Int { folderByteCount(folder) }

        /// The key that an iterator stands at.
        private struct Field {
            let start: UnsafeRawPointer
            let count: Int
            var end: UnsafeRawPointer { start + count }
            var space: KeySpace? { KeySpace(rawValue: start.load(as: UInt8.self)) }

            /// Nil behind the last.
            init?(
                _ iterator: OpaquePointer?,
                _ key: (OpaquePointer?, UnsafeMutablePointer<Int>?) -> UnsafePointer<CChar>?
            ) {
                guard rocksdb_iter_valid(iterator) != 0 else { return nil }
                var length = 0
                guard let bytes = key(iterator, &length) else { return nil }
                start = UnsafeRawPointer(bytes)
                count = length
            }
        }
    }

    extension ByteWriter {
        fileprivate var text: UnsafePointer<CChar> {
            UnsafeRawPointer(memory).assumingMemoryBound(to: CChar.self)
        }
    }

    /// Calls the library and throws what it says of errors.
    @discardableResult
    private func checked<Result>(
        _ call: (inout UnsafeMutablePointer<CChar>?) -> Result
    ) throws -> Result {
        var message: UnsafeMutablePointer<CChar>?
        let result = call(&message)
        if let message {
            defer { rocksdb_free(message) }
            throw PeerError(message: "RocksDB: " + String(cString: message))
        }
        return result
    }
#endif
