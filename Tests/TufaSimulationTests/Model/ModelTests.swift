import Testing
import TufaSimulation

/// Random programs; a failure tells the seed, which `TUFA_SEED` repeats.
@Suite(.timeLimit(.minutes(240)))
struct ModelTests {
    static let seeds: [UInt64] = Settings.seed > 0 ? [UInt64(Settings.seed)] : [1, 2, 3, 4]

    private func run(seed: UInt64, operations: Int) {
        let report = ModelRun.report(seed: seed, operations: operations)
        for failure in report.failures { Issue.record("\(failure)") }
    }

    @Test(arguments: seeds)
    func `a random program agrees with dictionaries`(seed: UInt64) {
        run(seed: seed, operations: 3000)
    }

    @Test(.enabled(if: Settings.soakMinutes > 0))
    func `random programs agree with dictionaries for as long as is asked`() {
        let end = ContinuousClock.now + .seconds(Settings.soakMinutes * 60)
        var seed = UInt64.random(in: 1...1 << 40)
        while ContinuousClock.now < end {
            run(seed: seed, operations: 2000)
            seed += 1
        }
    }
}
