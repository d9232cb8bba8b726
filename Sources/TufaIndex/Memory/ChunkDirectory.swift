/// Memory in chunks of 1 MiB that never move, addressed by 32-bit references to 8-byte units.
///
/// One writer adds chunks; readers follow references that were published to them, without a lock:
/// a chunk's address is in the directory before any reference into the chunk is published. The
/// reach is 2^32 units, 32 GiB. Reference 0 is never handed out and means "none".
@safe
package final class ChunkDirectory: @unchecked Sendable {  // One writer.
    /// Bytes of one chunk.
    package static let chunkByteCount = 1 << 20
    /// Bytes of one unit of a reference.
    package static let unitByteCount = 8
    static let unitsPerChunkShift: UInt32 = 17
    @usableFromInline static let maximumChunkCount = 1 << 15

    /// Where each chunk is.
    package let chunks: UnsafeMutablePointer<UnsafeMutableRawPointer>
    /// How many chunks there are.
    package var chunkCount: Int { unsafe count }
    // The writer asks at every allocation: not checked for overlapping accesses.
    @exclusivity(unchecked) private var count = 0
    private var runs: [(first: Int, count: Int)] = []

    package init() {
        // Safe: 256 KiB of address space; pages are touched only as chunks are added.
        unsafe chunks = .allocate(capacity: Self.maximumChunkCount)
    }

    deinit {
        for run in runs { unsafe chunks[run.first].deallocate() }
        unsafe chunks.deallocate()
    }

    /// The address of a reference.
    @inline(__always) @unsafe
    package func address(_ reference: UInt32) -> UnsafeMutableRawPointer {
        // Safe: only references inside added chunks are handed out.
        unsafe chunks[Int(reference >> Self.unitsPerChunkShift)]
            + Int(reference & (1 << Self.unitsPerChunkShift - 1)) * Self.unitByteCount
    }

    /// Adds `count` chunks that are one contiguous piece of memory, zeroed on first touch by the
    /// operating system or not at all, and gives the reference of its first unit.
    ///
    /// Nil when the reach of the references is used up.
    package func addChunks(_ count: Int) -> UInt32? {
        guard chunkCount + count <= Self.maximumChunkCount else { return nil }
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: count * Self.chunkByteCount, alignment: 4096)
        let first = chunkCount
        for index in 0..<count {
            unsafe (chunks + first + index).initialize(to: memory + index * Self.chunkByteCount)
        }
        runs.append((first, count))
        unsafe self.count += count
        return UInt32(first) << Self.unitsPerChunkShift
    }

    /// 32-bit words in a chunk.
    package static let wordsPerChunk = chunkByteCount / 4

    /// Adds chunks of words that are zero until there is word `index`; false when the reach of the
    /// references is used up.
    package func ensureWord(_ index: Int) -> Bool {
        while chunkCount * Self.wordsPerChunk <= index {
            guard let first = addChunks(1) else { return false }
            // Safe: the chunk is new and nobody else knows it.
            _ = unsafe address(first).initializeMemory(
                as: UInt32.self, repeating: 0, count: Self.wordsPerChunk)
        }
        return true
    }
}
