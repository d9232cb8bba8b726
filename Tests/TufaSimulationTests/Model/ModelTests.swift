import Testing
import TufaSimulation

/// Random programs; a failure tells the seed, which `TUFA_SEED` repeats.
@Suite(.timeLimit(.minutes(240)))
struct ModelTests {
    static let seeds: [UInt64] = Settings.seed > 0 ? [UInt64(Settings.seed)] : [1, 2, 3, 4]

    private func run(_ program: ModelProgram) {
        for failure in program.report().failures { Issue.record("\(failure)") }
    }

    @Test(arguments: seeds)
    func `a random program agrees with dictionaries`(seed: UInt64) {
        let chosen = Settings.operations
        run(
            chosen.isEmpty
                ? ModelProgram(seed: seed, operationCount: 3000)
                : ModelProgram(seed: seed, operations: chosen))
    }

    @Test(.enabled(if: Settings.soakMinutes > 0))
    func `random programs agree with dictionaries for as long as is asked`() {
        let end = ContinuousClock.now + .seconds(Settings.soakMinutes * 60)
        var seed = UInt64.random(in: 1...1 << 40)
        while ContinuousClock.now < end {
            run(ModelProgram(seed: seed, operationCount: 2000))
            seed += 1
        }
    }

    @Test func `a failure is shrunk to the operations that it needs`() {
        let needed: Set = [17, 402, 403, 958]
        var tries = 0
        let small = ModelProgram(seed: 1, operationCount: 1000).shrunk(until: .now + .seconds(60)) {
            tries += 1
            return needed.isSubset(of: $0.operations)
        }
        #expect(small.operations == needed.sorted())
        #expect(tries < 300)
        let late = ModelProgram(seed: 1, operationCount: 9).shrunk(until: .now) { _ in true }
        #expect(late.operations.count == 9)
    }
}
