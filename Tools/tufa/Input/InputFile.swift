import TufaBytes

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A file or standard input, read front to back.
final class InputFile: Sendable {
    /// The name that messages give.
    let name: String
    /// The size of a regular file; nil for a pipe or a terminal.
    let byteCount: UInt64?
    private let descriptor: Int32

    /// Opens a file; `-` is standard input.
    ///
    /// - Throws: `io` with what the operating system says.
    init(_ path: String) throws(DatabaseError) {
        if path == "-" {
            name = "standard input"
            descriptor = 0
        } else {
            name = path
            descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw InputFile.failure("open", path) }
        }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw InputFile.failure("read", path) }
        let kind = status.st_mode & S_IFMT
        byteCount = kind == S_IFREG ? UInt64(clamping: status.st_size) : nil
        if kind == S_IFDIR {
            throw DatabaseError(
                .io, "\(name) is a folder, where a file with rows belongs.", file: name)
        }
    }

    deinit {
        if descriptor != 0 { close(descriptor) }
    }

    /// Reads into the array from an index on; 0 at the end of the input.
    func read(into bytes: inout [UInt8], from start: Int) throws(DatabaseError) -> Int {
        while true {
            // Safe: the pointer and the count are those of the rest of the array.
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
                return unsafe systemRead(descriptor, rest.baseAddress, rest.count)
            }
            if count >= 0 { return count }
            if errno != EINTR { throw InputFile.failure("read", name) }
        }
    }

    /// Reads the whole rest, up to a limit.
    func readAll(limit: Int) throws(DatabaseError) -> [UInt8] {
        var bytes: [UInt8] = []
        var count = 0
        while true {
            bytes.append(contentsOf: repeatElement(0, count: 1 << 16))
            let added = try read(into: &bytes, from: count)
            count += added
            if added == 0 { break }
            guard count <= limit else {
                throw DatabaseError(
                    .limitExceeded, "\(name) is longer than \(limit) bytes.", file: name)
            }
            bytes.removeLast(bytes.count - count)
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    private static func failure(_ verb: String, _ name: String) -> DatabaseError {
        let reason = unsafe String(cString: strerror(errno))
        return DatabaseError(.io, "Cannot \(verb) \(name): \(reason).", file: name)
    }
}

@unsafe
private func systemRead(
    _ descriptor: Int32, _ pointer: UnsafeMutableRawPointer?, _ count: Int
) -> Int {
    #if canImport(Darwin)
        unsafe Darwin.read(descriptor, pointer, count)
    #elseif canImport(Glibc)
        unsafe Glibc.read(descriptor, pointer, count)
    #else
        unsafe Musl.read(descriptor, pointer, count)
    #endif
}

/// The index of the first end-of-line in a part of the bytes; nil without one.
func firstNewline(in bytes: [UInt8], from start: Int, to end: Int) -> Int? {
    guard start < end else { return nil }
    precondition(start >= 0 && end <= bytes.count, "the part lies in the bytes")
    // Safe: the part lies in the buffer, as was checked.
    return unsafe bytes.withUnsafeBytes { buffer in
        guard let base = buffer.baseAddress,
            let found = unsafe memchr(base + start, 0x0A, end - start)
        else { return nil }
        return unsafe base.distance(to: UnsafeRawPointer(found))
    }
}
