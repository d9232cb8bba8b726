internal import CTufa
internal import TufaBytes

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// The calls of the operating system, each complete: retried after a signal, turned into errors.
enum Platform {
    /// What a failed call means.
    static func failure(_ call: String, _ path: String, _ number: Int32) -> DatabaseError {
        let reason = unsafe String(cString: strerror(number))
        switch number {
        case ENOSPC, EDQUOT:
            return DatabaseError(
                .diskFull, "There is no room on the disk: \(call) failed (\(reason)).", file: path,
                advice: "Free some space and try again.")
        case ENOENT:
            return DatabaseError(
                .missingFile, "There is nothing of that name: \(call) failed (\(reason)).",
                file: path)
        case EEXIST:
            return DatabaseError(
                .alreadyExists, "Something has that name: \(call) failed (\(reason)).", file: path)
        default:
            return DatabaseError(
                .io, "The operating system failed \(call) with error \(number) (\(reason)).",
                file: path, advice: advice(on: number))
        }
    }

    private static func advice(on number: Int32) -> String? {
        switch number {
        case EACCES, EPERM, EROFS: "See who may read and write there."
        case EISDIR, ENOTDIR: "See what stands there: a file is a folder, or the other way round."
        default: nil
        }
    }

    /// Calls until no signal interrupts; throws what a negative result means.
    @discardableResult
    static func check<T: SignedInteger>(
        _ call: String, _ path: String, _ body: () -> T
    ) throws -> T {
        while true {
            let result = body()
            if result >= 0 { return result }
            let number = errno
            if number != EINTR { throw failure(call, path, number) }
        }
    }

    static func status(of path: String) throws -> FileStatus? {
        var information = stat()
        while true {
            if unsafe stat(path, &information) == 0 {
                return FileStatus(
                    byteCount: UInt64(max(0, information.st_size)),
                    isDirectory: information.st_mode & S_IFMT == S_IFDIR)
            }
            let number = errno
            if number == ENOENT || number == ENOTDIR { return nil }
            if number != EINTR { throw failure("stat", path, number) }
        }
    }

    static func canonicalPath(of path: String) throws -> String {
        // Safe: the result is a string of its own, or null, and is freed here.
        guard let result = unsafe realpath(path, nil) else {
            throw failure("realpath", path, errno)
        }
        defer { unsafe free(result) }
        return unsafe String(cString: result)
    }

    static func names(in path: String) throws -> [String] {
        guard let directory = unsafe opendir(path) else { throw failure("opendir", path, errno) }
        defer { unsafe _ = closedir(directory) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(directory) else {
                let number = errno
                if number != 0 { throw failure("readdir", path, number) }
                return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            }
            // Safe: the name is closed by a zero byte inside the entry.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                unsafe String(cString: UnsafeRawPointer(tuple).assumingMemoryBound(to: CChar.self))
            }
            if name != "." && name != ".." { names.append(name) }
        }
    }

    /// Microseconds since 1970, UTC.
    static var now: Int64 {
        var time = timespec()
        // Safe: the clock is one that every system has, so the call cannot fail.
        unsafe _ = clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    /// Lets the calling thread rest; after a signal, less long.
    static func rest(for length: Duration) { usleep(UInt32(length / .microseconds(1))) }

    static var processID: Int32 { getpid() }

    static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&name, 255) == 0 else { return "unknown" }
        return String(
            decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Something that changes when the machine starts again.
    static var bootID: String {
        #if canImport(Darwin)
            var time = timeval()
            var size = MemoryLayout<timeval>.size
            guard unsafe sysctlbyname("kern.boottime", &time, &size, nil, 0) == 0 else {
                return "unknown"
            }
            return String(time.tv_sec)
        #else
            guard let file = try? PosixFile("/proc/sys/kernel/random/boot_id", .read),
                let bytes = try? file.bytes(count: 36, at: 0)
            else { return "unknown" }
            return String(decoding: bytes, as: UTF8.self)
        #endif
    }
}
