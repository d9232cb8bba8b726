import Testing
import TufaSimulation

/// Readers of other processes, and writers of other threads, between calls that change a file.
@Suite(.timeLimit(.minutes(5)))
struct InterleavingTests {
    @Test(arguments: SimulationScript.all)
    func `who comes in between sees every acknowledged commit, and loses none`(
        script: SimulationScript
    ) {
        var matrix = InterleavingMatrix(script)
        matrix.stride = 41 * Settings.crashStride
        let report = matrix.run()
        for failure in report.failures { Issue.record("\(failure)") }
        #expect(report["readers"] > 5)
    }
}
