internal import TufaBytes

/// Reads the stream of a saved text index; whatever does not add up is an error with its offset.
@unsafe
struct TextReader {
    private let base: UnsafePointer<UInt8>
    private var at: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>
    private let name: String

    /// Begins at the start of `bytes`, which must outlive the reader; `name` is for messages.
    init(_ bytes: UnsafeBufferPointer<UInt8>, name: String) {
        // Safe: nothing is read where there are no bytes, so the stand-in is never followed.
        let base =
            unsafe bytes.baseAddress
            ?? UnsafePointer(UnsafeMutablePointer(bitPattern: 8).unsafelyUnwrapped)
        unsafe self.base = base
        unsafe at = base
        unsafe end = base + bytes.count
        unsafe self.name = name
    }

    /// Bytes that are left.
    var remaining: Int { unsafe end - at }

    /// The error for what was read last.
    func damaged(_ what: String) -> DatabaseError {
        unsafe DatabaseError(
            .damaged, "The text index in the snapshot is damaged: \(what).", file: name,
            offset: UInt64(at - base),
            advice:
                "Open from an older snapshot, or without: the index is built again from the rows.")
    }

    @inline(__always)
    mutating func byte() throws(DatabaseError) -> UInt8 {
        guard unsafe at < end else { throw unsafe damaged("it ends too early") }
        defer { unsafe at += 1 }
        return unsafe at.pointee
    }

    /// A number of eight bytes.
    mutating func word64() throws(DatabaseError) -> UInt64 {
        let bytes = try unsafe take(8)
        return unsafe UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    }

    /// A number of four bytes.
    mutating func word32() throws(DatabaseError) -> UInt32 {
        let bytes = try unsafe take(4)
        return unsafe UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self))
    }

    /// A varint of at most `maximum`, which is below 2^56, in its shortest form.
    @inline(__always)
    mutating func varint(atMost maximum: UInt64) throws(DatabaseError) -> UInt64 {
        guard unsafe at < end else { throw unsafe damaged("it ends too early") }
        let first = unsafe at.pointee
        unsafe at += 1
        let value = first < 0x80 ? UInt64(first) : try unsafe longVarint(UInt64(first & 0x7F))
        guard value <= maximum else { throw unsafe damaged("a number is too large") }
        return value
    }

    private mutating func longVarint(_ low: UInt64) throws(DatabaseError) -> UInt64 {
        var value = low
        var shift: UInt64 = 7
        while shift < 56 {
            guard unsafe at < end else { throw unsafe damaged("it ends too early") }
            let byte = unsafe at.pointee
            unsafe at += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 {
                guard byte != 0 else { throw unsafe damaged("a number is padded") }
                return value
            }
            shift &+= 7
        }
        throw unsafe damaged("a number is too long")
    }

    /// The next `count` bytes.
    @inline(__always)
    mutating func take(_ count: Int) throws(DatabaseError) -> UnsafeRawBufferPointer {
        guard unsafe count <= end - at else { throw unsafe damaged("it ends too early") }
        defer { unsafe at += count }
        return unsafe UnsafeRawBufferPointer(start: at, count: count)
    }

    /// A reader of the next `count` bytes alone.
    mutating func split(_ count: Int) throws(DatabaseError) -> TextReader {
        guard unsafe count <= end - at else { throw unsafe damaged("it ends too early") }
        defer { unsafe at += count }
        return unsafe TextReader(from: self, count: count)
    }

    private init(from other: TextReader, count: Int) {
        unsafe base = other.base
        unsafe at = other.at
        unsafe end = other.at + count
        unsafe name = other.name
    }

    /// Where the reader is, for ``since(_:)``.
    var mark: UnsafePointer<UInt8> { @inline(__always) get { unsafe at } }

    /// The bytes read since a mark.
    @inline(__always)
    func since(_ mark: UnsafePointer<UInt8>) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: mark, count: at - mark)
    }
}
