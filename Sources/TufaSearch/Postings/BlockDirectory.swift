internal import Synchronization
internal import TufaIndex

/// The packed blocks of one term, in order.
///
/// ```
/// 0   u32  how many blocks there are; stored with release after the entry it counts
/// 4   u32  room, in entries
/// 8   u32  zero
/// 12  u32  bytes
/// 16       entries of 16 bytes: u32 last document, u32 block, f32 greatest share of a posting,
///          u32 number of the averages that the share was computed with
/// ```
/// When it is full, a directory of twice the room takes its place and the old one is retired.
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

    var entries: UnsafeMutablePointer<Entry> {
        @inline(__always) get {
            unsafe (base + Self.headerByteCount).assumingMemoryBound(to: Entry.self)
        }
    }

    /// Adds an entry to a directory, 0 for none, and gives the one to use from now on.
    static func append(
        _ entry: Entry, to reference: UInt32, in arena: ByteArena, group: UInt64
    ) -> UInt32 {
        if reference == 0 { return unsafe make([entry], room: 2, in: arena) }
        let directory = unsafe BlockDirectory(arena.address(reference))
        let count = unsafe directory.count
        if unsafe count < directory.room {
            unsafe (directory.entries + count).initialize(to: entry)
            unsafe directory.counter.pointee.store(UInt32(count + 1), ordering: .releasing)
            return reference
        }
        let old = unsafe Array(UnsafeBufferPointer(start: directory.entries, count: count))
        let wider = unsafe make(old + [entry], room: count * 2, in: arena)
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
        for (index, entry) in entries.enumerated() {
            unsafe (directory.entries + index).initialize(to: entry)
        }
        unsafe directory.base.storeBytes(of: UInt32(entries.count), as: UInt32.self)
        return reference
    }
}
