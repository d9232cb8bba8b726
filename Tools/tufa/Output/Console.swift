import TufaBytes

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Whoever read the output has gone away; there is nothing to tell anybody.
struct OutputClosed: Error {}

/// Standard output, gathered in big blocks, and standard error.
final class Console {
    /// Whether people read the output as it comes.
    let isTerminal: Bool
    /// Whether people read the errors as they come.
    let isErrorTerminal: Bool
    /// What goes to standard error beside the results.
    let remarks: Remarks
    private let descriptor: Int32
    private var pending: [UInt8] = []

    init(descriptor: Int32 = 1, isJSON: Bool = false) {
        self.descriptor = descriptor
        remarks = Remarks(isJSON: isJSON)
        isTerminal = isatty(descriptor) == 1
        isErrorTerminal = isatty(2) == 1
    }

    /// How many columns a table may take; the terminal's width where there is one.
    var width: Int {
        var size = winsize()
        guard isTerminal, unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0
        else { return 100 }
        return max(40, Int(size.ws_col))
    }

    /// Writes bytes to the output, sooner or later.
    func write(_ bytes: some Collection<UInt8>) throws {
        pending.append(contentsOf: bytes)
        if pending.count >= 1 << 16 { try flush() }
    }

    /// Writes a line to the output.
    func line(_ text: String = "") throws {
        try write(text.utf8)
        try write(CollectionOfOne(0x0A))
        if isTerminal { try flush() }
    }

    /// Writes what is pending.
    func flush() throws {
        defer { pending.removeAll(keepingCapacity: true) }
        try Console.write(pending, to: descriptor)
    }

    /// Writes a line to standard error, where nobody minds if that fails.
    func note(_ text: String) { Console.status(text + "\n") }

    /// Tells something beside the results: `tufa: …`, or `{"note": …}` for programs.
    func remark(_ text: String) { remarks.note(text) }

    /// Writes text to standard error as it is, where nobody minds if that fails.
    static func status(_ text: String) { try? Console.write(Array(text.utf8), to: 2) }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        var at = 0
        while at < bytes.count {
            // Safe: the pointer and the count are those of the rest of the array.
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[at...])
                return unsafe systemWrite(descriptor, rest.baseAddress, rest.count)
            }
            if count >= 0 {
                at += count
            } else if errno == EPIPE {
                throw OutputClosed()
            } else if errno != EINTR {
                let reason = unsafe String(cString: strerror(errno))
                throw DatabaseError(
                    errno == ENOSPC ? .diskFull : .io, "Cannot write the output: \(reason).")
            }
        }
    }
}

@unsafe
private func systemWrite(
    _ descriptor: Int32, _ pointer: UnsafeRawPointer?, _ count: Int
) -> Int {
    #if canImport(Darwin)
        unsafe Darwin.write(descriptor, pointer, count)
    #elseif canImport(Glibc)
        unsafe Glibc.write(descriptor, pointer, count)
    #else
        unsafe Musl.write(descriptor, pointer, count)
    #endif
}
