/// Bytes of one encoded key in memory that somebody else owns.
///
/// Keys compare with `memcmp` in the order of their values, and no key is a prefix of another
/// (`Docs/Format/Snapshot.md`, "Keys"). A key that does not fit sets ``isOverflown`` and is refused
/// by whoever checks it; no byte is written past the capacity.
@unsafe
package struct KeyBuffer {
    /// The longest key an index holds, in bytes.
    @inlinable @inline(__always) @safe
    package static var maximumByteCount: Int { 3072 }

    /// The first byte.
    package let base: UnsafeMutableRawPointer
    /// Room, in bytes.
    package let capacity: Int
    /// Length of the key so far, in bytes.
    package var count = 0
    /// Whether something did not fit.
    package var isOverflown = false

    /// Wraps memory of `capacity` bytes.
    @inlinable
    package init(base: UnsafeMutableRawPointer, capacity: Int) {
        unsafe self.base = base
        unsafe self.capacity = capacity
    }

    /// The key so far.
    @inlinable
    package var bytes: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: base, count: count)
    }

    @inlinable @inline(__always)
    mutating func hasRoom(_ byteCount: Int) -> Bool {
        if unsafe count + byteCount <= capacity { return true }
        unsafe isOverflown = true
        return false
    }
}

extension KeyBuffer {
    /// Appends one byte.
    @inlinable @inline(__always)
    package mutating func append(byte: UInt8) {
        guard unsafe hasRoom(1) else { return }
        unsafe base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        unsafe count += 1
    }

    /// Appends eight bytes, the most significant first.
    @inlinable @inline(__always)
    package mutating func append(word: UInt64) {
        guard unsafe hasRoom(8) else { return }
        unsafe base.storeBytes(of: word.bigEndian, toByteOffset: count, as: UInt64.self)
        unsafe count += 8
    }

    /// Appends the marker of a NULL, which sorts after every value.
    @inlinable @inline(__always)
    package mutating func appendNull(descending: Bool) {
        unsafe append(byte: descending ? ~2 : 2)
    }

    /// Appends the marker that a value follows, for a field that may be NULL.
    @inlinable @inline(__always)
    package mutating func appendPresent(descending: Bool) {
        unsafe append(byte: descending ? ~1 : 1)
    }

    /// Appends an int64 or timestamp.
    @inlinable @inline(__always)
    package mutating func append(int64: Int64, descending: Bool) {
        let ordered = UInt64(bitPattern: int64) ^ (1 << 63)
        unsafe append(word: descending ? ~ordered : ordered)
    }

    /// Appends a double: -0 equals 0, and NaN equals NaN and sorts last, as in PostgreSQL.
    @inlinable @inline(__always)
    package mutating func append(double: Double, descending: Bool) {
        let value = double.isNaN ? Double.nan : double == 0 ? 0 : double
        let bits = value.bitPattern & (double.isNaN ? ~(1 << 63) : ~0)
        let ordered = bits >> 63 == 1 ? ~bits : bits | (1 << 63)
        unsafe append(word: descending ? ~ordered : ordered)
    }

    /// Appends a boolean: false before true.
    @inlinable @inline(__always)
    package mutating func append(boolean: Bool, descending: Bool) {
        unsafe append(byte: boolean != descending ? 1 : 0)
    }

    /// Appends an identifier.
    @inlinable @inline(__always)
    package mutating func append(id: RowID, descending: Bool) {
        unsafe append(word: descending ? ~id.high : id.high)
        unsafe append(word: descending ? ~id.low : id.low)
    }

    /// Appends a text or blob: a zero byte becomes 00 FF, and 00 01 ends it.
    ///
    /// - Complexity: O(bytes), eight a step while none of them is zero.
    @inlinable
    package mutating func append(variable bytes: UnsafeRawBufferPointer, descending: Bool) {
        let flip: UInt8 = descending ? 0xFF : 0
        guard unsafe hasRoom(bytes.count + 2) else { return }
        var at = 0
        if let source = bytes.baseAddress {
            let flips: UInt64 = descending ? .max : 0
            while at &+ 8 <= bytes.count {
                let word = unsafe source.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                // Some byte is zero exactly where the subtraction borrows from its top bit.
                if (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0 { break }
                // Safe: there is room for all bytes and the end.
                unsafe base.storeBytes(
                    of: word ^ flips, toByteOffset: count &+ at, as: UInt64.self)
                at &+= 8
            }
            // The last bytes of a text of eight or more, with some before them once more.
            let rest = bytes.count &- at
            if rest > 0, rest < 8, at > 0 {
                let word = unsafe source.loadUnaligned(
                    fromByteOffset: bytes.count &- 8, as: UInt64.self)
                if (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 == 0 {
                    unsafe base.storeBytes(
                        of: word ^ flips, toByteOffset: count &+ bytes.count &- 8, as: UInt64.self)
                    at = bytes.count
                }
            }
            unsafe count &+= at
            if at == bytes.count {
                // Most texts: there was room made for the end.
                unsafe base.storeBytes(
                    of: UInt16(littleEndian: 0x0100 ^ UInt16(truncatingIfNeeded: flips)),
                    toByteOffset: count, as: UInt16.self)
                unsafe count &+= 2
                return
            }
            while at < bytes.count {
                let byte = unsafe bytes[at]
                if byte == 0 {
                    // Each zero takes one byte more than there was room made for.
                    guard unsafe hasRoom(bytes.count &- at &+ 3) else { return }
                    unsafe append(byte: flip)
                    unsafe append(byte: ~flip)
                } else {
                    unsafe base.storeBytes(of: byte ^ flip, toByteOffset: count, as: UInt8.self)
                    unsafe count &+= 1
                }
                at &+= 1
            }
        }
        unsafe append(byte: flip)
        unsafe append(byte: 1 ^ flip)
    }
}
