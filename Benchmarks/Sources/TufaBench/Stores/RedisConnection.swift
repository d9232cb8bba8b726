import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What Redis answers.
enum RedisReply {
    case status(String)
    case integer(Int)
    /// Nil where there is no such value.
    case bulk([UInt8]?)
    case array([RedisReply])
}

/// A part of a command.
enum RedisArgument {
    case text(String)
    case bytes([UInt8])
    case number(Int64)
}

/// A connection to Redis over a socket of the file system, with pipelining.
///
/// Commands gather until they are flushed; then as many replies are read as were asked for.
final class RedisConnection {
    let descriptor: Int32
    private var output: [UInt8] = []
    private var input = [UInt8](repeating: 0, count: 1 << 16)
    private var start = 0
    private var end = 0

    init(_ path: String) throws {
        #if canImport(Glibc)
            descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #else
            descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(path.utf8)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { place in
            guard name.count < place.count else { return false }
            place.copyBytes(from: name)
            return true
        }
        guard fits else { throw PeerError(message: "The path of a socket is too long: \(path)") }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, size)
            }
        }
        guard code == 0 else { throw PeerError(message: "Redis cannot be reached.") }
    }

    deinit { close(descriptor) }

    // MARK: Commands

    func add(_ name: String, _ arguments: RedisArgument...) { add(name, arguments) }

    private func add(_ name: String, _ arguments: [RedisArgument]) {
        output += "*\(arguments.count + 1)\r\n".utf8
        append(name)
        for argument in arguments {
            switch argument {
            case .text(let text): append(text)
            case .bytes(let bytes): append(bytes)
            case .number(let number): append(String(number))
            }
        }
    }

    private func append(_ text: String) {
        output += "$\(text.utf8.count)\r\n".utf8
        output += text.utf8
        output += "\r\n".utf8
    }

    private func append(_ bytes: [UInt8]) {
        output += "$\(bytes.count)\r\n".utf8
        output += bytes
        output += "\r\n".utf8
    }

    func flush() throws {
        var sent = 0
        while sent < output.count {
            let count = output.withUnsafeBytes { bytes in
                write(descriptor, bytes.baseAddress.map { $0 + sent }, bytes.count - sent)
            }
            guard count > 0 else { throw PeerError(message: "Redis reads no more.") }
            sent += count
        }
        output.removeAll(keepingCapacity: true)
    }

    /// Sends one command and reads its reply.
    @discardableResult
    func ask(_ name: String, _ arguments: RedisArgument...) throws -> RedisReply {
        add(name, arguments)
        try flush()
        return try reply()
    }

    // MARK: Replies

    /// The next reply; an error of the server is thrown.
    func reply() throws -> RedisReply {
        let kind = try byte()
        switch kind {
        case UInt8(ascii: "+"): return .status(try line())
        case UInt8(ascii: "-"): throw PeerError(message: "Redis: \(try line())")
        case UInt8(ascii: ":"): return .integer(try number())
        case UInt8(ascii: "$"):
            let count = try number()
            return .bulk(count < 0 ? nil : try bytes(count))
        case UInt8(ascii: "*"):
            let count = try number()
            return .array(try (0..<max(0, count)).map { _ in try reply() })
        default: throw PeerError(message: "Redis answers what is no reply.")
        }
    }

    /// Reads so many replies and forgets them.
    func skip(_ count: Int) throws {
        for _ in 0..<count { _ = try reply() }
    }

    private func byte() throws -> UInt8 {
        if start == end { try fill() }
        defer { start += 1 }
        return input[start]
    }

    private func line() throws -> String {
        var text: [UInt8] = []
        while true {
            let next = try byte()
            if next == UInt8(ascii: "\r") {
                _ = try byte()
                return String(decoding: text, as: UTF8.self)
            }
            text.append(next)
        }
    }

    private func number() throws -> Int {
        var value = 0
        var isNegative = false
        while true {
            let next = try byte()
            if next == UInt8(ascii: "\r") {
                _ = try byte()
                return isNegative ? -value : value
            }
            if next == UInt8(ascii: "-") {
                isNegative = true
            } else {
                value = value * 10 + Int(next) - 48
            }
        }
    }

    private func bytes(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            if start == end { try fill() }
            let taken = min(count - bytes.count, end - start)
            bytes += input[start..<start + taken]
            start += taken
        }
        _ = try byte()
        _ = try byte()
        return bytes
    }

    private func fill() throws {
        let count = input.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { throw PeerError(message: "Redis has ended.") }
        (start, end) = (0, count)
    }
}
