internal import Synchronization

#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

/// A thread that runs until it is told to stop.
final class StoppableThread: Sendable {
    private let stop: StopFlag
    private let thread: UncheckedThread

    /// What the thread and its owner share.
    private final class StopFlag: Sendable {
        let isSet = Atomic<Bool>(false)
    }

    private struct UncheckedThread: @unchecked Sendable {  // A thread's handle may go anywhere.
        let handle: pthread_t
    }

    init(named name: String, _ body: @escaping @Sendable (() -> Bool) -> Void) {
        let stop = StopFlag()
        self.stop = stop
        thread = UncheckedThread(
            handle: startThread(named: name) {
                body { stop.isSet.load(ordering: .acquiring) }
            })
    }

    /// Asks the thread to end; whoever asks also wakes it.
    func requestStop() { stop.isSet.store(true, ordering: .releasing) }

    /// Waits until the thread has ended.
    func join() { joinThread(thread.handle) }
}
