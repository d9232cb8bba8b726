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
        for script in Self.scripts(random: 13, steps: 30, scale, seed) {
            var matrix = CrashMatrix(script)
            matrix.seed = seed
            matrix.subsetCount = 1
            matrix.stride = max(1, Int(1 / scale))
            jobs.add { [matrix] in matrix.run() }
        }
    }

    private func addFailures(_ jobs: inout Jobs, _ scale: Double, _ seed: UInt64) {
        for script in Self.scripts(random: 42, steps: 10, scale, seed) {
            var matrix = FailureMatrix(script)
            matrix.seed = seed
            matrix.stride = max(1, Int(1 / scale))
            jobs.add { [matrix] in matrix.run() }
            var reads = ReadFailureMatrix(script)
            reads.stride = scale < 1 ? 400 : 30
            jobs.add { [reads] in reads.run() }
        }
    }

    private func addMeetings(_ jobs: inout Jobs, _ scale: Double, _ seed: UInt64) {
        for script in Self.scripts(random: 10, steps: 30, scale, seed) {
            var matrix = InterleavingMatrix(script)
            matrix.seed = seed
            matrix.stride = max(1, Int(1 / scale))
            jobs.add { [matrix] in matrix.run() }
        }
    }

    /// Those that are written by hand, and random ones in proportion to the scale.
    private static func scripts(
        random count: Int, steps: Int, _ scale: Double, _ seed: UInt64
    ) -> [SimulationScript] {
        SimulationScript.all
            + (0..<UInt64(Double(count) * max(1, scale))).map {
                .random(seed: seed &* 1_000_000 &+ $0, steps: steps)
            }
    }

    private func addDamage(_ jobs: inout Jobs, _ scale: Double, _ seed: UInt64) {
        for shape in DamageSubject.Shape.allCases {
            guard let subject = try? DamageSubject(shape) else { continue }
            for part in 0..<4 {
                var matrix = DamageMatrix(subject)
                matrix.seed = seed &* 4 &+ UInt64(part)
                matrix.stride = max(4, Int(36 / scale))
                jobs.add { [matrix] in matrix.run() }
            }
        }
    }

    private func addModel(_ jobs: inout Jobs, _ scale: Double, _ seed: UInt64) {
        for number in 0..<UInt64(100 * max(1, scale)) {
            jobs.add {
                ModelRun.report(
                    seed: seed &* 1000 &+ number, operations: Int(10_000 * min(1, scale)))
            }
        }
    }
}
