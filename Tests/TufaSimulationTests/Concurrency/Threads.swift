import Foundation
import Testing
import TufaSimulation

/// Threads that run until a moment, and what went wrong in them.
final class Threads: Sendable {
    private let group = DispatchGroup()
    private let end: ContinuousClock.Instant
    private let failures = Shared<[String]>([])
    private let rounds = Shared<[String: Int]>([:])

    init(for duration: Duration) { end = ContinuousClock.now + duration }

    var isOver: Bool { ContinuousClock.now >= end || !failures.value.isEmpty }

    /// Runs `body` with the number of the round, over and over.
    func start(_ name: String, _ body: @escaping @Sendable (Int) throws -> Void) {
        group.enter()
        let thread = Thread { [self] in
            defer { group.leave() }
            var round = 0
            repeat {
                do { try body(round) } catch { fail("\(name), round \(round): \(error)") }
                round += 1
            } while !isOver
            note(name, round)
        }
        thread.stackSize = 1 << 21
        thread.start()
    }

    func fail(_ what: String) { failures.withLock { $0.append(what) } }

    func note(_ name: String, _ count: Int) { rounds.withLock { $0[name, default: 0] += count } }

    /// Waits for all, and tells what failed and whether each kind came to anything.
    func finish() async {
        await withCheckedContinuation { continuation in
            group.notify(queue: .global()) { continuation.resume() }
        }
        for failure in failures.value { Issue.record("\(failure)") }
        for (name, count) in rounds.value { #expect(count > 0, "\(name) did nothing") }
    }
}
