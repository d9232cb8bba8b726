import Testing
import Tufa

/// Random programs; a failure tells the seed, which `TUFA_SEED` repeats.
@Suite(.timeLimit(.minutes(240)))
struct ModelTests {
    static let seeds: [UInt64] = Settings.seed > 0 ? [UInt64(Settings.seed)] : [1, 2, 3, 4]

    private func run(seed: UInt64, operations: Int) {
        var number = 0
        do {
            let run = try ModelRun(seed: seed)
            while number < operations {
                number += 1
                try run.step(number)
            }
            try run.finish()
        } catch {
            Issue.record("seed \(seed), operation \(number): \(error)")
        }
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
