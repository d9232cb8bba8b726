internal import Synchronization
internal import TufaIndex

/// What a text index knows of one term: 16 bytes.
///
/// ```
/// 0   u64  where its postings are, a PostingState
/// 8   u32  the term: a block of one byte of length and the bytes
/// 12  u32  place of the term in the document being indexed, plus 1; the writer's
/// ```
/// The state is stored with release after what it speaks of, and loaded with acquire, so that a
/// reader who loads it once has all postings as of one moment. The term itself never changes while
/// a view knows its number.
@unsafe
struct TermRecord {
    @safe static let byteCount = 16
    @safe static let textOffset = 8

    let base: UnsafeMutableRawPointer

    @inline(__always)
    init(_ base: UnsafeMutableRawPointer) { unsafe self.base = base }

    private var word: UnsafeMutablePointer<Atomic<UInt64>> {
        @inline(__always) get { unsafe base.assumingMemoryBound(to: Atomic<UInt64>.self) }
    }

    /// Where the postings are.
    var state: PostingState {
        @inline(__always) get {
            unsafe PostingState(bits: word.pointee.load(ordering: .acquiring))
        }
        nonmutating set { unsafe word.pointee.store(newValue.bits, ordering: .releasing) }
    }

    /// The block with the term's bytes.
    var text: UInt32 {
        @inline(__always) get { unsafe base.load(fromByteOffset: Self.textOffset, as: UInt32.self) }
        nonmutating set {
            unsafe base.storeBytes(of: newValue, toByteOffset: Self.textOffset, as: UInt32.self)
        }
    }

    /// Place in the document being indexed, plus 1.
    var slot: UInt32 {
        @inline(__always) get { unsafe base.load(fromByteOffset: 12, as: UInt32.self) }
        nonmutating set { unsafe base.storeBytes(of: newValue, toByteOffset: 12, as: UInt32.self) }
    }
}
