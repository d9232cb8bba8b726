/// Reads of one row body at an address, each O(1).
///
/// The address stays valid as long as whoever handed it out says; nothing is copied or retained.
@unsafe
package struct RowBody {
    /// The first byte of the body.
    package let base: UnsafeRawPointer
    /// Length of the body, in bytes.
    package let byteCount: Int

    /// Wraps a body that ``RowLayout/check(_:)`` has accepted.
    @inlinable @inline(__always)
    package init(base: UnsafeRawPointer, byteCount: Int) {
        unsafe self.base = base
        unsafe self.byteCount = byteCount
    }

    /// Whether field `index` is NULL.
    @inlinable @inline(__always)
    package func isNull(_ index: Int) -> Bool {
        // Safe: a checked body holds the whole bitmap of its layout.
        unsafe base.load(fromByteOffset: index >> 3, as: UInt8.self) & (1 << UInt8(index & 7)) != 0
    }

    /// The eight bytes of an int64, double or timestamp slot.
    @inlinable @inline(__always)
    package func word(_ field: RowLayout.Field) -> UInt64 {
        // Safe: a checked body holds every fixed slot of its layout.
        unsafe UInt64(
            littleEndian: base.loadUnaligned(fromByteOffset: field.offset, as: UInt64.self))
    }

    /// The identifier in a uuid slot.
    @inlinable @inline(__always)
    package func rowID(_ field: RowLayout.Field) -> RowID {
        unsafe RowID.load(base + field.offset)
    }

    /// The byte of a boolean slot.
    @inlinable @inline(__always)
    package func boolean(_ field: RowLayout.Field) -> Bool {
        unsafe base.load(fromByteOffset: field.offset, as: UInt8.self) != 0
    }

    /// The bytes of a text or blob.
    @inlinable @inline(__always)
    package func variable(_ field: RowLayout.Field, in layout: RowLayout) -> UnsafeRawBufferPointer
    {
        unsafe variable(field, fixedByteCount: layout.fixedByteCount)
    }

    /// The bytes of a text or blob, where the caller holds the length of the fixed part.
    @inlinable @inline(__always)
    package func variable(_ field: RowLayout.Field, fixedByteCount: Int) -> UnsafeRawBufferPointer {
        // Safe: check(_:) has proved that ends grow and stay inside the body.
        let end = unsafe Int(
            UInt32(littleEndian: base.loadUnaligned(fromByteOffset: field.offset, as: UInt32.self)))
        let start =
            field.previousVariableOffset < 0
            ? 0
            : unsafe Int(
                UInt32(
                    littleEndian: base.loadUnaligned(
                        fromByteOffset: field.previousVariableOffset, as: UInt32.self)))
        return unsafe UnsafeRawBufferPointer(
            start: base + fixedByteCount + start, count: end - start)
    }
}

extension RowID {
    /// Reads sixteen bytes.
    @inlinable @inline(__always) @unsafe
    package static func load(_ address: UnsafeRawPointer) -> RowID {
        unsafe RowID(
            high: UInt64(bigEndian: address.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: address.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }

    /// Writes sixteen bytes.
    @inlinable @inline(__always) @unsafe
    package func store(to address: UnsafeMutableRawPointer) {
        unsafe address.storeBytes(of: high.bigEndian, as: UInt64.self)
        unsafe address.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
    }
}
