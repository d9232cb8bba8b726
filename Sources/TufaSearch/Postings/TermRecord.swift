internal import Synchronization

/// What a text index knows of one term: 32 bytes.
///
/// ```
/// 0   u64  where the postings end: the last block above 32 bits of bytes used in it
/// 8   u64  how many postings there are, above the number of the last document with the term
/// 16  u32  the term: a block of one byte of length and the bytes
/// 20  u32  the first block of postings
/// 24  u32  bytes of places in the last block; the writer's
/// 28  u32  place of the term in the document being indexed, plus 1; the writer's
/// ```
/// The two words at the start are stored with release after what they speak of, and loaded with
/// acquire; the next two never change once a reader can know the term.
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

        /// The last block; 0 where there is none.
        var block: UInt32 { UInt32(truncatingIfNeeded: bits >> 32) }
        /// Bytes of postings in the last block.
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

    /// The first block of postings.
    var first: UInt32 {
        @inline(__always) get { unsafe base.load(fromByteOffset: 20, as: UInt32.self) }
        nonmutating set { unsafe base.storeBytes(of: newValue, toByteOffset: 20, as: UInt32.self) }
    }

    /// Bytes of places in the last block.
    var placesUsed: Int {
        @inline(__always) get { unsafe Int(base.load(fromByteOffset: 24, as: UInt32.self)) }
        nonmutating set {
            unsafe base.storeBytes(of: UInt32(newValue), toByteOffset: 24, as: UInt32.self)
        }
    }

    /// Place in the document being indexed, plus 1.
    var slot: UInt32 {
        @inline(__always) get { unsafe base.load(fromByteOffset: 28, as: UInt32.self) }
        nonmutating set { unsafe base.storeBytes(of: newValue, toByteOffset: 28, as: UInt32.self) }
    }
}
