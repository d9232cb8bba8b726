import Foundation

/// The memory of this process that is in use, as the system counts it.
enum ProcessSize {
    /// Bytes; 0 where the system does not tell.
    static func resident() -> Int {
        #if os(Linux)
            guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
            else { return 0 }
            let fields = text.split(separator: " ")
            return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
        #else
            return 0
        #endif
    }

    /// The same after the allocator has given back what it keeps for later.
    static func trimmed() -> Int {
        #if canImport(Glibc)
            // The header that declares it is not part of the module.
            if let symbol = dlsym(nil, "malloc_trim") {
                let trim = unsafeBitCast(symbol, to: (@convention(c) (Int) -> Int32).self)
                _ = trim(0)
            }
        #endif
        return resident()
    }
}
