internal import TufaBytes

/// Which row has an identifier, while no tree says so: a hash table with linear probing.
///
/// A slot holds the hash beside the number, so that rows are looked at only where that agrees, and
/// never when the table grows. The hash differs from process to process: nobody can choose
/// identifiers that meet.
@safe
struct RowNumberMap: ~Copyable {
    private var slots: UnsafeMutablePointer<UInt64>
    private var mask: UInt32
    private var count = 0
    private let seed: UInt64

    init() {
        var hasher = Hasher()
        hasher.combine(0)
        seed = UInt64(truncatingIfNeeded: hasher.finalize())
        mask = 1023
        unsafe slots = Self.makeSlots(mask)
    }

    deinit { unsafe slots.deallocate() }

    private static func makeSlots(_ mask: UInt32) -> UnsafeMutablePointer<UInt64> {
        let count = Int(mask) + 1
        // Safe: memory for so many slots, and for nothing else.
        let slots = unsafe LargeMemory.allocate(byteCount: count * 8)
            .bindMemory(to: UInt64.self, capacity: count)
        unsafe slots.initialize(repeating: 0, count: count)
        return unsafe slots
    }

    /// Multiplies both halves and folds the product, as wyhash does (Wang Yi 2019).
    @inline(__always)
    private func hash(_ id: RowID) -> UInt32 {
        let (high, low) = (id.high ^ seed ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(
            by: id.low ^ 0xE703_7ED1_A0B4_28DB)
        let folded = high ^ low
        return UInt32(truncatingIfNeeded: folded ^ folded >> 32)
    }

    /// The memory in which an identifier is looked for.
    @inline(__always) @unsafe
    func address(_ id: RowID) -> UnsafeRawPointer {
        unsafe UnsafeRawPointer(slots + Int(hash(id) & mask))
    }

    /// The row of an identifier.
    ///
    /// - Complexity: O(1) on average.
    func find(_ id: RowID, in rows: RowTable) -> UInt32? {
        place(of: id, in: rows).map { unsafe UInt32(slots[Int($0)] >> 32) }
    }

    private func place(of id: RowID, in rows: RowTable) -> UInt32? {
        let hash = hash(id)
        var place = hash & mask
        while true {
            let slot = unsafe slots[Int(place)]
            if slot == 0 { return nil }
            if UInt32(truncatingIfNeeded: slot) == hash,
                unsafe rows.version(rows.newest(UInt32(slot >> 32))).id == id
            {
                return place
            }
            place = (place &+ 1) & mask
        }
    }

    /// Adds an identifier that is not there.
    mutating func insert(_ id: RowID, _ number: UInt32) {
        if count * 2 > Int(mask) { grow() }
        count += 1
        put(UInt64(number) << 32 | UInt64(hash(id)))
    }

    private mutating func put(_ slot: UInt64) {
        var place = UInt32(truncatingIfNeeded: slot) & mask
        while unsafe slots[Int(place)] != 0 { place = (place &+ 1) & mask }
        unsafe slots[Int(place)] = slot
    }

    private mutating func grow() {
        let (old, last) = unsafe (slots, Int(mask))
        precondition(mask < 1 << 31, "A table holds at most 2^30 rows while it is replayed.")
        mask = mask << 1 | 1
        unsafe slots = Self.makeSlots(mask)
        for place in 0...last where unsafe old[place] != 0 { unsafe put(old[place]) }
        unsafe old.deallocate()
    }

    /// Takes an identifier out, while its row is still there.
    mutating func remove(_ id: RowID, in rows: RowTable) {
        guard var hole = place(of: id, in: rows) else { return }
        count -= 1
        // What stands behind moves up, so that no search ends too early.
        var next = (hole &+ 1) & mask
        while true {
            let slot = unsafe slots[Int(next)]
            if slot == 0 { break }
            let home = UInt32(truncatingIfNeeded: slot) & mask
            if (next &- home) & mask >= (next &- hole) & mask {
                unsafe slots[Int(hole)] = slot
                hole = next
            }
            next = (next &+ 1) & mask
        }
        unsafe slots[Int(hole)] = 0
    }
}
