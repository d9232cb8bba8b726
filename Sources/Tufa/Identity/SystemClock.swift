#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

/// The wall clock.
enum SystemClock {
    /// Microseconds since 1970, UTC.
    static func microseconds() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
