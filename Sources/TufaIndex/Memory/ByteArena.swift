/// Blocks of bytes with 32-bit references: bump allocation, and free lists by size class.
///
/// One writer allocates and frees; readers follow published references. Blocks begin on 8 bytes.
/// Sizes are rounded to 8 bytes up to 2 KiB, to 256 bytes up to 64 KiB, to 16 KiB up to a chunk,
/// and to whole chunks above, so a block wastes at most an eighth of its size.
@safe
package final class ByteArena: @unchecked Sendable {  // One writer; readers see published refs.
    /// The chunks.
    package let directory: ChunkDirectory
    // The writer's own, for every block: not checked for overlapping accesses.
    @exclusivity(unchecked) private var bump: UInt32 = 0
    @exclusivity(unchecked) private var bumpEnd: UInt32 = 0
    @exclusivity(unchecked) private var freeHeads: [UInt32]
    @exclusivity(unchecked) private var used = 0
    @exclusivity(unchecked) private var retired = RetireQueue()
    @exclusivity(unchecked) private var retiredBytes = 0
    private var freeRuns: [Int: [UInt32]] = [:]
    /// Bytes in blocks that are in use or retired, rounding included.
    package private(set) var usedByteCount: Int {
        get { unsafe used }
        set { unsafe used = newValue }
    }
    /// Bytes in retired blocks that views still pin.
    package var retiredByteCount: Int { unsafe retiredBytes }

    package init() {
        directory = ChunkDirectory()
        unsafe freeHeads = Array(repeating: 0, count: Self.classCount)
    }

    /// Bytes of address space taken from the system.
    package var capacityByteCount: Int { directory.chunkCount * ChunkDirectory.chunkByteCount }

    /// The address of a block.
    @inline(__always) @unsafe
    package func address(_ reference: UInt32) -> UnsafeMutableRawPointer {
        unsafe directory.address(reference)
    }

    // MARK: Size classes
    private static let classCount = 256 + 248 + 60 + 1

    /// The class of a size and the size of its blocks; nil for sizes of whole chunks.
    private static func sizeClass(_ byteCount: Int) -> (index: Int, byteCount: Int)? {
        if byteCount <= 2048 {
            let units = max(1, (byteCount + 7) / 8)
            return (units - 1, units * 8)
        }
        if byteCount <= 65536 {
            let steps = (byteCount - 2048 + 255) / 256
            return (255 + steps, 2048 + steps * 256)
        }
        if byteCount <= ChunkDirectory.chunkByteCount {
            let steps = (byteCount - 65536 + 16383) / 16384
            return (503 + steps, 65536 + steps * 16384)
        }
        return nil
    }

    /// The bytes that a block of at least `byteCount` takes.
    static func blockByteCount(_ byteCount: Int) -> Int {
        sizeClass(byteCount)?.byteCount
            ?? chunkCount(byteCount) * ChunkDirectory.chunkByteCount
    }

    /// Takes the blocks of a file, `byteCount` bytes from reference 1 on, into an empty arena;
    /// `filling` fills them when they are needed.
    ///
    /// New blocks lie in chunks behind, so that nothing is written where something may be loaded.
    /// False where that is more than an arena can be.
    func addColdBlocks(
        _ byteCount: Int, _ filling: any ChunkFilling, _ fault: LoadFault
    ) -> Bool {
        let unit = ChunkDirectory.unitByteCount
        guard byteCount > 0 else { return true }
        guard byteCount % unit == 0, byteCount / unit < Int(UInt32.max),
            directory.addColdChunks(Self.coldChunkCount(byteCount), filling, fault)
        else { return false }
        usedByteCount = byteCount
        return true
    }

    /// How many chunks the blocks of a file take, with the unit that is never used.
    static func coldChunkCount(_ byteCount: Int) -> Int {
        chunkCount(byteCount + ChunkDirectory.unitByteCount)
    }

    /// Takes a block of at least `byteCount` bytes; its contents are undefined.
    ///
    /// Traps when 32 GiB are used up: the caller checks ``isNearlyFull`` before a write begins.
    package func allocate(_ byteCount: Int) -> UInt32 {
        guard let (index, rounded) = Self.sizeClass(byteCount) else {
            return allocateRun(byteCount)
        }
        usedByteCount += rounded
        let free = unsafe freeHeads[index]
        if free != 0 {
            // Safe: a free block holds the reference of the next one in its first bytes.
            unsafe freeHeads[index] = address(free).load(as: UInt32.self)
            return free
        }
        let units = UInt32(rounded / ChunkDirectory.unitByteCount)
        if unsafe bumpEnd - bump < units { refill() }
        let reference = unsafe bump
        unsafe bump += units
        return reference
    }

    private func refill() {
        guard let first = directory.addChunks(1) else {
            preconditionFailure("An arena of 32 GiB is used up.")
        }
        // The first unit of the arena stays unused, so that reference 0 means "none".
        unsafe bump = first == 0 ? 1 : first
        unsafe bumpEnd =
            first + UInt32(ChunkDirectory.chunkByteCount / ChunkDirectory.unitByteCount)
    }

    private func allocateRun(_ byteCount: Int) -> UInt32 {
        let chunks = Self.chunkCount(byteCount)
        usedByteCount += chunks * ChunkDirectory.chunkByteCount
        if let free = freeRuns[chunks]?.popLast() { return free }
        // A run that would begin at reference 0 is preceded by the arena's first chunk.
        if directory.chunkCount == 0 { refill() }
        guard let first = directory.addChunks(chunks) else {
            preconditionFailure("An arena of 32 GiB is used up.")
        }
        return first
    }

    private static func chunkCount(_ byteCount: Int) -> Int {
        (byteCount + ChunkDirectory.chunkByteCount - 1) / ChunkDirectory.chunkByteCount
    }

    /// Whether so little address space is left that a large transaction might not fit.
    package var isNearlyFull: Bool {
        directory.isNearlyFull
    }

    /// Gives a block back at once; nobody may read it any more.
    package func free(_ reference: UInt32, byteCount: Int) {
        guard let (index, rounded) = Self.sizeClass(byteCount) else {
            let chunks = Self.chunkCount(byteCount)
            usedByteCount -= chunks * ChunkDirectory.chunkByteCount
            freeRuns[chunks, default: []].append(reference)
            return
        }
        usedByteCount -= rounded
        unsafe address(reference).storeBytes(of: freeHeads[index], as: UInt32.self)
        unsafe freeHeads[index] = reference
    }

    /// Gives a block back once no view older than `group` is left.
    package func retire(_ reference: UInt32, byteCount: Int, group: UInt64) {
        unsafe retiredBytes += byteCount
        unsafe retired.append(reference, group: group)
    }

    /// Frees what no view of group `oldest` or later can reach; `byteCount` tells a block's size.
    package func reclaim(oldest: UInt64, byteCount: (UnsafeRawPointer) -> Int) {
        while let reference = unsafe retired.next(oldest: oldest) {
            let count = unsafe byteCount(address(reference))
            unsafe retiredBytes -= count
            free(reference, byteCount: count)
        }
    }
}
