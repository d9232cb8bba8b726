/// Strings of up to 255 bytes, side by side without a gap, with 32-bit references to bytes.
///
/// ```
/// 0   u8   length
/// 1        the bytes
/// ```
/// One writer adds and frees; readers follow published references. The reach is 4 GiB. What was
/// freed is used again for a string of the same length.
@safe
package final class ShortBytes: @unchecked Sendable {  // One writer; readers see published refs.
    private let directory = ChunkDirectory()
    // The writer's own, for every string: not checked for overlapping accesses.
    @exclusivity(unchecked) private var next: UInt32 = 0
    /// How many bytes are left of the chunk that is being filled.
    @exclusivity(unchecked) private var room = 0
    @exclusivity(unchecked) private var used = 0
    /// What was freed, by length.
    private var freed: [Int: [UInt32]] = [:]
    @exclusivity(unchecked) private var freedCount = 0

    package init() {}

    /// Bytes of the strings, with their lengths.
    package var usedByteCount: Int { unsafe used }

    /// Gives memory that was asked for ahead back to the system, until it is needed.
    package func releaseAhead() { directory.releaseAhead() }

    /// Whether so little room is left that a large transaction, which has at most 1 GiB, might not
    /// fit.
    package var isNearlyFull: Bool { unsafe next > UInt32.max - 5 << 28 }

    /// Whether a string might not fit.
    package var isFull: Bool { unsafe next > UInt32.max - 1 << 22 }

    /// A string, which stays where it is until it is freed.
    @inline(__always) @unsafe
    package subscript(reference: UInt32) -> UnsafeRawBufferPointer {
        let block = unsafe address(reference)
        return unsafe UnsafeRawBufferPointer(
            start: block + 1, count: Int(block.load(as: UInt8.self)))
    }

    /// Where a string begins, with its length.
    @inline(__always) @unsafe
    package func address(_ reference: UInt32) -> UnsafeMutableRawPointer {
        // Safe: only references that were handed out are asked for, and their chunks are there.
        unsafe directory.address(reference >> 3) + Int(reference & 7)
    }

    /// Adds a string of at most 255 bytes and gives its reference, which is never 0.
    ///
    /// - Complexity: O(bytes).
    @unsafe
    package func add(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        let byteCount = 1 + bytes.count
        let reference = takeFreed(bytes.count) ?? take(byteCount)
        unsafe used += byteCount
        let block = unsafe address(reference)
        unsafe block.storeBytes(of: UInt8(bytes.count), as: UInt8.self)
        unsafe UnsafeMutableRawBufferPointer(start: block + 1, count: bytes.count)
            .copyMemory(from: bytes)
        return reference
    }

    @inline(__always)
    private func takeFreed(_ count: Int) -> UInt32? {
        guard unsafe freedCount > 0, let reference = freed[count]?.popLast() else { return nil }
        unsafe freedCount -= 1
        return reference
    }

    private func take(_ byteCount: Int) -> UInt32 {
        // A string lies in one chunk; what is left of the one before is given up.
        if unsafe room < byteCount {
            guard unsafe next <= UInt32.max - UInt32(2 * ChunkDirectory.chunkByteCount),
                let first = directory.addChunks(1)
            else { preconditionFailure("No room is left for 4 GiB of short strings.") }
            // Reference 0 is none.
            let skipped: UInt32 = first == 0 ? 1 : 0
            unsafe next = first << 3 + skipped
            unsafe room = ChunkDirectory.chunkByteCount - Int(skipped)
        }
        defer {
            unsafe next += UInt32(byteCount)
            unsafe room -= byteCount
        }
        return unsafe next
    }

    /// Frees a string that nobody reads any more.
    package func free(_ reference: UInt32) {
        let byteCount = unsafe self[reference].count
        freed[byteCount, default: []].append(reference)
        unsafe freedCount += 1
        unsafe used -= 1 + byteCount
    }
}
