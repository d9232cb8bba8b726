import Testing
import TufaSimulation

/// Calls fail once each, in every way that a disk has; `Tools/prove` lets all of them fail.
@Suite(.timeLimit(.minutes(5)))
struct FailureTests {
    @Test(arguments: SimulationScript.all)
    func `a call that fails is an error and not a loss`(script: SimulationScript) {
        var matrix = FailureMatrix(script)
        matrix.stride = 31 * Settings.crashStride
        let report = matrix.run()
        for failure in report.failures { Issue.record("\(failure)") }
        #expect(report["failures"] > 3 / Settings.crashStride)
    }

    @Test(arguments: SimulationScript.all)
    func `a read that fails is an error and not the end of the log`(script: SimulationScript) {
        var matrix = ReadFailureMatrix(script)
        matrix.stride = 1000 * Settings.crashStride
        let report = matrix.run()
        for failure in report.failures { Issue.record("\(failure)") }
        #expect(report["failures"] > 5)
    }
}
