import Testing

@testable import TufaStorage

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#endif

/// A folder of the real disk, removed when the test is over.
final class TestFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/tufa-test-XXXXXX\0".utf8CString.dropLast())
        path = try #require(mkdtemp(&template).map { String(cString: $0) })
    }

    deinit {
        func remove(_ path: String) {
            let system = PosixFileSystem()
            guard let status = try? system.status(of: path) else { return }
            if status.isDirectory {
                for name in (try? system.list(path)) ?? [] { remove(path + "/" + name) }
                rmdir(path)
            } else {
                unlink(path)
            }
        }
        remove(path)
    }
}
