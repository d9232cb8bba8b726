package import TufaBytes

/// Keys that lie as short strings of bytes: for each number a word says where.
///
/// Behind the bytes comes, added on the way out, a zero that no key contains: so no key begins
/// another.
package final class StringKeySource: KeySource, @unchecked Sendable {  // Keys never change.
    private let references: ChunkDirectory
    private let strings: ShortBytes

    /// Makes a source over references to `strings`, a word for each number.
    package init(references: ChunkDirectory, strings: ShortBytes) {
        self.references = references
        self.strings = strings
        super.init(maximumByteCount: 257)
    }

    @inline(__always) @unsafe
    private func string(_ number: UInt32) -> UnsafeRawBufferPointer {
        // Safe: a tree holds only numbers whose reference and key were written before.
        unsafe strings[references.word(number).pointee]
    }

    @unsafe
    override package func loadKey(
        _ number: UInt32, at position: UInt64, into key: inout KeyBuffer
    ) {
        let string = unsafe string(number)
        for index in 0..<string.count { unsafe key.append(byte: string[index]) }
        unsafe key.append(byte: 0)
    }

    @unsafe
    override func isKey(
        _ key: UnsafeRawBufferPointer, of number: UInt32, at position: UInt64
    ) -> Bool {
        let string = unsafe string(number)
        guard key.count == string.count &+ 1, unsafe key[string.count] == 0 else { return false }
        return unsafe compareKeys(
            UnsafeRawBufferPointer(rebasing: key[..<string.count]), string) == 0
    }
}
