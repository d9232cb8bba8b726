import ArgumentParser
import Foundation
import TufaSimulation

/// Runs the simulations at length, compiled for speed; `Tools/prove` builds and calls it.
@main
struct Proof: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "TufaProof", abstract: "Crashes, failures, damage and random programs.")

    @Argument(help: "crashes, failures, damage, model; all of them where none is named.")
    var stages: [String] = []
    @Option(help: "How much of everything: 1 for what each change must pass, 100 for a night.")
    var scale = 1.0
    @Option(help: "Where chance begins.")
    var seed: UInt64 = 1

    func validate() throws {
        for name in stages where Stage(rawValue: name) == nil {
            throw ValidationError("There is no stage \(name).")
        }
        if scale <= 0 { throw ValidationError("The scale is greater than 0.") }
    }

    func run() throws {
        let chosen = stages.isEmpty ? Stage.allCases : stages.compactMap(Stage.init)
        var isSound = true
        for stage in chosen {
            let start = ContinuousClock.now
            let report = stage.jobs(scale: scale, seed: seed).run()
            let counts = report.counts.sorted { $0.key < $1.key }
                .map { "\($0.value) \($0.key)" }.joined(separator: ", ")
            print("\(stage.rawValue): \(counts) in \(ContinuousClock.now - start)")
            for failure in report.failures { print("  BROKEN \(failure)") }
            if report.failureCount > report.failures.count {
                print("  and \(report.failureCount - report.failures.count) more")
            }
            for (name, least) in stage.least where Double(report[name]) < Double(least) * scale {
                print("  TOO FEW \(name): \(report[name]) of \(Int(Double(least) * scale))")
                isSound = false
            }
            isSound = isSound && report.isSound
            // A stage takes minutes: what it found is told at once, into a file too.
            fflush(nil)
        }
        if !isSound { throw ExitCode.failure }
    }
}
