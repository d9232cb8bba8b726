#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

/// A lock with a condition to wait for: a POSIX mutex and condition variable.
///
/// The standard library's `Mutex` has no condition, and on Linux its priority inheritance costs
/// several times as much under contention.
@safe
final class Monitor: @unchecked Sendable {  // What a monitor is for.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    init() {
        // Safe: both live at fixed addresses until deinit.
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe condition.initialize(to: pthread_cond_t())
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(condition, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    func lock() { unsafe pthread_mutex_lock(mutex) }

    func unlock() { unsafe pthread_mutex_unlock(mutex) }

    /// Gives the lock up until another thread calls ``broadcast()``, then takes it again.
    func wait() { unsafe pthread_cond_wait(condition, mutex) }

    /// Like ``wait()``, for at most `nanoseconds`.
    func wait(nanoseconds: Int64) {
        var deadline = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &deadline)
        let total = Int64(deadline.tv_nsec) + nanoseconds
        deadline.tv_sec += Int(total / 1_000_000_000)
        deadline.tv_nsec = Int(total % 1_000_000_000)
        unsafe pthread_cond_timedwait(condition, mutex, &deadline)
    }

    /// Wakes every thread that waits.
    func broadcast() { unsafe pthread_cond_broadcast(condition) }

    /// Runs `body` under the lock.
    @inline(__always)
    func withLock<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        lock()
        defer { unlock() }
        return try body()
    }
}

/// Starts a thread that runs `body` once.
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) -> pthread_t {
    let box = unsafe Unmanaged.passRetained(ThreadBody(name: name, body))
    #if canImport(Darwin)
        var thread: pthread_t?
    #else
        var thread = pthread_t()
    #endif
    let status = unsafe pthread_create(
        &thread, nil,
        { argument in
            #if canImport(Darwin)
                let address: UnsafeMutableRawPointer = unsafe argument
            #else
                let address = unsafe argument.unsafelyUnwrapped
            #endif
            // Safe: the box was retained for this thread alone.
            let body = unsafe Unmanaged<ThreadBody>.fromOpaque(address).takeRetainedValue()
            body.run()
            return nil
        }, box.toOpaque())
    precondition(status == 0, "The system starts no thread for the writer.")
    #if canImport(Darwin)
        return unsafe thread.unsafelyUnwrapped
    #else
        return thread
    #endif
}

/// A number that no other thread has while this one lives.
func currentThreadNumber() -> UInt {
    #if canImport(Darwin)
        return unsafe UInt(bitPattern: pthread_self())
    #else
        return UInt(pthread_self())
    #endif
}

/// Waits for the end of a thread.
func joinThread(_ thread: pthread_t) { pthread_join(thread, nil) }

/// Lets a thread end by itself.
func detachThread(_ thread: pthread_t) { pthread_detach(thread) }

private final class ThreadBody {
    private let name: String
    private let body: @Sendable () -> Void

    init(name: String, _ body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }

    func run() {
        #if canImport(Darwin)
            unsafe pthread_setname_np(name)
        #endif
        body()
    }
}
