import Foundation
import TufaSimulation

/// Work in pieces, done on all processors.
struct Jobs {
    private var pieces: [@Sendable () -> MatrixReport] = []

    mutating func add(_ piece: @escaping @Sendable () -> MatrixReport) { pieces.append(piece) }

    /// Does all of it, the first pieces first, and gives what they found together.
    func run() -> MatrixReport {
        let total = Shared(MatrixReport())
        let next = Shared(0)
        let group = DispatchGroup()
        for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
            group.enter()
            let thread = Thread { [pieces] in
                defer { group.leave() }
                while true {
                    let number = next.withLock { next in
                        next += 1
                        return next - 1
                    }
                    guard number < pieces.count else { return }
                    let found = pieces[number]()
                    total.withLock { $0.merge(found) }
                }
            }
            thread.stackSize = 1 << 21
            thread.start()
        }
        group.wait()
        return total.value
    }
}
