/// Bytes that are written one after the other and reused, for scratch work off the heap's paths.
@safe
struct GrowingBytes: ~Copyable {
    private(set) var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 256) {
        self.capacity = capacity
        unsafe base = .allocate(capacity: capacity)
    }

    deinit { unsafe base.deallocate() }

    var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: base, count: count) }

    mutating func removeAll() { count = 0 }

    @inline(__always)
    mutating func reserve(_ byteCount: Int) {
        if count &+ byteCount > capacity { grow(byteCount) }
    }

    @inline(never)
    private mutating func grow(_ byteCount: Int) {
        capacity = max(capacity * 2, count + byteCount)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        unsafe moved.update(from: base, count: count)
        unsafe base.deallocate()
        unsafe base = moved
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        reserve(1)
        unsafe base[count] = byte
        count &+= 1
    }

    /// Appends a varint.
    @inline(__always)
    mutating func append(varint value: UInt64) {
        reserve(10)
        var rest = value
        while rest >= 0x80 {
            unsafe base[count] = UInt8(truncatingIfNeeded: rest) | 0x80
            count &+= 1
            rest >>= 7
        }
        unsafe base[count] = UInt8(truncatingIfNeeded: rest)
        count &+= 1
    }

    /// Appends a number of fixed width.
    mutating func append(word value: some FixedWidthInteger) {
        let byteCount = value.bitWidth / 8
        reserve(byteCount)
        for index in 0..<byteCount {
            unsafe base[count + index] = UInt8(truncatingIfNeeded: value >> (8 * index))
        }
        count += byteCount
    }

    /// Appends a run of bytes.
    @unsafe @inline(__always)
    mutating func append(_ other: UnsafeRawBufferPointer) {
        reserve(other.count)
        for index in 0..<other.count { unsafe base[count &+ index] = other[index] }
        count &+= other.count
    }
}
