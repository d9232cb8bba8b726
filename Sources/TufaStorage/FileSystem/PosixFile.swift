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

/// A file of the operating system.
package final class PosixFile: File {
    /// The path by which it was opened.
    package let path: String
    // -1 once closed. Only close() changes it.
    private let descriptor: Atomic<Int32>
    private let calls: PosixCalls

    init(_ path: String, _ mode: FileMode, _ calls: PosixCalls = .system) throws {
        self.path = path
        self.calls = calls
        let flags: Int32 =
            switch mode {
            case .read: O_RDONLY
            case .readWrite: O_RDWR
            case .create: O_RDWR | O_CREAT | O_EXCL
            case .replace: O_RDWR | O_CREAT | O_TRUNC
            }
        let descriptor = try Platform.check("open", path) { calls.open(path, flags) }
        self.descriptor = Atomic(descriptor)
    }

    deinit { try? close() }

    private func opened() throws -> Int32 {
        let number = descriptor.load(ordering: .relaxed)
        guard number >= 0 else {
            throw DatabaseError(.closed, "The file was closed.", file: path)
        }
        return number
    }

    /// Reads with pread until the target is full or the file ends.
    @unsafe
    package func read(into target: UnsafeMutableRawBufferPointer, at offset: UInt64) throws -> Int {
        let number = try opened()
        guard let base = target.baseAddress else { return 0 }
        var done = 0
        while done < target.count {
            let count = try Platform.check("pread", path) {
                // Safe: `done` stays below the target's count.
                unsafe calls.read(
                    number, base + done, target.count - done, Int64(offset) + Int64(done))
            }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Writes with pwrite until nothing is left.
    @unsafe
    package func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws {
        let number = try opened()
        guard let base = bytes.baseAddress else { return }
        var done = 0
        while done < bytes.count {
            let count = try Platform.check("pwrite", path) {
                // Safe: `done` stays below the count of bytes.
                unsafe calls.write(
                    number, base + done, bytes.count - done, Int64(offset) + Int64(done))
            }
            guard count > 0 else { throw Platform.failure("pwrite", path, ENOSPC) }
            done += count
        }
    }

    /// Asks with fstat.
    package func byteCount() throws -> UInt64 {
        let number = try opened()
        var information = stat()
        try Platform.check("fstat", path) { unsafe fstat(number, &information) }
        return UInt64(max(0, information.st_size))
    }

    /// Sets the length with ftruncate.
    package func truncate(to byteCount: UInt64) throws {
        let number = try opened()
        try Platform.check("ftruncate", path) { calls.truncate(number, Int64(byteCount)) }
    }

    /// Syncs with fdatasync, or F_FULLFSYNC on Darwin.
    package func syncData() throws {
        let number = try opened()
        // Not retried: after a failure the kernel may have dropped what was not written.
        if calls.sync(number) != 0 { throw Platform.failure("fdatasync", path, errno) }
    }

    /// Starts writing with sync_file_range where there is one.
    package func startWriting(from offset: UInt64, count: Int) throws {
        let number = try opened()
        // Not retried, as a sync is not: what went wrong, the sync may not tell again.
        if calls.startWriting(number, Int64(offset), Int64(count)) != 0 {
            throw Platform.failure("sync_file_range", path, errno)
        }
    }

    /// Writes out with sync_file_range where there is one.
    package func writeOut(from offset: UInt64, count: Int) throws {
        let number = try opened()
        // An error that this has told of, a sync may not tell again.
        if tufa_write_out(number, Int64(offset), Int64(count)) != 0 {
            throw Platform.failure("sync_file_range", path, errno)
        }
    }

    /// Closes the descriptor.
    package func close() throws {
        let number = descriptor.exchange(-1, ordering: .relaxed)
        guard number >= 0 else { return }
        // A close that a signal interrupted has closed all the same.
        #if canImport(Darwin)
            let result = Darwin.close(number)
        #elseif canImport(Glibc)
            let result = Glibc.close(number)
        #else
            let result = Musl.close(number)
        #endif
        if result != 0, errno != EINTR { throw Platform.failure("close", path, errno) }
    }

    /// Syncs a folder, of which fdatasync may leave the names behind.
    func syncAll() throws {
        #if canImport(Darwin)
            try syncData()
        #else
            let number = try opened()
            if fsync(number) != 0 { throw Platform.failure("fsync", path, errno) }
        #endif
    }

    /// Takes the flock of this file at once: false when another has it.
    func lock() throws -> Bool {
        let number = try opened()
        while tufa_lock(number, 1) != 0 {
            let problem = errno
            if problem == EWOULDBLOCK { return false }
            if problem != EINTR { throw Platform.failure("flock", path, problem) }
        }
        return true
    }

    /// Which file this is, whatever its path.
    func identity() throws -> PosixFileIdentity {
        let number = try opened()
        var information = stat()
        try Platform.check("fstat", path) { unsafe fstat(number, &information) }
        return PosixFileIdentity(
            device: UInt64(truncatingIfNeeded: information.st_dev),
            node: UInt64(truncatingIfNeeded: information.st_ino))
    }
}

/// Device and inode.
struct PosixFileIdentity: Hashable, Sendable {
    let device: UInt64
    let node: UInt64
}
