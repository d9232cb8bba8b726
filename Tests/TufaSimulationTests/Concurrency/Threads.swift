import Foundation
import Testing
import TufaSimulation

/// Threads that run until a moment, and what went wrong in them.
final class Threads: Sendable {
    private let group = DispatchGroup()
    private let end: ContinuousClock.Instant
    private let failures = Shared<[String]>([])
    private let rounds = Shared<[String: Int]>([:])

    private let isEnough: @Sendable () -> Bool
    /// How much longer than asked threads run at most, where that was not enough on a busy machine.
    private static let patience = Duration.seconds(60)

    init(for duration: Duration, until isEnough: @escaping @Sendable () -> Bool = { true }) {
        end = ContinuousClock.now + duration
        self.isEnough = isEnough
    }

    var isOver: Bool {
        if !failures.value.isEmpty { return true }
        let now = ContinuousClock.now
        return now >= end && (isEnough() || now >= end + Self.patience)
    }

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
