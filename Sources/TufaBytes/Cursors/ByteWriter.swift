/// Appends little-endian values to one growing piece of memory that it owns.
///
/// A writer is kept and emptied, so that once it has grown it allocates nothing.
@safe package struct ByteWriter: ~Copyable {
    @usableFromInline var storage: UnsafeMutableRawPointer
    @usableFromInline var capacity: Int
    /// How many bytes were appended.
    package var count: Int { @inlinable get { length } }
    @usableFromInline var length = 0
    /// How many bytes there is memory for.
    package var room: Int { capacity }

    /// Makes an empty writer with room for `capacity` bytes.
    package init(capacity: Int = 512) {
        self.capacity = max(16, capacity)
        unsafe storage = .allocate(byteCount: self.capacity, alignment: 64)
    }

    deinit { unsafe storage.deallocate() }

    /// Makes room for `byteCount` more bytes.
    @inlinable @inline(__always)
    package mutating func reserve(_ byteCount: Int) {
        if byteCount > capacity - length { grow(by: byteCount) }
    }

    @usableFromInline @inline(never)
    mutating func grow(by byteCount: Int) {
        let wider = max(length + byteCount, capacity * 2)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: wider, alignment: 64)
        unsafe moved.copyMemory(from: storage, byteCount: length)
        unsafe storage.deallocate()
        unsafe storage = moved
        capacity = wider
    }

    @inlinable @inline(__always)
    mutating func store<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
        reserve(MemoryLayout<T>.size)
        // Safe: reserve made room.
        unsafe storage.storeBytes(of: value.littleEndian, toByteOffset: length, as: T.self)
        length += MemoryLayout<T>.size
    }

    /// Appends one byte.
    @inlinable
    package mutating func u8(_ value: UInt8) { store(value) }

    /// Appends two bytes.
    @inlinable
    package mutating func u16(_ value: UInt16) { store(value) }

    /// Appends four bytes.
    @inlinable
    package mutating func u32(_ value: UInt32) { store(value) }

    /// Appends eight bytes.
    @inlinable
    package mutating func u64(_ value: UInt64) { store(value) }

    /// Appends eight bytes, signed.
    @inlinable
    package mutating func i64(_ value: Int64) { store(value) }

    /// Appends an unsigned number in LEB128.
    @inlinable
    package mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 128 {
            store(UInt8(truncatingIfNeeded: rest) | 128)
            rest >>= 7
        }
        store(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends bytes as they are.
    @inlinable @unsafe
    package mutating func bytes(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, bytes.count > 0 else { return }
        reserve(bytes.count)
        unsafe (storage + length).copyMemory(from: base, byteCount: bytes.count)
        length += bytes.count
    }

    /// Appends the bytes of an array as they are.
    package mutating func bytes(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe self.bytes($0) }
    }

    /// Appends UTF-8 without its length.
    package mutating func text(_ text: String) {
        var text = text
        text.withUTF8 { unsafe bytes(UnsafeRawBufferPointer($0)) }
    }

    /// Appends the length in bytes as a varint, then UTF-8.
    package mutating func string(_ text: String) {
        varint(UInt64(text.utf8.count))
        self.text(text)
    }

    /// Appends the length as a varint, then the bytes.
    package mutating func blob(_ bytes: [UInt8]) {
        varint(UInt64(bytes.count))
        self.bytes(bytes)
    }

    /// Appends an identifier as its two halves.
    @inlinable
    package mutating func rowID(_ id: RowID) {
        store(id.high)
        store(id.low)
    }

    /// Appends zero bytes.
    @inlinable
    package mutating func zeros(_ byteCount: Int) {
        reserve(byteCount)
        _ = unsafe (storage + length).initializeMemory(
            as: UInt8.self, repeating: 0, count: byteCount)
        length += byteCount
    }

    /// Appends zero bytes up to a multiple of eight.
    @inlinable
    package mutating func padToEight() { zeros(-length & 7) }

    /// Overwrites two bytes that were appended before.
    @inlinable
    package mutating func patch(u16 value: UInt16, at offset: Int) { replace(value, at: offset) }

    /// Overwrites four bytes that were appended before.
    @inlinable
    package mutating func patch(u32 value: UInt32, at offset: Int) { replace(value, at: offset) }

    /// Overwrites eight bytes that were appended before.
    @inlinable
    package mutating func patch(u64 value: UInt64, at offset: Int) { replace(value, at: offset) }

    @inlinable @inline(__always)
    mutating func replace<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, at offset: Int) {
        precondition(
            offset >= 0 && offset <= length - MemoryLayout<T>.size,
            "A patch lies outside what was written.")
        unsafe storage.storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self)
    }

    /// Forgets everything past `count`, and keeps the memory.
    @inlinable
    package mutating func truncate(to count: Int) {
        precondition(count >= 0 && count <= length, "A writer cannot be truncated to more.")
        length = count
    }

    /// Forgets everything, and keeps the memory.
    @inlinable
    package mutating func removeAll() { length = 0 }

    /// The bytes so far, until the next change.
    @inlinable @unsafe
    package var view: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: storage, count: length)
    }

    /// The bytes so far, to change in place, until the next append.
    @inlinable @unsafe
    package var mutableView: UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(start: storage, count: length)
    }

    /// Room for `byteCount` more bytes, counted as appended; the caller fills it.
    @inlinable @unsafe
    package mutating func extend(_ byteCount: Int) -> UnsafeMutableRawPointer {
        reserve(byteCount)
        let start = unsafe storage + length
        length += byteCount
        return unsafe start
    }

    /// A copy of the bytes so far.
    package var array: [UInt8] { unsafe Array(view) }
}
