internal import CTufa
internal import Synchronization
package import TufaBytes

/// The rows of one table: a slot for each row number, and behind it the row's versions.
///
/// A slot holds the newest version; a view walks back to the newest that is not younger than
/// itself. One writer sets slots, readers load them without a lock. Row numbers begin at 1 and are
/// used again once no view can see the row that had them.
@safe
package final class RowTable: @unchecked Sendable {  // One writer; slots are atomic.
    /// Where the versions are.
    package let arena = ByteArena()
    /// Where the slots are, two a unit.
    let slots = ChunkDirectory()
    /// Numbers without a row that were met when slots were loaded.
    let loadedFreeNumbers = FreeNumbers()
    // The writer's own, for every row: not checked for overlapping accesses.
    @exclusivity(unchecked) private var freeNumbers: [UInt32] = []
    @exclusivity(unchecked) private var limit: UInt32 = 1
    private var retiredNumbers = RetireQueue()
    /// One more than the highest row number ever used.
    package internal(set) var numberLimit: UInt32 {
        get { unsafe limit }
        set { unsafe limit = newValue }
    }

    package init() {}

    /// The slot of a row number.
    @inline(__always) @unsafe
    private func slot(_ number: UInt32) -> UnsafeMutablePointer<Atomic<UInt32>> {
        // Safe: two slots a unit; chunks are added and zeroed before their numbers are handed out.
        unsafe UnsafeMutableRawPointer(slots.word(number))
            .assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// The newest version of a row; 0 for a number without a row.
    @inline(__always)
    package func newest(_ number: UInt32) -> UInt32 {
        unsafe slot(number).pointee.load(ordering: .acquiring)
    }

    /// The version of a reference.
    @inline(__always) @unsafe
    package func version(_ reference: UInt32) -> RowVersion {
        unsafe RowVersion(base: arena.address(reference))
    }

    /// The version that a view of `position` sees; nil where it sees no row.
    ///
    /// - Complexity: O(versions younger than the view).
    @inline(__always) @unsafe
    package func visible(_ number: UInt32, at position: UInt64) -> RowVersion? {
        var reference = newest(number)
        while reference != 0 {
            let version = unsafe version(reference)
            // What is read behind the header is waited for together with it.
            unsafe tufa_prefetch(version.base + 64)
            unsafe tufa_prefetch(version.base + 128)
            if unsafe version.position <= position {
                return unsafe version.isDeleted ? nil : version
            }
            reference = unsafe version.previous
        }
        return nil
    }

    /// The versions that a view of `position` sees of several rows, nil for each of which it sees
    /// none; the waits for them overlap.
    ///
    /// - Complexity: O(count + versions younger than the view).
    @unsafe
    package func findVisible(
        _ numbers: UnsafePointer<UInt32>, _ count: Int, at position: UInt64,
        into versions: UnsafeMutablePointer<RowVersion?>
    ) {
        // The slots stand where the versions will: they are looked for once.
        for place in 0..<count {
            let slot = unsafe slot(numbers[place])
            unsafe tufa_prefetch(slot)
            unsafe (versions + place).initialize(to: RowVersion(base: slot))
        }
        for place in 0..<count {
            guard let slot = unsafe versions[place]?.base else { continue }
            let reference = unsafe slot.assumingMemoryBound(to: Atomic<UInt32>.self)
                .pointee.load(ordering: .acquiring)
            guard reference != 0 else {
                unsafe versions[place] = nil
                continue
            }
            let version = unsafe version(reference)
            unsafe prefetch(version)
            unsafe versions[place] = version
        }
        for place in 0..<count {
            guard let version = unsafe versions[place] else { continue }
            if unsafe version.position > position || version.isDeleted {
                unsafe versions[place] = visible(numbers[place], at: position)
            }
        }
    }

    /// Asks for the slot of a row number.
    @inline(__always)
    func prefetchSlot(_ number: UInt32) { unsafe tufa_prefetch(slot(number)) }

    /// Asks for the newest version of a row.
    @inline(__always)
    func prefetchNewest(_ number: UInt32) {
        let reference = newest(number)
        if reference != 0 { unsafe prefetch(version(reference)) }
    }

    /// Asks for the lines of a version that `visible` waits for; it may be one no more.
    @inline(__always)
    func prefetch(_ reference: UInt32) {
        guard let address = unsafe arena.directory.addressIfWarm(reference) else { return }
        unsafe tufa_prefetch(address)
        unsafe tufa_prefetch(address + 64)
        unsafe tufa_prefetch(address + 128)
    }

    /// Asks for a version: its header and the beginning of its body.
    @inline(__always) @unsafe
    private func prefetch(_ version: RowVersion) {
        unsafe tufa_prefetch(version.base)
        unsafe tufa_prefetch(version.base + 64)
    }

    /// Takes a row number; its slot is empty.
    package func takeNumber() -> UInt32 {
        if let number = unsafe freeNumbers.popLast() { return number }
        if loadedFreeNumbers.areThere {
            unsafe freeNumbers = loadedFreeNumbers.takeAll()
            return takeNumber()
        }
        let number = unsafe limit
        ensureSlots(upTo: number)
        unsafe limit += 1
        return number
    }

    private func ensureSlots(upTo number: UInt32) {
        guard slots.ensureWord(Int(number)) else {
            preconditionFailure("A table holds at most 2^32 rows.")
        }
    }

    /// Whether numbers of deleted rows wait for views to be left, to be used again.
    package var hasRetiredNumbers: Bool { !retiredNumbers.isEmpty }

    /// Gives a number back that no view has seen.
    package func returnNumber(_ number: UInt32) { unsafe freeNumbers.append(number) }

    /// Writes a version and gives its reference; it is not in a slot yet.
    @unsafe
    package func makeVersion(
        of id: RowID, body: UnsafeRawBufferPointer, previous: UInt32, position: UInt64,
        rowVersion: UInt32, schemaVersion: UInt16, isDeleted: Bool
    ) -> UInt32 {
        let reference = arena.allocate(RowVersion.headerByteCount + body.count)
        let version = unsafe version(reference)
        unsafe version.store(
            previous: previous, bodyByteCount: body.count, position: position,
            rowVersion: rowVersion, schemaVersion: schemaVersion, isDeleted: isDeleted, id: id)
        if let base = body.baseAddress {
            // Safe: the block has room for header and body.
            unsafe (version.base + RowVersion.headerByteCount).copyMemory(
                from: base, byteCount: body.count)
        }
        return reference
    }

    /// Makes a version the newest of its row; readers see it from here on.
    package func setNewest(_ number: UInt32, _ reference: UInt32) {
        unsafe slot(number).pointee.store(reference, ordering: .releasing)
    }

    /// Frees a version that nobody can reach.
    func free(version reference: UInt32) {
        arena.free(reference, byteCount: unsafe version(reference).byteCount)
    }

    /// Frees a version that is no longer reached, once no older view is left.
    package func retire(version reference: UInt32, group: UInt64) {
        let count = unsafe version(reference).byteCount
        arena.retire(reference, byteCount: count, group: group)
    }

    /// Frees the number and the last version of a deleted row, once no older view is left.
    package func retire(number: UInt32, group: UInt64) {
        retiredNumbers.append(number, group: group)
    }

    /// Frees what no view of group `oldest` or later can reach; `group` is the one being built.
    package func reclaim(oldest: UInt64, group: UInt64) {
        while let number = retiredNumbers.next(oldest: oldest) {
            let last = newest(number)
            setNewest(number, 0)
            // A view that walks all slots may have loaded this one just before.
            if last != 0 { retire(version: last, group: group) }
            unsafe freeNumbers.append(number)
        }
        unsafe arena.reclaim(oldest: oldest) {
            unsafe RowVersion(base: .init(mutating: $0)).byteCount
        }
    }
}
