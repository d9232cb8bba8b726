import Foundation
import Testing
import TufaSearch

/// Prints how fast English text is analyzed, one thread, best of five.
///
/// It runs when `TUFA_BENCHMARK_TEXT` names a file of text; build for release to get true figures.
@Suite struct AnalyzerBenchmark {
    static let path = ProcessInfo.processInfo.environment["TUFA_BENCHMARK_TEXT"]

    @Test("Megabytes a second", .enabled(if: path != nil, "TUFA_BENCHMARK_TEXT is not set."))
    func throughput() throws {
        let text = try Data(contentsOf: URL(fileURLWithPath: try #require(Self.path)))
        let analyzer = Analyzer()
        var tokens = TokenBuffer()
        let analysis = measure(text) { analyzer.analyze($0, into: &tokens) }
        let termCount = tokens.count
        let tokenizing = measure(text) { analyzer.tokenize($0, into: &tokens) }
        print(
            """
            analyze \(rate(text, analysis)) MB/s, \(termCount) terms; \
            tokenize \(rate(text, tokenizing)) MB/s, \(tokens.count) words
            """)
        #expect(termCount > 0)
    }

    private func rate(_ text: Data, _ duration: Duration) -> String {
        String(format: "%.1f", Double(text.count) / (duration / .microseconds(1)))
    }

    private func measure(_ text: Data, _ body: (UnsafeRawBufferPointer) -> Void) -> Duration {
        var best = Duration.seconds(3600)
        for _ in 0..<5 {
            let elapsed = ContinuousClock().measure { text.withUnsafeBytes { body($0) } }
            best = min(best, elapsed)
        }
        return best
    }
}
