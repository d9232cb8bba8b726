internal import Synchronization
internal import TufaIndex

/// The one state that readers start from, and the way to replace it while they do.
///
/// A reader enters an epoch, loads the address and retains the state, or reads it at once, for one
/// question; the writer lets a replaced state go only when no reader can be doing either.
@safe
final class Publication: @unchecked Sendable {  // The address is atomic; the rest is the writer's.
    /// What all states have in common.
    let context: ReadContext
    let epochs: EpochRegistry
    private let lock = Monitor()
    private let address: Atomic<UInt>
    // Used for every commit, under the lock: not checked for overlapping accesses.
    @exclusivity(unchecked) private var replaced: [Replaced] = []
    /// States that nobody has, to be made others.
    // The writer's own, for every commit: not checked for overlapping accesses.
    @exclusivity(unchecked) private var spares: [PublishedState] = []
    /// More states than are replaced between two looks at what nobody has.
    private static let spareLimit = 32

    /// A state that a reader may be about to retain, or reading, and the group that took its place.
    private struct Replaced {
        let group: UInt64
        var state: PublishedState
    }

    init(_ state: PublishedState, _ registry: TypeRegistry) {
        context = ReadContext(registry)
        epochs = context.epochs
        state.context = context
        address = Atomic(unsafe UInt(bitPattern: Unmanaged.passRetained(state).toOpaque()))
        epochs.published.store(state.group, ordering: .sequentiallyConsistent)
    }

    deinit {
        unsafe current.release()
    }

    private var current: Unmanaged<PublishedState> {
        let bits = address.load(ordering: .sequentiallyConsistent)
        // Safe: the address always comes from a retained state.
        return unsafe Unmanaged.fromOpaque(UnsafeRawPointer(bitPattern: bits).unsafelyUnwrapped)
    }

    /// Enters an epoch and gives the state of it or of a later one.
    ///
    /// - Complexity: O(1); no lock, no wait.
    func enter() -> (PublishedState, EpochPin) {
        let pin = epochs.enter()
        let state = unsafe current.takeUnretainedValue()
        pin.settle(at: state.group)
        return (state, pin)
    }

    /// Runs one reading of the state of now or of a later one.
    ///
    /// - Complexity: O(1) and what `body` takes; no lock, no wait, and no reference is counted.
    @inline(__always)
    func read<Result>(_ body: (PublishedState) throws -> Result) throws -> Result {
        let pin = epochs.enter()
        defer { pin.leave() }
        // Safe: a state stays where it is until nobody is entering or asking who may have it.
        return try unsafe current._withUnsafeGuaranteedRef { state in
            pin.ask(at: state.group)
            return try state.answer(body)
        }
    }

    /// The group that readers see now.
    var publishedGroup: UInt64 { epochs.published.load(ordering: .relaxed) }

    /// Puts a later state in place of the current one; an earlier one changes nothing.
    func publish(_ state: PublishedState) {
        lock.lock()
        defer { lock.unlock() }
        guard state.group > publishedGroup else { return }
        if state.context == nil { state.context = context }
        // Safe: the reference that the address held goes over to the queue.
        let old = unsafe current
        address.store(
            unsafe UInt(bitPattern: Unmanaged.passRetained(state).toOpaque()),
            ordering: .sequentiallyConsistent)
        epochs.published.store(state.group, ordering: .sequentiallyConsistent)
        unsafe replaced.append(Replaced(group: state.group, state: old.takeRetainedValue()))
    }

    /// A state that nobody has, to be made another; under the writer's lock.
    func takeSpare() -> PublishedState? { unsafe spares.popLast() }

    /// Lets replaced states go that no reader can be about to retain, or reading.
    ///
    /// Those are the ones replaced in group `oldest` or before; the ones among them that no view
    /// holds are kept to be made others. Under the writer's lock.
    func releaseReplaced(oldest: UInt64) {
        let spareCount = unsafe spares.count
        lock.withLock {
            var count = 0
            while unsafe count < replaced.count, unsafe replaced[count].group <= oldest {
                if unsafe spares.count < Self.spareLimit,
                    unsafe isKnownUniquelyReferenced(&replaced[count].state)
                {
                    unsafe spares.append(replaced[count].state)
                }
                count += 1
            }
            if count > 0 { unsafe replaced.removeFirst(count) }
        }
        guard unsafe spares.count > spareCount else { return }
        for index in unsafe spareCount..<spares.count { unsafe spares[index].noteReusableTables() }
        // What was read through views that are no more was read before it is changed.
        epochs.synchronizeWithLeft()
    }
}
