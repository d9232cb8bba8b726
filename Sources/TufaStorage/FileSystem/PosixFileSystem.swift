internal import CTufa
internal import Synchronization
internal import TufaBytes

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// The file system of the operating system.
package struct PosixFileSystem: FileSystem {
    private let calls: PosixCalls

    /// Makes one; it holds nothing.
    package init(calls: PosixCalls = .system) { self.calls = calls }

    /// Opens a file.
    package func open(_ path: String, _ mode: FileMode) throws -> any File {
        try PosixFile(path, mode, calls)
    }

    /// Asks with stat.
    package func status(of path: String) throws -> FileStatus? { try Platform.status(of: path) }

    /// Asks with realpath.
    package func canonicalPath(of path: String) throws -> String {
        try Platform.canonicalPath(of: path)
    }

    /// Lists with readdir, sorted.
    package func list(_ path: String) throws -> [String] { try Platform.names(in: path) }

    /// Makes a folder with the mode 0755.
    package func createDirectory(_ path: String) throws {
        try Platform.check("mkdir", path) { unsafe mkdir(path, 0o755) }
    }

    /// Renames, replacing what has the new name.
    package func rename(_ path: String, to target: String) throws {
        #if canImport(Darwin)
            try Platform.check("rename", path) { unsafe Darwin.rename(path, target) }
        #elseif canImport(Glibc)
            try Platform.check("rename", path) { unsafe Glibc.rename(path, target) }
        #else
            try Platform.check("rename", path) { unsafe Musl.rename(path, target) }
        #endif
    }

    /// Removes the name of a file.
    package func unlink(_ path: String) throws {
        #if canImport(Darwin)
            try Platform.check("unlink", path) { unsafe Darwin.unlink(path) }
        #elseif canImport(Glibc)
            try Platform.check("unlink", path) { unsafe Glibc.unlink(path) }
        #else
            try Platform.check("unlink", path) { unsafe Musl.unlink(path) }
        #endif
    }

    /// Removes a folder with rmdir.
    package func removeDirectory(_ path: String) throws {
        try Platform.check("rmdir", path) { unsafe rmdir(path) }
    }

    /// Opens the folder and syncs it.
    package func syncDirectory(_ path: String) throws {
        let directory = try PosixFile(path, .read, calls)
        try directory.syncAll()
        try directory.close()
    }

    /// Takes a flock, and an entry in the table of this process.
    package func lock(_ path: String, holder: String) throws -> any FileLock {
        let file: PosixFile
        do {
            file = try PosixFile(path, .readWrite, calls)
        } catch let error as DatabaseError where error.code == .missingFile {
            file = try PosixFile(path, .replace, calls)
        }
        let identity = try file.identity()
        // A network share may turn flock into a lock that one process can take twice.
        guard PosixLock.held.withLock({ $0.insert(identity).inserted }) else {
            throw Self.locked(file, path)
        }
        do {
            guard try file.lock() else {
                throw Self.locked(file, path)
            }
            try file.truncate(to: 0)
            try file.write(Array(holder.utf8), at: 0)
        } catch {
            _ = PosixLock.held.withLock { $0.remove(identity) }
            throw error
        }
        return PosixLock(file, identity)
    }

    private static func locked(_ file: PosixFile, _ path: String) -> DatabaseError {
        let words = (try? file.bytes(count: 512, at: 0)).map { String(decoding: $0, as: UTF8.self) }
        return .locked(path, holder: words ?? "")
    }
}

extension DatabaseError {
    static func locked(_ path: String, holder: String) -> DatabaseError {
        DatabaseError(
            .locked,
            "Another writer has the database open"
                + (holder.isEmpty
                    ? "." : ": \(holder.split(separator: "\n").joined(separator: ", "))."),
            file: path, advice: "Close it there, or open this one for reading only.")
    }
}

/// A flock that is held.
final class PosixLock: FileLock {
    static let held = Mutex<Set<PosixFileIdentity>>([])

    private let file: PosixFile
    private let identity: PosixFileIdentity
    private let isReleased = Atomic(false)

    init(_ file: PosixFile, _ identity: PosixFileIdentity) {
        self.file = file
        self.identity = identity
    }

    deinit { release() }

    func release() {
        guard !isReleased.exchange(true, ordering: .relaxed) else { return }
        try? file.truncate(to: 0)
        try? file.close()
        _ = Self.held.withLock { $0.remove(identity) }
    }
}
