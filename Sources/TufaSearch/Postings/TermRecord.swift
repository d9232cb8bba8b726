internal import Synchronization
internal import TufaIndex

/// What a text index knows of one term: eight bytes that say where its postings are.
///
/// The state is stored with release after what it speaks of, and loaded with acquire, so that a
/// reader who loads it once has all postings as of one moment.
@unsafe
struct TermRecord {
    @safe static let byteCount = 8

    let base: UnsafeMutableRawPointer

    @inline(__always)
    init(_ base: UnsafeMutableRawPointer) { unsafe self.base = base }

    /// Makes a term without postings.
    func initialize() { unsafe word.initialize(to: Atomic(0)) }

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
}
