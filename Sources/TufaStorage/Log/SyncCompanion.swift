internal import CTufa

/// A thread of the lowest class that keeps a processor from halting while a sync is waited for.
///
/// A processor that has nothing to do halts, and to wake it costs, most of all on a virtual
/// machine, where it is a way through the hypervisor and back. The companion runs on the processor
/// of whoever syncs. On Linux it is of the class `SCHED_IDLE`: it gives way to every other thread
/// of its program, and of those in the same session or control group; others share the processor
/// with it. Where that class is not known, there is none.
///
/// The thread never ends, so there is one for all databases of a program, and it accompanies one
/// sync at a time.
@safe
final class SyncCompanion: Sendable {
    /// The program's; made when it is asked for, nil where there is none.
    static let shared =
        Processors.areRationed || Processors.callsAreFiltered ? nil : SyncCompanion()

    private nonisolated(unsafe) let companion: OpaquePointer

    /// Starts a thread; nil where there can be none.
    init?() {
        guard let started = unsafe tufa_companion_start() else { return nil }
        unsafe companion = started
    }

    /// The number by which the system knows the thread; 0 until it runs, -1 where it may not.
    var number: Int { unsafe Int(tufa_companion_number(companion)) }

    /// Runs `body` with the calling thread's processor awake where the companion is free.
    ///
    /// - Parameter length: For how long at most, in nanoseconds.
    func accompany<Failure: Error>(
        for length: Int64, _ body: () throws(Failure) -> Void
    ) throws(Failure) {
        let isHere = unsafe tufa_companion_begin(companion, length) != 0
        defer { if isHere { unsafe tufa_companion_end(companion) } }
        try body()
    }
}
