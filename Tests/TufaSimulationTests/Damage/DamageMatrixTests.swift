import Testing
import TufaSimulation

/// Files are flipped, cut, shuffled and exchanged; `Tools/prove` does more of it.
@Suite(.timeLimit(.minutes(5)))
struct DamageMatrixTests {
    @Test(arguments: DamageSubject.Shape.allCases)
    func `a damaged file is noticed or does not matter`(shape: DamageSubject.Shape) throws {
        var matrix = DamageMatrix(try DamageSubject(shape))
        matrix.stride = (shape == .log ? 499 : 19_997) * Settings.crashStride
        let report = matrix.run()
        for failure in report.failures { Issue.record("\(failure)") }
        #expect(report["damaged files"] > 20 / Settings.crashStride)
    }
}
