internal import TufaIndex

/// Memory for the numbers of a few rows, and for their versions, which are found together so that
/// the waits for them overlap.
@unsafe
struct RowBatch {
    let versions: UnsafeMutablePointer<RowVersion?>
    let numbers: UnsafeMutablePointer<UInt32>

    /// Bytes that so many rows take.
    @safe
    static func byteCount(of capacity: Int) -> Int {
        unsafe capacity * (MemoryLayout<RowVersion?>.stride + MemoryLayout<UInt32>.stride)
    }

    /// Lies in memory of ``byteCount(of:)`` bytes that outlives it, on a boundary of 16.
    @inline(__always)
    init(_ memory: UnsafeMutableRawBufferPointer, capacity: Int) {
        let base = unsafe memory.baseAddress.unsafelyUnwrapped
        unsafe versions = base.bindMemory(to: RowVersion?.self, capacity: capacity)
        unsafe numbers = (base + capacity * MemoryLayout<RowVersion?>.stride)
            .bindMemory(to: UInt32.self, capacity: capacity)
    }
}
