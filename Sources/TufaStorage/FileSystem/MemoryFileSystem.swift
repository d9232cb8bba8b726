internal import Synchronization
internal import TufaBytes

/// A file system in memory that knows what a power cut would leave of it.
///
/// Each file keeps what was synced beside what was written, by sectors of 512 bytes; each folder
/// keeps its synced names beside the changes since. ``crashed(keeping:)`` gives the disk as the
/// next start of the machine would find it.
package final class MemoryFileSystem: FileSystem {
    /// One call, as the hook sees it before it happens.
    package struct Call: Sendable {
        /// The number of the call, from 1.
        package var number: Int
        /// What is called, in one word such as "write", "sync" or "rename".
        package var name: String
        /// The path it concerns.
        package var path: String

        /// Describes a call.
        package init(number: Int, name: String, path: String) {
            self.number = number
            self.name = name
            self.path = path
        }
    }

    /// How much of what was not synced is still there after a crash.
    package enum Survivors: Sendable {
        /// Nothing.
        case synced
        /// Everything.
        case all
        /// Each sector and each change of a name or a length, or not, by chance.
        case random(seed: UInt64)
    }

    /// Asked before each call that changes something or syncs; what it returns is thrown instead.
    package typealias Hook = @Sendable (Call) -> (any Error)?

    /// From a hook of a write: half of its bytes are written, and then `error` is thrown.
    package struct CutWrite: Error {
        /// What the caller sees.
        package var error: any Error
        /// Wraps the error.
        package init(_ error: any Error) { self.error = error }
    }

    /// From a hook of a sync: `error` is thrown, and what was written is seen but never synced.
    ///
    /// So Linux does with pages that it could not write (Rebello et al. 2020).
    package struct LostSync: Error {
        /// What the caller sees.
        package var error: any Error
        /// Wraps the error.
        package init(_ error: any Error) { self.error = error }
    }

    struct State {
        var root = MemoryDirectory()
        var holders: [String: String] = [:]
        var callCount = 0
        var hook: Hook?
        var readHook: Hook?
    }

    let state: Mutex<State>

    /// Makes an empty file system.
    package init() { state = Mutex(State()) }

    init(root: sending MemoryDirectory) { state = Mutex(State(root: root)) }

    /// Sets what is asked before each call that changes or syncs something.
    package func onCall(_ hook: Hook?) { state.withLock { $0.hook = hook } }

    /// Sets what is asked before each open and each read.
    package func onRead(_ hook: Hook?) { state.withLock { $0.readHook = hook } }

    /// How many calls changed or synced something.
    package var callCount: Int { state.withLock { $0.callCount } }

    /// The disk as the next start would find it, if the power went out now.
    package func crashed(keeping survivors: Survivors) -> MemoryFileSystem {
        var chance = MemoryChance(survivors)
        let copy = state.withLock { state in state.root.crashed(&chance) }
        return MemoryFileSystem(root: copy)
    }

    // The hook runs outside the lock, so that it may clone this file system.
    func announce(_ name: String, _ path: String) throws {
        let (hook, number) = state.withLock { state in
            state.callCount += 1
            return (state.hook, state.callCount)
        }
        if let error = hook?(Call(number: number, name: name, path: path)) { throw error }
    }

    func announceRead(_ name: String, _ path: String) throws {
        guard let hook = state.withLock({ $0.readHook }) else { return }
        if let error = hook(Call(number: 0, name: name, path: path)) { throw error }
    }

    /// Opens a file.
    package func open(_ path: String, _ mode: FileMode) throws -> any File {
        try announceRead("open", path)
        switch mode {
        case .read, .readWrite: break
        case .create, .replace: try announce("create", path)
        }
        let content = try state.withLock { state -> MemoryContent in
            let (folder, name) = try state.root.parent(of: path)
            switch (folder.names[name], mode) {
            case (.file(let content), .read), (.file(let content), .readWrite):
                return content
            case (.file(let content), .replace):
                content.truncate(to: 0)
                return content
            case (.file, .create):
                throw DatabaseError(.alreadyExists, "There is a file of that name.", file: path)
            case (.directory, _):
                throw DatabaseError(.io, "It is a folder, not a file.", file: path)
            case (nil, .read), (nil, .readWrite):
                throw DatabaseError(.missingFile, "There is no file of that name.", file: path)
            case (nil, .create), (nil, .replace):
                let content = MemoryContent()
                folder.change(.set(name, .file(content)))
                return content
            }
        }
        return MemoryFile(path, content, self)
    }

    /// What lies at a path, or nil.
    package func status(of path: String) throws -> FileStatus? {
        state.withLock { state in
            guard let node = state.root.find(path) else { return nil }
            switch node {
            case .file(let content):
                return FileStatus(byteCount: UInt64(content.current.count), isDirectory: false)
            case .directory: return FileStatus(byteCount: 0, isDirectory: true)
            }
        }
    }

    /// The path itself: there are no links.
    package func canonicalPath(of path: String) throws -> String { path }

    /// The names in a folder, in the order of their bytes.
    package func list(_ path: String) throws -> [String] {
        try announceRead("list", path)
        return try state.withLock { state in
            try state.root.directory(path).names.keys.sorted {
                $0.utf8.lexicographicallyPrecedes($1.utf8)
            }
        }
    }

    /// Makes one folder.
    package func createDirectory(_ path: String) throws {
        try announce("mkdir", path)
        try state.withLock { state in
            let (folder, name) = try state.root.parent(of: path)
            guard folder.names[name] == nil else {
                throw DatabaseError(.alreadyExists, "Something has that name.", file: path)
            }
            folder.change(.set(name, .directory(MemoryDirectory())))
        }
    }

    /// Renames; within one folder a crash leaves it done or not done.
    package func rename(_ path: String, to target: String) throws {
        try announce("rename", path)
        try state.withLock { state in
            let (folder, name) = try state.root.parent(of: path)
            let (targetFolder, targetName) = try state.root.parent(of: target)
            guard let node = folder.names[name] else {
                throw DatabaseError(.missingFile, "There is nothing of that name.", file: path)
            }
            if folder === targetFolder {
                folder.change(.rename(name, targetName))
            } else {
                targetFolder.change(.set(targetName, node))
                folder.change(.remove(name))
            }
        }
    }

    /// Removes the name of a file.
    package func unlink(_ path: String) throws {
        try announce("unlink", path)
        try state.withLock { state in
            let (folder, name) = try state.root.parent(of: path)
            guard case .file = folder.names[name] else {
                throw DatabaseError(.missingFile, "There is no file of that name.", file: path)
            }
            folder.change(.remove(name))
        }
    }

    /// Removes an empty folder.
    package func removeDirectory(_ path: String) throws {
        try announce("rmdir", path)
        try state.withLock { state in
            let (folder, name) = try state.root.parent(of: path)
            guard case .directory(let inner) = folder.names[name], inner.names.isEmpty else {
                throw DatabaseError(.io, "It is not an empty folder.", file: path)
            }
            folder.change(.remove(name))
        }
    }

    /// Makes the names in a folder survive a crash.
    package func syncDirectory(_ path: String) throws {
        try announce("syncdir", path)
        try state.withLock { state in try state.root.directory(path).sync() }
    }

    /// Takes a lock in a table of this object.
    package func lock(_ path: String, holder: String) throws -> any FileLock {
        if try !exists(path) { try open(path, .replace).close() }
        try state.withLock { state in
            if let words = state.holders[path] { throw DatabaseError.locked(path, holder: words) }
            state.holders[path] = holder
        }
        return MemoryLock(path, self)
    }
}

/// A lock in the table of a ``MemoryFileSystem``.
final class MemoryLock: FileLock {
    private let path: String
    private let owner: MemoryFileSystem
    private let isReleased = Atomic(false)

    init(_ path: String, _ owner: MemoryFileSystem) {
        self.path = path
        self.owner = owner
    }

    deinit { release() }

    func release() {
        guard !isReleased.exchange(true, ordering: .relaxed) else { return }
        owner.state.withLock { $0.holders[path] = nil }
    }
}
