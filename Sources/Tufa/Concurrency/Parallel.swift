internal import Synchronization
internal import TufaStorage

/// Does work in pieces on all processors, this thread among them, and returns when all is done.
///
/// The pieces touch nothing in common but what does not change, or what has locks of its own.
func inParallel(_ pieces: [@Sendable () -> Void]) {
    let next = Counter()
    let work: @Sendable () -> Void = {
        while true {
            let number = next.take()
            guard number < pieces.count else { return }
            pieces[number]()
        }
    }
    let threads = (1..<max(1, min(Processors.count, pieces.count))).map { _ in
        startThread(named: "tufa.build", work)
    }
    work()
    for thread in threads { joinThread(thread) }
}

/// Hands out numbers from 0, each once.
private final class Counter: Sendable {
    private let next = Atomic<Int>(0)

    func take() -> Int { next.wrappingAdd(1, ordering: .relaxed).oldValue }
}
