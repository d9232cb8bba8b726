internal import CTufa

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// The system calls that may do less than they were asked, so that a test can make them do so.
///
/// Each returns what the system returns; a negative result leaves its reason in `errno`.
@safe
package struct PosixCalls: Sendable {
    /// open(2) with the flags given and the mode 0644.
    package var open: @Sendable (_ path: String, _ flags: Int32) -> Int32
    /// pread(2).
    package var read: @Sendable (Int32, UnsafeMutableRawPointer, Int, Int64) -> Int
    /// pwrite(2).
    package var write: @Sendable (Int32, UnsafeRawPointer, Int, Int64) -> Int
    /// ftruncate(2).
    package var truncate: @Sendable (Int32, Int64) -> Int32
    /// fdatasync(2), or F_FULLFSYNC on Darwin.
    package var sync: @Sendable (Int32) -> Int32
    /// sync_file_range(2) that waits for nothing, or nothing where there is none.
    package var startWriting: @Sendable (Int32, Int64, Int64) -> Int32

    /// Those of the operating system.
    package static let system = unsafe PosixCalls(
        open: { unsafe tufa_open($0, $1) },
        read: { unsafe pread($0, $1, $2, off_t($3)) },
        write: { unsafe pwrite($0, $1, $2, off_t($3)) },
        truncate: { ftruncate($0, off_t($1)) },
        sync: { tufa_sync_data($0) },
        startWriting: { tufa_start_writing($0, $1, $2) })
}
