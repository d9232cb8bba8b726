package import Synchronization

/// Memory in chunks of 1 MiB that never move, addressed by 32-bit references to 8-byte units.
///
/// One writer adds chunks; readers follow references that were published to them, without a lock:
/// a chunk's address is in the directory before any reference into the chunk is published. Chunks
/// of a snapshot are cold: they have no address until somebody follows a reference into them, which
/// loads them. The reach is 2^32 units, 32 GiB. Reference 0 is never handed out and means "none".
@safe
package final class ChunkDirectory: @unchecked Sendable {  // One writer; addresses are atomic.
    /// Bytes of one chunk.
    package static let chunkByteCount = 1 << 20
    /// Bytes of one unit of a reference.
    package static let unitByteCount = 8
    static let unitsPerChunkShift: UInt32 = 17
    @usableFromInline static let maximumChunkCount = 1 << 15

    /// Where each chunk is; nil for one that is still cold.
    package let chunks: UnsafeMutablePointer<Atomic<UnsafeMutableRawPointer?>>
    /// How many chunks there are.
    package var chunkCount: Int { unsafe count }
    // The writer asks at every allocation: not checked for overlapping accesses.
    @exclusivity(unchecked) private var count = 0
    private var supply = ChunkSupply()
    /// What loads the chunks that have no address; nil where there never were any.
    private var cold: ColdChunks?

    package init() {
        // Safe: 256 KiB of address space; pages are touched only as chunks are added.
        unsafe chunks = .allocate(capacity: Self.maximumChunkCount)
    }

    deinit {
        unsafe chunks.deallocate()
    }

    /// Whether so little address space is left that a large transaction might not fit: 2 GiB.
    package var isNearlyFull: Bool { chunkCount > Self.maximumChunkCount - 2048 }

    /// The address of a reference.
    ///
    /// - Complexity: O(1); the first time in a cold chunk, O(bytes of the chunk) with I/O.
    @inline(__always) @unsafe
    package func address(_ reference: UInt32) -> UnsafeMutableRawPointer {
        unsafe addressIfWarm(reference) ?? coldAddress(reference)
    }

    /// The address of a reference; nil while its chunk is cold.
    @inline(__always) @unsafe
    func addressIfWarm(_ reference: UInt32) -> UnsafeMutableRawPointer? {
        // Safe: only references inside added chunks are handed out.
        let index = Int(reference >> Self.unitsPerChunkShift)
        guard let chunk = unsafe chunks[index].load(ordering: .acquiring) else { return nil }
        return unsafe chunk + Self.offset(reference)
    }

    @inline(__always)
    private static func offset(_ reference: UInt32) -> Int {
        Int(reference & (1 << unitsPerChunkShift - 1)) * unitByteCount
    }

    /// Adds `count` chunks that are one contiguous piece of memory, zeroed on first touch by the
    /// operating system or not at all, and gives the reference of its first unit.
    ///
    /// Nil when the reach of the references is used up.
    package func addChunks(_ count: Int) -> UInt32? {
        guard let (memory, first) = unsafe reserve(count) else { return nil }
        for index in 0..<count {
            unsafe (chunks + first + index).initialize(
                to: Atomic(memory + index * Self.chunkByteCount))
        }
        unsafe self.count += count
        return UInt32(first) << Self.unitsPerChunkShift
    }

    private func reserve(_ count: Int) -> (UnsafeMutableRawPointer, first: Int)? {
        guard chunkCount + count <= Self.maximumChunkCount else { return nil }
        let memory = unsafe supply.take(count)
        if let page = unsafe supply.takeUnpopulated() {
            unsafe LargeMemory.populate(page, of: self)
        }
        return unsafe (memory, chunkCount)
    }

    /// Gives memory that was asked for ahead back to the system, until it is needed.
    ///
    /// - Complexity: O(1), one call of the system at most.
    package func releaseAhead() { supply.releaseAhead() }

    /// Adds chunks, whose contents are undefined, until a reference lies in one; false when the
    /// reach of the references is used up.
    package func ensure(_ reference: UInt32) -> Bool {
        while chunkCount <= Int(reference >> Self.unitsPerChunkShift) {
            guard addChunks(1) != nil else { return false }
        }
        return true
    }

    // MARK: Cold chunks

    /// Adds `count` chunks to an empty directory that `filling` fills when they are needed.
    ///
    /// False when the reach of the references is used up.
    func addColdChunks(_ count: Int, _ filling: any ChunkFilling, _ fault: LoadFault) -> Bool {
        precondition(chunkCount == 0, "Only an empty directory has cold chunks.")
        guard let (memory, _) = unsafe reserve(count) else { return false }
        for index in 0..<count { unsafe (chunks + index).initialize(to: Atomic(nil)) }
        unsafe cold = ColdChunks(memory, count, filling, fault)
        unsafe self.count += count
        return true
    }

    /// How many chunks, the first, were added cold.
    package var coldChunkCount: Int { cold?.count ?? 0 }

    /// Whether a chunk, here or elsewhere in the snapshot, could not be loaded.
    var isFaulty: Bool { cold?.fault.isSet ?? false }

    /// Loads a chunk, unless it is there.
    package func warm(chunk: Int) {
        _ = unsafe address(UInt32(chunk) << Self.unitsPerChunkShift)
    }

    @inline(never) @unsafe
    private func coldAddress(_ reference: UInt32) -> UnsafeMutableRawPointer {
        guard let cold else { preconditionFailure("A reference lies in no chunk.") }
        let index = Int(reference >> Self.unitsPerChunkShift)
        guard let chunk = unsafe cold.load(index, into: chunks + index) else {
            return unsafe cold.substitute(for: reference)
        }
        return unsafe chunk + Self.offset(reference)
    }

    // MARK: Words

    /// 32-bit words in a chunk.
    package static let wordsPerChunk = chunkByteCount / 4

    /// The address of a word.
    @inline(__always) @unsafe
    package func word(_ index: UInt32) -> UnsafeMutablePointer<UInt32> {
        // Safe: only words of chunks that were added are asked for.
        unsafe address(index >> 1).assumingMemoryBound(to: UInt32.self) + Int(index & 1)
    }

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
