package import Synchronization

/// Which groups views still look at, so that the writer frees nothing under them.
///
/// A view takes a slot and writes its group there before it loads the published root; the writer
/// takes the minimum over all slots (epoch-based reclamation, Fraser 2004). A reading is a pin on
/// the slot; the writer may expire a slot without pins, and a pin on an expired slot fails.
@safe
package final class EpochRegistry: @unchecked Sendable {  // All shared state is atomic.
    /// One slot on a cache line of its own.
    struct Slot: ~Copyable {
        /// 0 free; else group + 1, and with it one of three bits: once the view has expired; while
        /// the root may still turn out to be of a later group; while one question is asked.
        let state = Atomic<UInt64>(0)
        /// Readings under way.
        let pins = Atomic<Int>(0)
        let padding: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0)
    }

    @unsafe
    private struct Block: ~Copyable {
        let slots: UnsafeMutablePointer<Slot>
        let next = unsafe Atomic<UnsafeMutablePointer<Block>?>(nil)
    }

    static let slotsPerBlock = 64
    static let expiredBit: UInt64 = 1 << 63
    static let enteringBit: UInt64 = 1 << 62
    static let askingBit: UInt64 = 1 << 61
    static let groupMask = ~(expiredBit | enteringBit | askingBit)

    private let first: UnsafeMutablePointer<Block>
    private let hint = Atomic<Int>(0)
    /// The group whose roots are published; the writer stores it after the roots.
    package let published = Atomic<UInt64>(0)

    package init() { unsafe first = Self.makeBlock() }

    deinit {
        var block: UnsafeMutablePointer<Block>? = unsafe first
        while let current = unsafe block {
            unsafe block = current.pointee.next.load(ordering: .relaxed)
            unsafe current.pointee.slots.deinitialize(count: Self.slotsPerBlock).deallocate()
            unsafe current.deinitialize(count: 1).deallocate()
        }
    }

    private static func makeBlock() -> UnsafeMutablePointer<Block> {
        let slots = UnsafeMutablePointer<Slot>.allocate(capacity: slotsPerBlock)
        for index in 0..<slotsPerBlock { unsafe (slots + index).initialize(to: Slot()) }
        let block = UnsafeMutablePointer<Block>.allocate(capacity: 1)
        unsafe block.initialize(to: unsafe Block(slots: slots))
        return unsafe block
    }

    /// Takes a slot for a view of the published group or a later one.
    ///
    /// The caller loads the published root after this returns, and then tells its group by
    /// ``EpochPin/settle(at:)``, or by ``EpochPin/ask(at:)`` where it asks a single question.
    package func enter() -> EpochPin {
        let start = hint.wrappingAdd(1, ordering: .relaxed).newValue & (Self.slotsPerBlock - 1)
        var block = unsafe first
        while true {
            for offset in 0..<Self.slotsPerBlock {
                let index = (start + offset) & (Self.slotsPerBlock - 1)
                let slot = unsafe block.pointee.slots + index
                let group = published.load(ordering: .sequentiallyConsistent)
                if unsafe slot.pointee.state.load(ordering: .relaxed) == 0,
                    unsafe slot.pointee.state.compareExchange(
                        expected: 0, desired: (group + 1) | Self.enteringBit,
                        ordering: .sequentiallyConsistent
                    ).exchanged
                {
                    return unsafe EpochPin(slot: slot)
                }
            }
            unsafe block = nextBlock(after: block)
        }
    }

    @unsafe
    private func nextBlock(after block: UnsafeMutablePointer<Block>) -> UnsafeMutablePointer<Block>
    {
        if let next = unsafe block.pointee.next.load(ordering: .acquiring) { return unsafe next }
        let made = unsafe Self.makeBlock()
        let result = unsafe block.pointee.next.compareExchange(
            expected: nil, desired: made, ordering: .acquiringAndReleasing)
        if unsafe result.exchanged { return unsafe made }
        unsafe made.pointee.slots.deinitialize(count: Self.slotsPerBlock).deallocate()
        unsafe made.deinitialize(count: 1).deallocate()
        return unsafe result.original.unsafelyUnwrapped
    }

    /// The oldest group that a view may still read; the published one where there is no view.
    package func oldestGroup() -> UInt64 { bounds().oldest }

    /// Which groups views may still read: the oldest, and none other before the next.
    package func bounds() -> ViewBounds {
        var oldest = published.load(ordering: .sequentiallyConsistent)
        let newest = oldest
        var next = oldest
        var unsettled = oldest
        var uncounted = oldest
        unsafe forEachSlot { slot in
            let state = unsafe slot.pointee.state.load(ordering: .sequentiallyConsistent)
            if state == 0 { return }
            let isExpired = state & Self.expiredBit != 0
            // An expired view counts only while a reading that began before is under way.
            if isExpired, unsafe slot.pointee.pins.load(ordering: .sequentiallyConsistent) == 0 {
                return
            }
            let group = (state & Self.groupMask) - 1
            if state & Self.enteringBit != 0 { unsettled = min(unsettled, group) }
            if state & (Self.enteringBit | Self.askingBit) != 0 {
                uncounted = min(uncounted, group)
            }
            if group < oldest {
                (oldest, next) = (group, oldest)
            } else if group > oldest {
                next = min(next, group)
            }
        }
        // Who is entering may take the root of any group from there on.
        return ViewBounds(
            oldest: oldest, next: unsettled < newest ? oldest : next, uncounted: uncounted)
    }

    /// Whether no reading is under way, so that what each reading finds anew may be freed, although
    /// there are views.
    ///
    /// A reading that begins later finds what the writer stored before this was asked, if it makes
    /// a fence of its own after ``EpochPin/beginReading()``, or after ``EpochPin/ask(at:)``.
    package func isUnread() -> Bool {
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        var isUnread = true
        unsafe forEachSlot { slot in
            // A question is not counted among the readings: it has the slot for itself.
            let state = unsafe slot.pointee.state.load(ordering: .sequentiallyConsistent)
            if unsafe state & (Self.enteringBit | Self.askingBit) != 0
                || slot.pointee.pins.load(ordering: .sequentiallyConsistent) != 0
            {
                isUnread = false
            }
        }
        return isUnread
    }

    /// Has what was read through every view that has been left happen before what follows.
    package func synchronizeWithLeft() {
        unsafe forEachSlot { slot in unsafe _ = slot.pointee.state.load(ordering: .acquiring) }
    }

    /// How many views there are.
    package var viewCount: Int {
        var count = 0
        unsafe forEachSlot { slot in
            if unsafe slot.pointee.state.load(ordering: .relaxed) != 0 { count += 1 }
        }
        return count
    }

    /// Gives up every view of the oldest group that has any and is older than the published one;
    /// false where there is none.
    package func expireOldest() -> Bool {
        let limit = published.load(ordering: .sequentiallyConsistent) + 1
        var oldest = limit
        unsafe forEachSlot { slot in
            let state = unsafe slot.pointee.state.load(ordering: .sequentiallyConsistent)
            // Who is just entering is of the newest group, or nearly; a question is read already.
            if state != 0, state & ~Self.groupMask == 0, state < oldest { oldest = state }
        }
        guard oldest < limit else { return false }
        // One of them alone would pin as much as all of them.
        unsafe forEachSlot { slot in
            _ = unsafe slot.pointee.state.compareExchange(
                expected: oldest, desired: oldest | Self.expiredBit,
                ordering: .sequentiallyConsistent)
        }
        return true
    }

    @unsafe
    private func forEachSlot(_ body: (UnsafeMutablePointer<Slot>) -> Void) {
        var block: UnsafeMutablePointer<Block>? = unsafe first
        while let current = unsafe block {
            for index in 0..<Self.slotsPerBlock {
                unsafe body(current.pointee.slots + index)
            }
            unsafe block = current.pointee.next.load(ordering: .acquiring)
        }
    }
}

/// A view's hold on its group, until it is left.
@safe
package struct EpochPin: @unchecked Sendable {  // The slot outlives the pin and is atomic.
    private let slot: UnsafeMutablePointer<EpochRegistry.Slot>

    @unsafe
    init(slot: UnsafeMutablePointer<EpochRegistry.Slot>) { unsafe self.slot = slot }

    /// Tells of which group the root is that was loaded, which is the view's from here on.
    package func settle(at group: UInt64) {
        // Nobody else changes the state of a slot that is being entered.
        unsafe slot.pointee.state.store(group + 1, ordering: .releasing)
    }

    /// The same of who asks one question: the slot can't be expired, and the state that was loaded
    /// is not to be made another, until the slot is left.
    package func ask(at group: UInt64) {
        unsafe slot.pointee.state.store(
            (group + 1) | EpochRegistry.askingBit, ordering: .releasing)
    }

    /// Begins a reading; false when the view has expired, and then nothing may be read.
    @inline(__always)
    package func beginReading() -> Bool {
        unsafe slot.pointee.pins.wrappingAdd(1, ordering: .sequentiallyConsistent)
        let state = unsafe slot.pointee.state.load(ordering: .sequentiallyConsistent)
        if state & EpochRegistry.expiredBit == 0 { return true }
        unsafe slot.pointee.pins.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        return false
    }

    /// Ends a reading.
    @inline(__always)
    package func endReading() {
        unsafe slot.pointee.pins.wrappingSubtract(1, ordering: .releasing)
    }

    /// Gives the slot back; the view must not be read again.
    package func leave() {
        unsafe slot.pointee.state.store(0, ordering: .releasing)
    }
}
