/// Builds one row body, field by field in schema order.
///
/// One builder is kept and reused, so that building rows allocates nothing once its buffer has
/// grown to the largest row.
@safe package struct RowBuilder: ~Copyable {
    @usableFromInline var storage: UnsafeMutableRawPointer
    @usableFromInline var capacity: Int
    @usableFromInline var count = 0
    @usableFromInline var fixedByteCount = 0

    /// Makes an empty builder.
    package init() {
        capacity = 512
        unsafe storage = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { unsafe storage.deallocate() }

    /// Starts a body; every field is NULL or zero until it is set.
    @inlinable
    package mutating func begin(_ layout: RowLayout) {
        fixedByteCount = layout.fixedByteCount
        reserve(fixedByteCount)
        // Safe: reserve made room for the fixed part.
        _ = unsafe storage.initializeMemory(as: UInt8.self, repeating: 0, count: fixedByteCount)
        count = fixedByteCount
    }

    @inlinable
    mutating func reserve(_ byteCount: Int) {
        if byteCount > capacity { grow(to: byteCount) }
    }

    @usableFromInline
    mutating func grow(to byteCount: Int) {
        let wider = max(byteCount, capacity * 2)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: wider, alignment: 16)
        unsafe moved.copyMemory(from: storage, byteCount: count)
        unsafe storage.deallocate()
        unsafe storage = moved
        capacity = wider
    }

    /// Makes field `index` NULL; a text or blob still gets its (empty) end.
    @inlinable
    package mutating func setNull(_ index: Int, _ field: RowLayout.Field) {
        // Safe: begin() zeroed the bitmap and slots of this layout.
        let byte = unsafe storage.load(fromByteOffset: index >> 3, as: UInt8.self)
        unsafe storage.storeBytes(
            of: byte | 1 << UInt8(index & 7), toByteOffset: index >> 3, as: UInt8.self)
        if field.type.isVariable { storeEnd(field) }
    }

    /// Sets the eight bytes of an int64, double or timestamp.
    @inlinable
    package mutating func setWord(_ word: UInt64, _ field: RowLayout.Field) {
        unsafe storage.storeBytes(
            of: word.littleEndian, toByteOffset: field.offset, as: UInt64.self)
    }

    /// Sets an identifier.
    @inlinable
    package mutating func setID(_ id: RowID, _ field: RowLayout.Field) {
        unsafe id.store(to: storage + field.offset)
    }

    /// Sets a boolean.
    @inlinable
    package mutating func setBoolean(_ value: Bool, _ field: RowLayout.Field) {
        unsafe storage.storeBytes(of: value ? 1 : 0, toByteOffset: field.offset, as: UInt8.self)
    }

    /// Sets a text or blob; fields of this kind are set in schema order.
    @inlinable @unsafe
    package mutating func setVariable(_ bytes: UnsafeRawBufferPointer, _ field: RowLayout.Field) {
        reserve(count + bytes.count)
        if let base = bytes.baseAddress, bytes.count > 0 {
            unsafe (storage + count).copyMemory(from: base, byteCount: bytes.count)
        }
        count += bytes.count
        storeEnd(field)
    }

    @inlinable
    mutating func storeEnd(_ field: RowLayout.Field) {
        unsafe storage.storeBytes(
            of: UInt32(truncatingIfNeeded: count - fixedByteCount).littleEndian,
            toByteOffset: field.offset, as: UInt32.self)
    }

    /// Bytes of the body so far.
    @inlinable
    package var byteCount: Int { count }

    /// The finished body; it is valid until the next `begin`.
    @inlinable @unsafe
    package var bytes: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: storage, count: count)
    }
}
