package import TufaBytes

/// Keys that lie as bytes in an arena: the record of an entry's number says where.
///
/// A key is one byte of length, its bytes, and, added on the way out, a zero that no key contains:
/// so no key begins another.
package final class ArenaKeySource: KeySource, @unchecked Sendable {  // Keys never change.
    private let records: ChunkDirectory
    private let keys: ByteArena
    private let unitsPerRecord: UInt32
    private let referenceOffset: Int

    /// Makes a source over records of `unitsPerRecord` units, each of which has the reference of
    /// its key, a u32, at byte `referenceOffset`.
    package init(
        records: ChunkDirectory, unitsPerRecord: UInt32, referenceOffset: Int, keys: ByteArena
    ) {
        self.records = records
        self.keys = keys
        self.unitsPerRecord = unitsPerRecord
        self.referenceOffset = referenceOffset
        super.init(maximumByteCount: 257)
    }

    @unsafe
    override package func loadKey(
        _ number: UInt32, at position: UInt64, into key: inout KeyBuffer
    ) {
        // Safe: a tree holds only numbers whose record and key were written before.
        let record = unsafe records.address(number &* unitsPerRecord)
        let block = unsafe keys.address(
            record.load(fromByteOffset: referenceOffset, as: UInt32.self))
        let count = unsafe Int(block.load(as: UInt8.self))
        for index in 1..<1 + count {
            unsafe key.append(byte: block.load(fromByteOffset: index, as: UInt8.self))
        }
        unsafe key.append(byte: 0)
    }
}
