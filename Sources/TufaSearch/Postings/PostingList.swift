internal import Synchronization
internal import TufaIndex

/// The postings of one term: packed blocks, if there are any, and the latest, not packed yet.
///
/// A wider list takes its place when it is full.
/// Most lists are short, and have a header of one word:
///
/// ```
/// 0   u64  from the lowest bit: 32 bits the last document with the term, 6 postings, 7 bytes of
///          postings, 7 bytes of places, 6 postings of dead documents, 4 the list's words less 1,
///          1 whether it is queued for compaction; 1
/// 8        the tail: postings, upwards; from the end, the places of the same documents, downwards
/// ```
///
/// The others:
///
/// ```
/// 0   u64  how many postings there are, below 2³¹, above the last document with the term
/// 8   u32  bytes of postings in the tail
/// 12  u32  how many postings are of documents that have ended
/// 16  u32  bytes of the list, plus 1 where there are packed blocks
/// 20  u32  bytes of places, plus 2³¹ where the list is queued for compaction; the writer's
/// 24       with packed blocks only: u32 their directory, u32 how many of them are of this list
///          the tail
/// ```
///
/// Postings and places are coded as `Docs/Format/Text.md` says. What counts them is stored with
/// release after what it counts and loaded with acquire, so a reader never sees a byte that may
/// still be written; the size and the packed blocks do not change once a list is published.
@unsafe
struct PostingList {
    /// The packed blocks of a list.
    @safe
    struct Packed {
        /// Their directory; 0 for none.
        var directory: UInt32 = 0
        /// How many of the directory's blocks there are.
        var blockCount: UInt32 = 0
    }

    /// How many postings there are, and which is the last.
    @safe
    struct Tally: Equatable {
        /// Postings, those of dead documents included.
        var count: Int
        /// The last document with the term.
        var last: UInt32
    }

    @safe private static let headerByteCount = 24
    @safe private static let queuedBit: UInt32 = 1 << 31

    let base: UnsafeMutableRawPointer

    @inline(__always)
    init(_ base: UnsafeMutableRawPointer) { unsafe self.base = base }

    @inline(__always)
    private func counter(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
        unsafe (base + offset).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    @inline(__always)
    private func word(_ offset: Int) -> UInt32 {
        unsafe base.load(fromByteOffset: offset, as: UInt32.self)
    }

    /// The first word: the header of a short list.
    private var head: ShortListHead {
        @inline(__always) get {
            unsafe ShortListHead(
                bits: base.assumingMemoryBound(to: Atomic<UInt64>.self).pointee.load(
                    ordering: .acquiring))
        }
        nonmutating set {
            unsafe base.assumingMemoryBound(to: Atomic<UInt64>.self).pointee.store(
                newValue.bits, ordering: .releasing)
        }
    }

    // MARK: Counts

    /// How many postings there are, and which is the last.
    var tally: Tally {
        @inline(__always) get {
            let head = unsafe head
            return Tally(
                count: head.isShort ? head.count : Int(head.bits >> 32),
                last: UInt32(truncatingIfNeeded: head.bits))
        }
    }

    /// Bytes of postings in the tail.
    var used: Int {
        @inline(__always) get {
            let head = unsafe head
            return head.isShort
                ? head.used : unsafe Int(counter(8).pointee.load(ordering: .acquiring))
        }
    }

    /// How many postings are of documents that have ended.
    var deadCount: Int {
        @inline(__always) get {
            let head = unsafe head
            return head.isShort
                ? head.deadCount : unsafe Int(counter(12).pointee.load(ordering: .acquiring))
        }
        nonmutating set {
            var head = unsafe head
            if head.isShort {
                head.deadCount = newValue
                unsafe self.head = head
            } else {
                unsafe counter(12).pointee.store(UInt32(newValue), ordering: .releasing)
            }
        }
    }

    // MARK: Layout

    /// Bytes of the list.
    var byteCount: Int {
        @inline(__always) get {
            let head = unsafe head
            return head.isShort ? head.byteCount : unsafe Int(word(16) & ~1)
        }
    }

    /// The packed blocks.
    var packed: Packed {
        @inline(__always) get {
            guard unsafe !head.isShort, unsafe word(16) & 1 != 0 else { return Packed() }
            return unsafe Packed(directory: word(24), blockCount: word(28))
        }
    }

    private var tailOffset: Int {
        @inline(__always) get {
            if unsafe head.isShort { return ShortListHead.byteCount }
            return unsafe Self.tailOffset(hasPacked: word(16) & 1 != 0)
        }
    }

    @safe @inline(__always)
    private static func tailOffset(hasPacked: Bool) -> Int {
        hasPacked ? headerByteCount + 8 : headerByteCount
    }

    /// Bytes that the tail's postings and places can take.
    var room: Int { @inline(__always) get { unsafe byteCount &- tailOffset } }

    /// Where the tail's postings begin.
    var postings: UnsafeMutablePointer<UInt8> {
        @inline(__always) get { unsafe (base + tailOffset).assumingMemoryBound(to: UInt8.self) }
    }

    /// One byte behind the first byte of the places, which go down from there.
    var placesEnd: UnsafeMutablePointer<UInt8> {
        @inline(__always) get { unsafe (base + byteCount).assumingMemoryBound(to: UInt8.self) }
    }

    // MARK: Writing

    /// Bytes of places; the writer's.
    var placesUsed: Int {
        @inline(__always) get {
            let head = unsafe head
            return head.isShort ? head.placesUsed : unsafe Int(word(20) & ~Self.queuedBit)
        }
    }

    /// Whether the list is queued for compaction; the writer's.
    var isQueued: Bool {
        get {
            let head = unsafe head
            return head.isShort ? head.isQueued : unsafe word(20) & Self.queuedBit != 0
        }
        nonmutating set {
            var head = unsafe head
            if head.isShort {
                head.isQueued = newValue
                unsafe self.head = head
            } else {
                let bit = newValue ? Self.queuedBit : 0
                unsafe base.storeBytes(
                    of: word(20) & ~Self.queuedBit | bit, toByteOffset: 20, as: UInt32.self)
            }
        }
    }

    /// Whether the list can take so many postings more, of so many bytes with their places.
    @inline(__always)
    func hasRoom(count: Int, byteCount: Int) -> Bool {
        let head = unsafe head
        if head.isShort, head.count &+ count > ShortListHead.maximumCount { return false }
        return unsafe used &+ placesUsed &+ byteCount <= room
    }

    /// Adds encoded postings, and their places, to the tail, which has room for them, and shows
    /// them to readers.
    @inline(__always)
    func append(
        _ posting: UnsafeRawBufferPointer, _ places: UnsafeRawBufferPointer, count: Int,
        last document: UInt32
    ) {
        let used = unsafe used
        let placesUsed = unsafe placesUsed
        let target = unsafe postings + used
        for index in 0..<posting.count { unsafe target[index] = posting[index] }
        let below = unsafe placesEnd - placesUsed - 1
        for index in 0..<places.count { unsafe below[-index] = places[index] }
        unsafe show(
            used: used &+ posting.count, placesUsed: placesUsed &+ places.count,
            Tally(count: tally.count &+ count, last: document))
    }

    /// Copies the tail and all counts of another list, for which there is room.
    func copy(_ other: PostingList) {
        let used = unsafe other.used
        let placesUsed = unsafe other.placesUsed
        unsafe postings.update(from: other.postings, count: used)
        unsafe (placesEnd - placesUsed).update(
            from: other.placesEnd - placesUsed, count: placesUsed)
        unsafe show(used: used, placesUsed: placesUsed, other.tally)
        unsafe takeOver(other)
    }

    /// Takes over the counts of a list with other bytes that ends with the same posting.
    func copyCounts(_ other: PostingList) {
        unsafe show(used: 0, placesUsed: 0, other.tally)
        unsafe takeOver(other)
    }

    private func takeOver(_ other: PostingList) {
        unsafe deadCount = other.deadCount
        unsafe isQueued = other.isQueued
    }

    @inline(__always)
    private func show(used: Int, placesUsed: Int, _ tally: Tally) {
        var head = unsafe head
        if head.isShort {
            head.set(count: tally.count, last: tally.last, used: used, placesUsed: placesUsed)
            unsafe self.head = head
            return
        }
        unsafe base.storeBytes(
            of: UInt32(placesUsed) | word(20) & Self.queuedBit, toByteOffset: 20, as: UInt32.self)
        unsafe counter(8).pointee.store(UInt32(used), ordering: .releasing)
        unsafe self.head = ShortListHead(bits: UInt64(tally.count) << 32 | UInt64(tally.last))
    }

    /// Makes an empty list with room for `count` postings in all, and for at least `room` bytes of
    /// postings and places in its tail.
    static func make(
        count: Int, room: Int, packed: Packed = Packed(), in arena: ByteArena
    ) -> UInt32 {
        let isShort =
            packed.blockCount == 0 && count <= ShortListHead.maximumCount
            && room <= ShortListHead.maximumRoom
        let hasPacked = packed.blockCount > 0
        let header = isShort ? ShortListHead.byteCount : tailOffset(hasPacked: hasPacked)
        let byteCount = (header + room + 7) & ~7
        let reference = arena.allocate(byteCount)
        let base = unsafe arena.address(reference)
        if isShort {
            unsafe base.storeBytes(
                of: ShortListHead(byteCount: byteCount).bits, as: UInt64.self)
            return reference
        }
        unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: headerByteCount)
        unsafe base.storeBytes(
            of: UInt32(byteCount) | (hasPacked ? 1 : 0), toByteOffset: 16, as: UInt32.self)
        if hasPacked {
            unsafe base.storeBytes(of: packed.directory, toByteOffset: 24, as: UInt32.self)
            unsafe base.storeBytes(of: packed.blockCount, toByteOffset: 28, as: UInt32.self)
        }
        return reference
    }
}
