import Foundation
import Synchronization

/// Runs a body on so many threads, returns when all are done, and throws what the first threw.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
    let done = DispatchGroup()
    let failure = FirstFailure()
    for number in 0..<count { inBackground(done, failure) { try body(number) } }
    done.wait()
    try failure.rethrow()
}

/// Runs a body on a thread of its own, which a group waits for; what it throws is kept.
func inBackground(
    _ done: DispatchGroup, _ failure: FirstFailure, _ body: @escaping @Sendable () throws -> Void
) {
    done.enter()
    Thread.detachNewThread {
        defer { done.leave() }
        do { try body() } catch { failure.keep(error) }
    }
}

/// The first error of several threads.
final class FirstFailure: Sendable {
    private let error = Mutex<(any Error)?>(nil)

    func keep(_ new: any Error) {
        error.withLock { known in
            if known == nil { known = new }
        }
    }

    func rethrow() throws {
        if let error = error.withLock({ $0 }) { throw error }
    }
}

/// Raised once, seen by all threads.
final class Flag: Sendable {
    private let state = Atomic(false)
    var isRaised: Bool { state.load(ordering: .relaxed) }
    func raise() { state.store(true, ordering: .relaxed) }
}

/// Counts on all threads.
final class Counter: Sendable {
    private let state = Atomic(0)
    var value: Int { state.load(ordering: .relaxed) }
    func add(_ count: Int) { state.add(count, ordering: .relaxed) }
    func raise(to value: Int) { state.max(value, ordering: .relaxed) }
    /// Takes the next number, from 0.
    func next() -> Int { state.add(1, ordering: .relaxed).oldValue }
}
