internal import Synchronization
internal import TufaIndex

/// The packed blocks of one term, in order.
///
/// ```
/// 0   u32  how many blocks there are; stored with release after the entry it counts
/// 4   u32  room, in entries
/// 8   u32  zero
/// 12  u32  bytes
/// 16       u32 last document of each block, side by side so that a search among them stays within
///          few lines of a cache; behind the room for them, for each block 12 bytes: u32 block,
///          f32 greatest share of a posting, u32 number of the averages that the share was computed
///          with
/// ```
/// When it is full, a directory with more room takes its place and the old one is retired.
@unsafe
struct BlockDirectory {
    @safe static let headerByteCount = 16
    @safe static let entryByteCount = 16

    let base: UnsafeMutableRawPointer

    @inline(__always)
    init(_ base: UnsafeMutableRawPointer) { unsafe self.base = base }

    /// One packed block.
    @safe
    struct Entry {
        /// The last document.
        var last: UInt32
        /// The block.
        var block: UInt32
        /// The greatest share of a posting, rounded up.
        var share: Float
        /// Which averages the share was computed with.
        var averages: UInt32
    }

    private var counter: UnsafeMutablePointer<Atomic<UInt32>> {
        @inline(__always) get { unsafe base.assumingMemoryBound(to: Atomic<UInt32>.self) }
    }

    /// How many blocks there are.
    var count: Int {
        @inline(__always) get { unsafe Int(counter.pointee.load(ordering: .acquiring)) }
    }

    private var room: Int { unsafe Int(base.load(fromByteOffset: 4, as: UInt32.self)) }

    /// The last document of each block.
    var lasts: UnsafeMutablePointer<UInt32> {
        @inline(__always) get {
            unsafe (base + Self.headerByteCount).assumingMemoryBound(to: UInt32.self)
        }
    }

    /// What else is known of each block.
    var details: UnsafeMutablePointer<Detail> {
        @inline(__always) get { unsafe details(room: room) }
    }

    /// The same of a directory with so much room.
    @inline(__always)
    func details(room: Int) -> UnsafeMutablePointer<Detail> {
        unsafe (base + Self.headerByteCount + room &* 4).assumingMemoryBound(to: Detail.self)
    }

    /// What is known of a block beside its last document.
    @safe
    struct Detail {
        /// The block.
        var block: UInt32
        /// The greatest share of a posting, rounded up.
        var share: Float
        /// Which averages the share was computed with.
        var averages: UInt32
    }

    /// The entries in order.
    var entries: Entries { @inline(__always) get { unsafe Entries(directory: self) } }

    /// The entries of a directory by their number.
    @unsafe
    struct Entries {
        fileprivate let directory: BlockDirectory

        /// One entry.
        subscript(index: Int) -> Entry {
            let detail = unsafe directory.details[index]
            return unsafe Entry(
                last: directory.lasts[index], block: detail.block, share: detail.share,
                averages: detail.averages)
        }
    }

    private func put(_ entry: Entry, at index: Int) {
        unsafe (lasts + index).initialize(to: entry.last)
        unsafe (details + index).initialize(
            to: Detail(block: entry.block, share: entry.share, averages: entry.averages))
    }

    /// Adds an entry to a directory, 0 for none, and gives the one to use from now on.
    static func append(
        _ entry: Entry, to reference: UInt32, in arena: ByteArena, group: UInt64
    ) -> UInt32 {
        if reference == 0 { return unsafe make([entry], room: 1, in: arena) }
        let directory = unsafe BlockDirectory(arena.address(reference))
        let count = unsafe directory.count
        if unsafe count < directory.room {
            unsafe directory.put(entry, at: count)
            unsafe directory.counter.pointee.store(UInt32(count + 1), ordering: .releasing)
            return reference
        }
        // A quarter more: few bytes lie idle, and an entry is copied four times on average.
        let old = (0..<count).map { unsafe directory.entries[$0] }
        let wider = unsafe make(old + [entry], room: count + 1 + count / 4, in: arena)
        unsafe retire(reference, in: arena, group: group)
        return wider
    }

    /// Lets a directory go that another one has taken the place of.
    static func retire(_ reference: UInt32, in arena: ByteArena, group: UInt64) {
        let room = unsafe BlockDirectory(arena.address(reference)).room
        arena.retire(reference, byteCount: byteCount(room: room), group: group)
    }

    /// Makes a directory of so many entries and no room for more.
    static func make(_ entries: [Entry], in arena: ByteArena) -> UInt32 {
        unsafe make(entries, room: entries.count, in: arena)
    }

    @safe private static func byteCount(room: Int) -> Int {
        headerByteCount + room * entryByteCount
    }

    private static func make(
        _ entries: [Entry], room: Int, in arena: ByteArena
    ) -> UInt32 {
        let reference = arena.allocate(byteCount(room: room))
        let directory = unsafe BlockDirectory(arena.address(reference))
        unsafe directory.base.storeBytes(of: UInt32(room), toByteOffset: 4, as: UInt32.self)
        unsafe directory.base.storeBytes(of: 0, toByteOffset: 8, as: UInt32.self)
        unsafe directory.base.storeBytes(
            of: UInt32(byteCount(room: room)), toByteOffset: 12, as: UInt32.self)
        for (index, entry) in entries.enumerated() { unsafe directory.put(entry, at: index) }
        unsafe directory.base.storeBytes(of: UInt32(entries.count), as: UInt32.self)
        return reference
    }
}
