/// A random program as the numbers of its operations.
///
/// Each operation has chance of its own, from the seed and its number, so that any of them can be
/// left out while the others stay what they are.
package struct ModelProgram: Sendable {
    let seed: UInt64
    /// The numbers of the operations that are run, in order.
    package private(set) var operations: [Int]

    /// The first so many operations of a seed.
    package init(seed: UInt64, operationCount: Int) {
        self.init(seed: seed, operations: Array(0..<operationCount))
    }

    /// Chosen operations of a seed, to repeat a failure.
    package init(seed: UInt64, operations: [Int]) {
        self.seed = seed
        self.operations = operations
    }

    /// Runs it, and tells how far it came; a failure is shrunk first.
    package func report() -> MatrixReport {
        var report = MatrixReport()
        let (done, error) = run()
        report.count("operations", done)
        guard let error else { return report }
        var program = self
        program.operations.removeLast(operations.count - done)
        let small = program.shrunk(until: .now + .seconds(20)) { $0.run().error != nil }
        report.fail(
            "seed \(seed), operation \(done) of \(operations.count): \(error); of these, "
                + "\(small.operations.count) are enough, TUFA_SEED=\(seed) TUFA_OPERATIONS="
                + small.operations.map(String.init).joined(separator: ","))
        return report
    }

    private func run() -> (done: Int, error: (any Error)?) {
        var done = 0
        do {
            let run = try ModelRun(seed: seed)
            for number in operations {
                done += 1
                try run.step(number)
            }
            try run.finish()
        } catch {
            return (done, error)
        }
        return (done, nil)
    }

    /// As few operations as are enough for a failure: pieces are left out, ever smaller ones, while
    /// it stays (delta debugging, Zeller and Hildebrandt 2002).
    package func shrunk(
        until end: ContinuousClock.Instant, fails: (ModelProgram) -> Bool
    ) -> ModelProgram {
        var smallest = self
        var size = max(1, operations.count / 2)
        while true {
            var start = 0
            var hasShrunk = false
            while start < smallest.operations.count {
                if ContinuousClock.now >= end { return smallest }
                var candidate = smallest
                candidate.operations.removeSubrange(
                    start..<min(start + size, candidate.operations.count))
                if fails(candidate) {
                    smallest = candidate
                    hasShrunk = true
                } else {
                    start += size
                }
            }
            if size == 1 && !hasShrunk { return smallest }
            size = max(1, size / 2)
        }
    }
}
