internal import Synchronization

/// Another file system, with a hook before each call that changes or syncs something.
///
/// It is to a real disk what the hook of ``MemoryFileSystem`` is to the one in memory.
package final class HookedFileSystem: FileSystem {
    private let base: any FileSystem
    private let hook: MemoryFileSystem.Hook
    private let callCount = Atomic(0)

    /// Wraps a file system.
    package init(_ base: any FileSystem, _ hook: @escaping MemoryFileSystem.Hook) {
        self.base = base
        self.hook = hook
    }

    func announce(_ name: String, _ path: String) throws {
        let number = callCount.wrappingAdd(1, ordering: .relaxed).newValue
        if let error = hook(.init(number: number, name: name, path: path)) { throw error }
    }

    /// Opens a file, with a call where it is made or emptied.
    package func open(_ path: String, _ mode: FileMode) throws -> any File {
        switch mode {
        case .read, .readWrite: break
        case .create, .replace: try announce("create", path)
        }
        return HookedFile(try base.open(path, mode), self)
    }

    /// Asks the other.
    package func status(of path: String) throws -> FileStatus? { try base.status(of: path) }
    /// Asks the other.
    package func canonicalPath(of path: String) throws -> String {
        try base.canonicalPath(of: path)
    }
    /// Asks the other.
    package func list(_ path: String) throws -> [String] { try base.list(path) }

    /// Makes a folder, after the hook.
    package func createDirectory(_ path: String) throws {
        try announce("mkdir", path)
        try base.createDirectory(path)
    }

    /// Renames, after the hook.
    package func rename(_ path: String, to target: String) throws {
        try announce("rename", path)
        try base.rename(path, to: target)
    }

    /// Removes the name of a file, after the hook.
    package func unlink(_ path: String) throws {
        try announce("unlink", path)
        try base.unlink(path)
    }

    /// Removes a folder, after the hook.
    package func removeDirectory(_ path: String) throws {
        try announce("rmdir", path)
        try base.removeDirectory(path)
    }

    /// Syncs a folder, after the hook.
    package func syncDirectory(_ path: String) throws {
        try announce("syncdir", path)
        try base.syncDirectory(path)
    }

    /// Takes a lock of the other, without a call.
    package func lock(_ path: String, holder: String) throws -> any FileLock {
        try base.lock(path, holder: holder)
    }
}

/// An open file of a ``HookedFileSystem``.
private final class HookedFile: File {
    private let base: any File
    private let owner: HookedFileSystem

    init(_ base: any File, _ owner: HookedFileSystem) {
        self.base = base
        self.owner = owner
    }

    var path: String { base.path }
    func byteCount() throws -> UInt64 { try base.byteCount() }
    func close() throws { try base.close() }

    @unsafe
    func read(into target: UnsafeMutableRawBufferPointer, at offset: UInt64) throws -> Int {
        unsafe try base.read(into: target, at: offset)
    }

    @unsafe
    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws {
        do {
            try owner.announce("write", path)
        } catch let cut as MemoryFileSystem.CutWrite {
            let half = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)])
            unsafe try base.write(half, at: offset)
            throw cut.error
        }
        unsafe try base.write(bytes, at: offset)
    }

    func truncate(to byteCount: UInt64) throws {
        try owner.announce("truncate", path)
        try base.truncate(to: byteCount)
    }

    // No call of its own: it changes nothing that a reader or a crash could tell.
    func startWriting(from offset: UInt64, count: Int) throws {
        try base.startWriting(from: offset, count: count)
    }

    func syncData() throws {
        do {
            try owner.announce("sync", path)
        } catch let lost as MemoryFileSystem.LostSync {
            throw lost.error
        }
        try base.syncData()
    }
}
