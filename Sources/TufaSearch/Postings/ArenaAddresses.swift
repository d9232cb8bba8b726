internal import Synchronization
internal import TufaIndex

// What is `package` is not inlined into other modules (Swift 6.3), and a search follows a reference
// at every step. Within this module these take the place of the methods of the same name.

extension ChunkDirectory {
    // A constant of another module is behind a call too; a test compares them.
    static let shiftOfChunk: UInt32 = 17
    static let shiftOfUnit = 3

    /// The address of a reference.
    @inline(__always) @unsafe
    func address(_ reference: UInt32) -> UnsafeMutableRawPointer {
        // Safe: only references inside added chunks are handed out.
        // No directory of a text index has cold chunks.
        unsafe chunks[Int(reference &>> Self.shiftOfChunk)].load(ordering: .relaxed)
            .unsafelyUnwrapped
            + Int(reference & (1 &<< Self.shiftOfChunk &- 1)) &<< Self.shiftOfUnit
    }
}

extension ByteArena {
    /// The address of a block.
    @inline(__always) @unsafe
    func address(_ reference: UInt32) -> UnsafeMutableRawPointer {
        unsafe directory.address(reference)
    }
}
