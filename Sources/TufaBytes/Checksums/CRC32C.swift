internal import CTufa

/// The checksum of every file: CRC-32C (Castagnoli), as in iSCSI and ext4.
package enum CRC32C {
    /// The checksum of some bytes.
    ///
    /// - Complexity: O(bytes), at over 10 GB/s where the processor has the instruction.
    @unsafe
    package static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        unsafe update(0, bytes)
    }

    /// The checksum of the bytes that gave `checksum`, followed by `bytes`.
    @unsafe
    package static func update(_ checksum: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
        guard let base = bytes.baseAddress else { return checksum }
        return unsafe tufa_crc32c(checksum, base, bytes.count)
    }

    /// The checksum of some bytes in an array.
    package static func checksum(_ bytes: [UInt8]) -> UInt32 {
        unsafe bytes.withUnsafeBytes { unsafe checksum($0) }
    }
}
