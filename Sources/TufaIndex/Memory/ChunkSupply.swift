internal import CTufa

/// Takes memory for chunks from the system, in pieces that grow with what was taken before.
///
/// The first chunks are taken one by one, for a small table should stay small. Those behind are
/// taken a few pages of 2 MiB ahead, and the system is asked for large pages: an address anywhere
/// in 1 GiB is then found in one walk of two steps in place of one of four, which is what a lookup
/// of a row that is in no cache waits for most. Memory that was taken ahead and not touched costs
/// address space alone; of it, the next page is to be populated when the one before is half used.
@safe
struct ChunkSupply: ~Copyable {
    private var pieces: [UnsafeMutableRawPointer] = unsafe []
    private var takenCount = 0
    // What was taken ahead.
    private var next: UnsafeMutableRawPointer?
    private(set) var aheadCount = 0
    // The page that is next and was not asked for yet.
    private var unpopulated: UnsafeMutableRawPointer?
    // Whether the page that is next was asked for, and nothing is in it yet.
    private var isNextPopulated = false
    /// How many pieces the system has given.
    var pieceCount: Int { unsafe pieces.count }

    /// How many chunks are taken one by one.
    static let smallCount = 4

    init() {}

    deinit {
        for index in unsafe pieces.indices { unsafe pieces[index].deallocate() }
    }

    /// Memory for `count` chunks side by side, whose contents are undefined.
    @unsafe
    mutating func take(_ count: Int) -> UnsafeMutableRawPointer {
        if count == 1 { return unsafe takeOne() }
        takenCount += count
        return unsafe allocate(count)
    }

    private mutating func takeOne() -> UnsafeMutableRawPointer {
        takenCount += 1
        if takenCount <= Self.smallCount { return unsafe allocate(1) }
        if aheadCount == 0 { takeAhead() }
        aheadCount -= 1
        guard let chunk = unsafe next else { preconditionFailure("Nothing was taken ahead.") }
        unsafe next = chunk + ChunkDirectory.chunkByteCount
        isNextPopulated = false
        // Two chunks a page: the second half is handed out, and a page begins behind it.
        if aheadCount % 2 == 0 {
            if aheadCount == 0 { takeAhead() }
            unsafe unpopulated = next
        }
        return unsafe chunk
    }

    private mutating func takeAhead() {
        // A sixteenth of what there is: so few pieces that the system has few to keep.
        aheadCount = max(2, takenCount / 32 * 2)
        unsafe next = allocate(aheadCount)
    }

    /// A large page of which the next chunk is the beginning, or, where it was given back before,
    /// the last one; nil where there is none, or it was told.
    mutating func takeUnpopulated() -> UnsafeMutableRawPointer? {
        guard let page = unsafe unpopulated else { return nil }
        unsafe unpopulated = nil
        isNextPopulated = unsafe page == next
        return unsafe page
    }

    /// Gives the page that was populated ahead back to the system, as long as nothing is in it; it
    /// is told once more with the next chunk.
    ///
    /// Whoever is late to populate it has it there all the same, which only takes memory.
    mutating func releaseAhead() {
        guard isNextPopulated, let page = unsafe next else { return }
        // Safe: a whole page that was taken and of which nothing was handed out.
        unsafe tufa_release(page, LargeMemory.pageByteCount)
        isNextPopulated = false
        unsafe unpopulated = page
    }

    private mutating func allocate(_ count: Int) -> UnsafeMutableRawPointer {
        let memory = unsafe LargeMemory.allocate(
            byteCount: count * ChunkDirectory.chunkByteCount)
        unsafe pieces.append(memory)
        return unsafe memory
    }
}
