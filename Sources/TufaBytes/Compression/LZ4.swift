internal import CLZ4

/// Raw LZ4 blocks: no frame, no length, no checksum around them.
package enum LZ4 {
    /// The longest source that one block can hold, in bytes.
    package static let maximumByteCount = 0x7E00_0000

    /// How hard the encoder looks for matches, of 12: what more would find is a percent or two.
    private static let level: Int32 = 6

    /// Compresses `source` into `target`: the number of bytes written, or nil when it does not fit.
    ///
    /// The encoder is LZ4HC, which takes several times as long as the plain one and makes blocks a
    /// fifth smaller that are decompressed as fast. A target shorter than the source makes nil mean
    /// that compressing is not worth it.
    @unsafe
    package static func compress(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) -> Int? {
        guard source.count <= maximumByteCount, let from = source.baseAddress,
            let to = target.baseAddress
        else { return nil }
        let room = min(target.count, Int(Int32.max))
        // Safe: LZ4 reads source.count bytes and writes at most `room`.
        let count = unsafe LZ4_compress_HC(
            from.assumingMemoryBound(to: CChar.self), to.assumingMemoryBound(to: CChar.self),
            Int32(source.count), Int32(room), level)
        return count > 0 ? Int(count) : nil
    }

    /// Decompresses `source` into the whole of `target`, whose length was stored beside it.
    ///
    /// - Throws: ``DatabaseError`` `.damaged` when the block does not fill the target exactly.
    @unsafe
    package static func decompress(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) throws(DatabaseError) {
        guard source.count <= Int(Int32.max), target.count <= maximumByteCount,
            let from = source.baseAddress, let to = target.baseAddress
        else { throw DatabaseError(.damaged, "An LZ4 block has an impossible length.") }
        // Safe: the "safe" decoder checks every read and write against both lengths.
        let count = unsafe LZ4_decompress_safe(
            from.assumingMemoryBound(to: CChar.self), to.assumingMemoryBound(to: CChar.self),
            Int32(source.count), Int32(target.count))
        guard Int(count) == target.count else {
            throw DatabaseError(
                .damaged, "An LZ4 block of \(source.count) bytes does not hold \(target.count).")
        }
    }
}
