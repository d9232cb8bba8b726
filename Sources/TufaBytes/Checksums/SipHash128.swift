/// SipHash-2-4 with 128 bits of output, by Aumasson and Bernstein.
///
/// It is what state hashes and the chain of archives are made of: too wide to collide by chance,
/// and keyed, so that no input can be prepared to collide.
package enum SipHash128 {
    /// The hash of some bytes, as the two little-endian halves of its sixteen bytes.
    ///
    /// - Complexity: O(bytes).
    @unsafe
    package static func hash(
        key: (UInt64, UInt64), _ bytes: UnsafeRawBufferPointer
    ) -> (UInt64, UInt64) {
        var state = State(key: key)
        let whole = bytes.count & ~7
        var at = 0
        while at < whole {
            unsafe state.absorb(
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)))
            at += 8
        }
        var last = UInt64(truncatingIfNeeded: bytes.count) << 56
        while at < bytes.count {
            // Safe: at is below count.
            unsafe last |= UInt64(bytes[at]) << UInt64((at & 7) * 8)
            at += 1
        }
        state.absorb(last)
        return state.finish()
    }

    /// The four words of the algorithm.
    struct State {
        var v0: UInt64
        var v1: UInt64
        var v2: UInt64
        var v3: UInt64

        init(key: (UInt64, UInt64)) {
            v0 = key.0 ^ 0x736f_6d65_7073_6575
            v1 = key.1 ^ 0x646f_7261_6e64_6f6d ^ 0xee
            v2 = key.0 ^ 0x6c79_6765_6e65_7261
            v3 = key.1 ^ 0x7465_6462_7974_6573
        }

        @inline(__always)
        mutating func round() {
            v0 &+= v1
            v1 = (v1 << 13 | v1 >> 51) ^ v0
            v0 = v0 << 32 | v0 >> 32
            v2 &+= v3
            v3 = (v3 << 16 | v3 >> 48) ^ v2
            v0 &+= v3
            v3 = (v3 << 21 | v3 >> 43) ^ v0
            v2 &+= v1
            v1 = (v1 << 17 | v1 >> 47) ^ v2
            v2 = v2 << 32 | v2 >> 32
        }

        @inline(__always)
        mutating func absorb(_ word: UInt64) {
            v3 ^= word
            round()
            round()
            v0 ^= word
        }

        mutating func finish() -> (UInt64, UInt64) {
            v2 ^= 0xee
            for _ in 0..<4 { round() }
            let first = v0 ^ v1 ^ v2 ^ v3
            v1 ^= 0xdd
            for _ in 0..<4 { round() }
            return (first, v0 ^ v1 ^ v2 ^ v3)
        }
    }
}
