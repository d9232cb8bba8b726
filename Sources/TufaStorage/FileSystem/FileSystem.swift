internal import TufaBytes

/// Everything that the engine asks of an operating system, so that tests can put another in place.
///
/// Paths are strings with `/` between their parts. Every call may throw ``DatabaseError``: `.io`,
/// or `.diskFull` where the disk has no room; the error names the call and the path.
package protocol FileSystem: Sendable {
    /// Opens a file.
    func open(_ path: String, _ mode: FileMode) throws -> any File
    /// What lies at a path, or nil.
    func status(of path: String) throws -> FileStatus?
    /// The one path of something that is there, without links, `.` and `..`.
    func canonicalPath(of path: String) throws -> String
    /// The names in a folder, in the order of their bytes.
    func list(_ path: String) throws -> [String]
    /// Makes one folder, whose parent is there.
    func createDirectory(_ path: String) throws
    /// Renames, replacing what has the new name.
    func rename(_ path: String, to target: String) throws
    /// Removes the name of a file.
    func unlink(_ path: String) throws
    /// Removes an empty folder.
    func removeDirectory(_ path: String) throws
    /// Makes the names in a folder survive a power cut.
    func syncDirectory(_ path: String) throws
    /// Takes an exclusive lock, on a file that is made where it is missing, or fails at once.
    ///
    /// - Throws: ``DatabaseError`` `.locked`, with the holder's own words.
    func lock(_ path: String, holder: String) throws -> any FileLock
}

/// How a file is opened.
package enum FileMode: Sendable {
    /// For reading; the file is there.
    case read
    /// For reading and writing; the file is there.
    case readWrite
    /// For reading and writing; the file is made, and may not be there yet.
    case create
    /// For reading and writing; the file is made, or emptied.
    case replace
}

/// What lies at a path.
package struct FileStatus: Sendable, Equatable {
    /// Length of a file, in bytes.
    package var byteCount: UInt64
    /// Whether it is a folder.
    package var isDirectory: Bool

    /// Makes a status.
    package init(byteCount: UInt64, isDirectory: Bool) {
        self.byteCount = byteCount
        self.isDirectory = isDirectory
    }
}

/// One open file, which closes itself when nothing holds it.
package protocol File: AnyObject, Sendable {
    /// The path by which it was opened.
    var path: String { get }
    /// Reads as many bytes as there are, up to the length of `target`; fewer only at the end.
    @unsafe func read(into target: UnsafeMutableRawBufferPointer, at offset: UInt64) throws -> Int
    /// Writes all of `bytes`.
    @unsafe func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws
    /// Length, in bytes.
    func byteCount() throws -> UInt64
    /// Sets the length.
    func truncate(to byteCount: UInt64) throws
    /// Makes what was written survive a power cut, the length included.
    func syncData() throws
    /// Has what was written to a part of the file on its way to the disk, and does not wait for it,
    /// so that a sync that follows waits less; it promises nothing, and may do nothing.
    func startWriting(from offset: UInt64, count: Int) throws
    /// Has what was written to a part of the file on its way to the disk, and waits until it has
    /// left; it promises nothing, and may do nothing.
    func writeOut(from offset: UInt64, count: Int) throws
    /// Closes the file; later calls fail.
    func close() throws
}

/// A lock that is held until it is released or nothing holds this object.
package protocol FileLock: AnyObject, Sendable {
    /// Gives the lock back.
    func release()
}

extension FileSystem {
    /// Whether something lies at a path.
    package func exists(_ path: String) throws -> Bool { try status(of: path) != nil }

    /// The length of a file that was just given its name.
    ///
    /// - Throws: `.io` where it is not there: the disk does not do what it says.
    package func byteCount(ofRenamed name: String, in root: String) throws -> UInt64 {
        guard let status = try status(of: root + "/" + name) else {
            throw DatabaseError(
                .io, "The file was given its name, and is not there.", file: name,
                advice: "Check the disk; nothing that was there before has been removed.")
        }
        return status.byteCount
    }

    /// The whole content of a file of at most `limit` bytes.
    package func contents(of path: String, limit: Int) throws -> [UInt8] {
        let file = try open(path, .read)
        let byteCount = try file.byteCount()
        guard byteCount <= UInt64(limit) else {
            throw DatabaseError(
                .damaged, "The file has \(byteCount) bytes; at most \(limit) are expected.",
                file: path)
        }
        return try file.bytes(count: Int(byteCount), at: 0)
    }
}

extension File {
    package func startWriting(from offset: UInt64, count: Int) throws {}
    package func writeOut(from offset: UInt64, count: Int) throws {}

    /// A copy of up to `count` bytes; fewer only at the end of the file.
    package func bytes(count: Int, at offset: UInt64) throws -> [UInt8] {
        unsafe try [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            initialized = unsafe try read(into: UnsafeMutableRawBufferPointer(target), at: offset)
        }
    }

    /// Writes an array.
    package func write(_ bytes: [UInt8], at offset: UInt64) throws {
        unsafe try bytes.withUnsafeBytes { unsafe try write($0, at: offset) }
    }
}
