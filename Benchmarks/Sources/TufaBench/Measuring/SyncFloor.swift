import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the disk itself allows: writes of 4 KiB over written blocks, each synced.
final class SyncFloor {
    private static let pageCount = 4096
    private let path: String
    private let file: Int32
    private let page = [UInt8](repeating: 0x5A, count: 4096)
    private var next = 0

    init(in folder: String) throws {
        path = folder + "/floor.bin"
        file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
        guard file >= 0 else { throw POSIXError(.EIO) }
        for number in 0..<Self.pageCount {
            pwrite(file, page, page.count, off_t(number * page.count))
        }
        fsync(file)
    }

    deinit {
        close(file)
        unlink(path)
    }

    /// The seconds that so many synced writes take.
    func measure(_ count: Int) -> Double {
        seconds {
            for _ in 0..<count {
                pwrite(file, page, page.count, off_t(next % Self.pageCount * page.count))
                sync()
                next += 1
            }
        }
    }

    private func sync() {
        #if canImport(Darwin)
            _ = fcntl(file, F_FULLFSYNC)
        #else
            fdatasync(file)
        #endif
    }
}
