/// Compares runs of bytes as `memcmp` does, eight bytes a step.
enum ByteOrder {
    /// Negative, zero or positive; of two runs where one begins the other, the shorter is less.
    @unsafe
    static func order(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        let common = min(left.count, right.count)
        if let first = left.baseAddress, let second = right.baseAddress {
            var at = 0
            // Safe: every load ends at or before the shorter run's end.
            while at + 8 <= common {
                let one = unsafe first.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                let two = unsafe second.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                if one != two { return one.bigEndian < two.bigEndian ? -1 : 1 }
                at += 8
            }
            while at < common {
                let one = unsafe first.load(fromByteOffset: at, as: UInt8.self)
                let two = unsafe second.load(fromByteOffset: at, as: UInt8.self)
                if one != two { return one < two ? -1 : 1 }
                at += 1
            }
        }
        return left.count - right.count
    }

    /// Whether `bytes` begin with `prefix`.
    @unsafe
    static func isPrefix(_ prefix: UnsafeRawBufferPointer, of bytes: UnsafeRawBufferPointer) -> Bool
    {
        guard bytes.count >= prefix.count else { return false }
        let head = unsafe UnsafeRawBufferPointer(rebasing: bytes[0..<prefix.count])
        return unsafe order(head, prefix) == 0
    }
}
