internal import Synchronization
internal import TufaIndex

/// What a text index knows of one term: 32 bytes.
///
/// ```
/// 0   u64  where the tail ends: its block above 32 bits of bytes used in it; 0 for no tail
/// 8   u64  how many postings there are, above the number of the last document with the term
/// 16  u32  the term: a block of one byte of length and the bytes
/// 20  u32  the directory of packed blocks; 0 for none
/// 24  u32  place of the term in the document being indexed, plus 1; the writer's
/// 28  u32  upper half of the term's hash; the writer's
/// ```
/// What readers load is stored with release after what it speaks of, and loaded with acquire; the
/// term itself never changes.
@unsafe
struct TermRecord {
    @safe static let byteCount = 32
    @safe static let textOffset = 16

    let base: UnsafeMutableRawPointer

    @inline(__always)
    init(_ base: UnsafeMutableRawPointer) { unsafe self.base = base }

    /// Where the postings end.
    struct End {
        var bits: UInt64

        @inline(__always)
        init(bits: UInt64) { self.bits = bits }

        @inline(__always)
        init(block: UInt32, used: Int) { bits = UInt64(block) << 32 | UInt64(used) }

        /// The block of the tail; 0 where there is none.
        var block: UInt32 { UInt32(truncatingIfNeeded: bits >> 32) }
        /// Bytes of postings in it.
        var used: Int { Int(bits & 0xFFFF_FFFF) }
    }

    /// How many postings there are, and which is the last.
    struct Tally {
        var bits: UInt64

        @inline(__always)
        init(bits: UInt64) { self.bits = bits }

        @inline(__always)
        init(count: Int, last: UInt32) { bits = UInt64(count) << 32 | UInt64(last) }

        /// Postings, those of dead documents included.
        var count: Int { Int(bits >> 32) }
        /// The last document with the term.
        var last: UInt32 { UInt32(truncatingIfNeeded: bits) }
    }

    var end: End {
        @inline(__always) get { unsafe End(bits: word(0).pointee.load(ordering: .acquiring)) }
        nonmutating set { unsafe word(0).pointee.store(newValue.bits, ordering: .releasing) }
    }

    var tally: Tally {
        @inline(__always) get { unsafe Tally(bits: word(8).pointee.load(ordering: .acquiring)) }
        nonmutating set { unsafe word(8).pointee.store(newValue.bits, ordering: .releasing) }
    }

    @inline(__always)
    private func word(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe (base + offset).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    /// The block with the term's bytes.
    var text: UInt32 {
        @inline(__always) get { unsafe base.load(fromByteOffset: Self.textOffset, as: UInt32.self) }
        nonmutating set {
            unsafe base.storeBytes(of: newValue, toByteOffset: Self.textOffset, as: UInt32.self)
        }
    }

    /// The directory of packed blocks; 0 for none.
    var directory: UInt32 {
        @inline(__always) get { unsafe half(20).pointee.load(ordering: .acquiring) }
        nonmutating set { unsafe half(20).pointee.store(newValue, ordering: .releasing) }
    }

    @inline(__always)
    private func half(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe (base + offset).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// Where the postings of a term are, as of one moment.
    @safe
    struct Extent {
        /// The directory of packed blocks; 0 for none.
        var directory: UInt32
        /// How many packed blocks there are.
        var blockCount: Int
        /// Where the tail ends.
        var end: End
    }

    /// Where the postings are now.
    ///
    /// While the writer packs the tail of this very term, the packed block may be seen together
    /// with the tail that it replaces: whoever reads passes over the tail's part.
    func extent(in blocks: ByteArena) -> Extent {
        while true {
            let directory = unsafe directory
            let count = directory == 0 ? 0 : unsafe BlockDirectory(blocks.address(directory)).count
            let end = unsafe end
            // Each load is an acquire, so what follows it is not seen older than it.
            let isSame = unsafe self.directory == directory
            let countNow =
                directory == 0 ? 0 : unsafe BlockDirectory(blocks.address(directory)).count
            if isSame && countNow == count {
                return Extent(directory: directory, blockCount: count, end: end)
            }
        }
    }

    /// Place in the document being indexed, plus 1.
    var slot: UInt32 {
        @inline(__always) get { unsafe base.load(fromByteOffset: 24, as: UInt32.self) }
        nonmutating set { unsafe base.storeBytes(of: newValue, toByteOffset: 24, as: UInt32.self) }
    }

    /// The upper half of the term's hash.
    var hashTag: UInt32 {
        @inline(__always) get { unsafe base.load(fromByteOffset: 28, as: UInt32.self) }
        nonmutating set { unsafe base.storeBytes(of: newValue, toByteOffset: 28, as: UInt32.self) }
    }
}
