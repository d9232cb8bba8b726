internal import CTufa
internal import Synchronization

/// Lines of seven hints, in memory that is zeroed as it is touched.
///
/// A key has its line by a hash. Nothing moves and nothing is locked: readers note and follow hints
/// at once. Its memory can be given back before it is left for good.
@safe
struct HintTable: ~Copyable {
    private let lines: UnsafeMutablePointer<Atomic<UInt64>>
    private let lineCount: UInt64
    /// For how many rows it was made.
    let rowCount: Int
    /// The table that it took the place of.
    let smaller: UnsafeMutablePointer<HintTable>?
    private let pages: UnsafeMutableRawPointer
    private let byteCount: Int

    /// For how many rows there is a line, of the seven that it has room for: as keys fall, nineteen
    /// of twenty then have a hint.
    private static let rowsPerLine = 5
    static let wordsPerLine = 8
    /// No system has larger pages, but for those that are large on purpose.
    private static let pageByteCount = 1 << 16

    /// Nil where there is no memory for it.
    @unsafe
    init?(rowCount: Int, smaller: UnsafeMutablePointer<HintTable>?) {
        let count = rowCount / Self.rowsPerLine + 1
        byteCount =
            (count * Self.wordsPerLine * 8 + Self.pageByteCount - 1)
            / Self.pageByteCount * Self.pageByteCount
        guard let pages = unsafe tufa_map(byteCount) else { return nil }
        unsafe tufa_advise_large_pages(
            pages, byteCount / LargeMemory.pageByteCount * LargeMemory.pageByteCount)
        unsafe self.pages = pages
        unsafe lines = pages.assumingMemoryBound(to: Atomic<UInt64>.self)
        lineCount = UInt64(count)
        self.rowCount = rowCount
        unsafe self.smaller = smaller
    }

    deinit { unsafe tufa_unmap(pages, byteCount) }

    /// Gives the memory back; what is read then is what was there, or zeros, and what is written
    /// takes a page again.
    func release() {
        unsafe tufa_advise_small_pages(pages, byteCount)
        unsafe tufa_release(pages, byteCount)
    }

    /// Where a key's hint stands, asked for.
    @inline(__always) @unsafe
    func place(of key: UnsafeRawBufferPointer) -> HintPlace {
        let hash = unsafe Self.hash(key)
        let line = Int(truncatingIfNeeded: hash.multipliedFullWidth(by: lineCount).high)
        let address = unsafe lines + line &* Self.wordsPerLine
        unsafe tufa_prefetch(address)
        return unsafe HintPlace(line: address, tag: max(1, hash & 0xFF), rowCount: rowCount)
    }

    /// Multiplies and folds, eight bytes at a time, as wyhash does (Wang Yi 2019).
    ///
    /// The last eight may overlap those before. Whoever makes keys that collide has none of them
    /// found faster.
    @inline(__always) @unsafe
    private static func hash(_ key: UnsafeRawBufferPointer) -> UInt64 {
        let count = key.count
        var hash = UInt64(truncatingIfNeeded: count)
        guard count >= 8 else {
            var word: UInt64 = 0
            for offset in 0..<count { word = word << 8 | UInt64(unsafe key[offset]) }
            return mixed(mixed(hash, word), 0)
        }
        var offset = 0
        while offset &+ 8 < count {
            hash = mixed(hash, unsafe key.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset &+= 8
        }
        let last = unsafe key.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        return mixed(mixed(hash, last), 0)
    }

    @inline(__always)
    private static func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let product = (hash ^ word ^ 0xA076_1D64_78BD_642F)
            .multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
        return product.high ^ product.low
    }
}
