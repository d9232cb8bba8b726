import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the disk itself allows: writes of 4 KiB over written blocks, each synced.
enum SyncFloor {
    static func measure(in folder: URL, _ report: inout Report) throws {
        let path = folder.appending(path: "floor.bin").path
        let file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
        guard file >= 0 else { throw POSIXError(.EIO) }
        defer {
            close(file)
            unlink(path)
        }
        let pages = 4096
        let page = [UInt8](repeating: 0x5A, count: 4096)
        for number in 0..<pages { pwrite(file, page, page.count, off_t(number * page.count)) }
        fsync(file)
        let count = 1000
        let times = timed { run in
            for write in 0..<count {
                let number = (run * count + write) % pages
                pwrite(file, page, page.count, off_t(number * page.count))
                sync(file)
            }
        }
        report.rate("the disk: pwrite + sync of 4 KiB", count, times, unit: "syncs")
    }

    private static func sync(_ file: Int32) {
        #if canImport(Darwin)
            _ = fcntl(file, F_FULLFSYNC)
        #else
            fdatasync(file)
        #endif
    }
}
