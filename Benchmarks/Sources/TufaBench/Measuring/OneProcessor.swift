import Foundation

/// Runs a body with this thread, and the threads that it starts, on one processor.
///
/// Where the system has no words for it, nothing runs and nil is returned.
func onOneProcessor<Result>(_ body: () throws -> Result) rethrows -> Result? {
    #if canImport(Glibc)
        // The module has the set of processors, but not the calls that take one.
        typealias Call = @convention(c) (pid_t, Int, UnsafeMutableRawPointer) -> Int32
        guard let getter = dlsym(nil, "sched_getaffinity"),
            let setter = dlsym(nil, "sched_setaffinity")
        else { return nil }
        let read = unsafeBitCast(getter, to: Call.self)
        let write = unsafeBitCast(setter, to: Call.self)
        var before = [UInt8](repeating: 0, count: 128)
        guard read(0, before.count, &before) >= 0,
            let byte = before.firstIndex(where: { $0 != 0 })
        else { return nil }
        var one = [UInt8](repeating: 0, count: 128)
        one[byte] = 1 << UInt8(before[byte].trailingZeroBitCount)
        guard write(0, one.count, &one) == 0 else { return nil }
        defer { _ = write(0, before.count, &before) }
        return try body()
    #else
        return nil
    #endif
}
