import TufaSimulation

/// One part of the proof: what it tries, and how much of that is the least.
enum Stage: String, CaseIterable {
    case crashes
    case failures
    case meetings
    case damage
    case model

    /// What must have been tried at least, at scale 1.
    var least: [String: Int] {
        switch self {
        case .crashes: ["crashes": 11_000, "crashes in recovery": 39_000]
        case .failures: ["failures": 20_000]
        case .meetings: ["readers": 2_500, "writers": 1_000]
        case .damage: ["damaged files": 200_000]
        case .model: ["operations": 1_000_000]
        }
    }

    /// The work, for a hundredth of everything, for everything once, or for more.
    func jobs(scale: Double, seed: UInt64) -> Jobs {
        var jobs = Jobs()
        switch self {
        case .crashes: addCrashes(&jobs, scale, seed)
        case .failures: addFailures(&jobs, scale, seed)
        case .meetings: addMeetings(&jobs, scale, seed)
        case .damage: addDamage(&jobs, scale, seed)
        case .model: addModel(&jobs, scale, seed)
        }
        return jobs
    }

    private func addCrashes(_ jobs: inout Jobs, _ scale: Double, _ seed: UInt64) {
        for (script, seed) in Self.scripts(random: 13, steps: 30, scale, seed) {
            var matrix = CrashMatrix(script)
            matrix.seed = seed
            matrix.stride = Self.stride(scale)
            jobs.add { [matrix] in matrix.run() }
        }
    }

    private func addFailures(_ jobs: inout Jobs, _ scale: Double, _ seed: UInt64) {
        for (script, seed) in Self.scripts(random: 42, steps: 10, scale, seed) {
            var matrix = FailureMatrix(script)
            matrix.seed = seed
            matrix.stride = Self.stride(scale)
            jobs.add { [matrix] in matrix.run() }
            var reads = ReadFailureMatrix(script)
            reads.stride = 30 * Self.stride(scale)
            jobs.add { [reads] in reads.run() }
        }
    }

    private func addMeetings(_ jobs: inout Jobs, _ scale: Double, _ seed: UInt64) {
        for (script, seed) in Self.scripts(random: 10, steps: 30, scale, seed) {
            var matrix = InterleavingMatrix(script)
            matrix.seed = seed
            matrix.stride = Self.stride(scale)
            jobs.add { [matrix] in matrix.run() }
        }
    }

    private func addDamage(_ jobs: inout Jobs, _ scale: Double, _ seed: UInt64) {
        // A ninth of everything at scale 1; all of it, on more and more databases, from 9 on.
        let parts = 4
        for round in 0..<UInt64(max(1, (scale / 9).rounded(.up))) {
            for shape in DamageSubject.Shape.allCases {
                for part in 0..<UInt64(parts) {
                    jobs.add {
                        DamageMatrix.report(
                            shape, seed: (seed &+ round) &* UInt64(parts) &+ part,
                            stride: max(parts, Int(Double(9 * parts) / scale)))
                    }
                }
            }
        }
    }

    private func addModel(_ jobs: inout Jobs, _ scale: Double, _ seed: UInt64) {
        for number in 0..<UInt64(100 * max(1, scale)) {
            jobs.add {
                ModelProgram(
                    seed: seed &* 1_000_000 &+ number,
                    operationCount: Int(10_000 * min(1, scale))
                ).report()
            }
        }
    }

    private static func stride(_ scale: Double) -> Int { max(1, Int(1 / scale)) }

    /// Those that are written by hand, and random ones, as often as the scale says, each time with
    /// another seed.
    private static func scripts(
        random count: Int, steps: Int, _ scale: Double, _ seed: UInt64
    ) -> [(SimulationScript, UInt64)] {
        (0..<UInt64(max(1, scale))).flatMap { round in
            let seed = seed &+ round
            let random = (0..<UInt64(count)).map {
                SimulationScript.random(seed: seed &* 1_000_000 &+ $0, steps: steps)
            }
            return (SimulationScript.all + random).map { ($0, seed) }
        }
    }
}
