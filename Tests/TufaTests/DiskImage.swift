import TufaStorage
import TufaTesting

/// Helpers to look at a disk in memory, and to spoil it.
extension MemoryFileSystem {
    /// Every file below a folder with its content, by path.
    func files(below folder: String) throws -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        for name in try list(folder) {
            let path = folder + "/" + name
            if try status(of: path)?.isDirectory == true {
                found.merge(try files(below: path)) { $1 }
            } else {
                found[path] = try contents(of: path, limit: 1 << 30)
            }
        }
        return found
    }

    /// Changes one bit.
    func flip(_ path: String, at offset: UInt64) throws {
        let file = try open(path, .readWrite)
        let byte = try file.bytes(count: 1, at: offset)
        try file.write([byte[0] ^ 0x40], at: offset)
        try file.syncData()
    }

    /// Writes a file, synced.
    func put(_ path: String, _ bytes: [UInt8]) throws {
        let file = try open(path, .replace)
        try file.write(bytes, at: 0)
        try file.syncData()
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        try syncDirectory(folder)
    }
}
