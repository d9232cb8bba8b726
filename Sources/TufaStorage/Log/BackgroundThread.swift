internal import CTufa
internal import Synchronization

/// A thread that runs one closure, for work that waits for a disk.
final class BackgroundThread: Sendable {
    private final class Body: Sendable {
        let run: @Sendable (Bool) -> Void
        init(_ run: @escaping @Sendable (Bool) -> Void) { self.run = run }
    }

    private let thread: UInt
    private let isJoined = Atomic(false)

    /// Starts the thread; where none can be had, runs the closure here and now.
    ///
    /// - Parameter run: Told whether it has a thread of its own.
    init(_ run: @escaping @Sendable (_ isAside: Bool) -> Void) {
        let body = unsafe Unmanaged.passRetained(Body(run))
        thread = unsafe tufa_thread_start(
            { context in
                guard let context = unsafe context else { return }
                // Safe: the thread takes over the reference that was retained for it.
                unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run(true)
            }, body.toOpaque())
        if thread == 0 { unsafe body.takeRetainedValue().run(false) }
    }

    /// Waits for the end, the first time it is called.
    func join() {
        if thread != 0, !isJoined.exchange(true, ordering: .relaxed) { tufa_thread_join(thread) }
    }
}
