internal import Synchronization
package import TufaStorage

/// A folder of a real disk in which simulations make folders of their own, one after the other.
package final class DiskFolder: Sendable {
    let system: any FileSystem
    private let root: String
    private let madeCount = Atomic(0)

    /// Works in a folder that is there and empty.
    package init(_ root: String, on system: any FileSystem = PosixFileSystem()) {
        self.root = root
        self.system = system
    }

    /// Makes a folder, hands it over, and removes it with all that is in it.
    func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
        let number = madeCount.wrappingAdd(1, ordering: .relaxed).newValue
        let path = "\(root)/\(number)"
        try system.createDirectory(path)
        do {
            let result = try body(path)
            try remove(path)
            return result
        } catch {
            try? remove(path)
            throw error
        }
    }

    private func remove(_ path: String) throws {
        for name in try system.list(path) {
            let inner = path + "/" + name
            if try system.status(of: inner)?.isDirectory == true {
                try remove(inner)
            } else {
                try system.unlink(inner)
            }
        }
        try system.removeDirectory(path)
    }

    /// Writes all that a file system in memory holds.
    func copy(_ source: MemoryFileSystem, to path: String) throws {
        func copy(_ inner: String) throws {
            for name in try source.list(inner) {
                let from = inner.isEmpty ? name : inner + "/" + name
                let to = path + "/" + from
                if try source.status(of: from)?.isDirectory == true {
                    try system.createDirectory(to)
                    try copy(from)
                } else {
                    let file = try system.open(to, .create)
                    try file.write(source.contents(of: from, limit: 1 << 26), at: 0)
                    try file.close()
                }
            }
        }
        try copy("")
    }
}
