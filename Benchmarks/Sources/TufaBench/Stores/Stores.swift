import Foundation

/// The stores that this machine can measure, Tufa first.
enum Stores {
    /// - Parameter tuned: Whether those that can be faster than as they come are there twice.
    static func all(tuned: Bool = false) -> [any StoreEngine] {
        [TufaStore()] + embeddedPeers(tuned: tuned) + servers()
    }

    private static func embeddedPeers(tuned: Bool) -> [any StoreEngine] {
        [sqlite(isTuned: false), tuned ? sqlite(isTuned: true) : nil, lmdb, rocksDB]
            .compactMap { $0 }
    }

    private static func sqlite(isTuned: Bool) -> (any StoreEngine)? {
        #if HAS_SQLITE
            SQLiteStore(isTuned: isTuned)
        #else
            nil
        #endif
    }

    private static var lmdb: (any StoreEngine)? {
        #if HAS_LMDB
            LMDBStore()
        #else
            nil
        #endif
    }

    private static var rocksDB: (any StoreEngine)? {
        #if HAS_ROCKSDB
            RocksDBStore()
        #else
            nil
        #endif
    }

    private static func servers() -> [any StoreEngine] {
        guard let program = RedisServer.program else { return [] }
        return [RedisStore(program: program)]
    }
}

/// Bytes of all files in a folder that hold something on disk.
func folderByteCount(_ folder: String) -> Int {
    guard let files = FileManager.default.enumerator(atPath: folder) else { return 0 }
    var sum = 0
    while let name = files.nextObject() as? String {
        var status = stat()
        if lstat(folder + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
            sum += Int(status.st_blocks) * 512
        }
    }
    return sum
}
