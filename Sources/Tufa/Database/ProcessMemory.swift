#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

/// How much memory the process has.
enum ProcessMemory {
    /// Bytes in memory now on Linux; on macOS the most there have been.
    static func residentByteCount() -> Int {
        #if canImport(Darwin)
            var usage = rusage()
            unsafe getrusage(RUSAGE_SELF, &usage)
            return usage.ru_maxrss
        #else
            guard let file = unsafe fopen("/proc/self/statm", "r") else { return 0 }
            defer { unsafe fclose(file) }
            var buffer = [CChar](repeating: 0, count: 128)
            guard unsafe fgets(&buffer, 128, file) != nil else { return 0 }
            let text = String(
                decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
        #endif
    }
}
