internal import Synchronization

/// Row numbers without a row, met by whoever loads slots, for the writer to take.
final class FreeNumbers: Sendable {
    private let numbers = Mutex<[UInt32]>([])
    private let flag = Atomic(false)

    /// Whether there are any, or were a moment ago.
    @inline(__always)
    var areThere: Bool { flag.load(ordering: .relaxed) }

    func add(_ found: [UInt32]) {
        if found.isEmpty { return }
        numbers.withLock { $0 += found }
        flag.store(true, ordering: .relaxed)
    }

    func takeAll() -> [UInt32] {
        numbers.withLock { numbers in
            flag.store(false, ordering: .relaxed)
            defer { numbers = [] }
            return numbers
        }
    }
}
