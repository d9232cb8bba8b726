import Foundation

/// Measures Tufa beside the peers of this machine, a suite after the other.
@main
struct TufaBench {
    static func main() async throws {
        guard let options = Options(Array(CommandLine.arguments.dropFirst())) else {
            FileHandle.standardError.write(Data((Options.usage + "\n").utf8))
            exit(2)
        }
        #if DEBUG
            say("This is a debug build: its figures mean nothing. Use swift run -c release.\n")
        #endif
        let bench = try Bench(options)
        defer { bench.scratch.remove() }
        do {
            for suite in options.suites {
                try await run(suite, bench)
                bench.scratch.empty()
            }
        } catch {
            // What it says is more than a trap would.
            FileHandle.standardError.write(Data("The suite ended: \(error)\n".utf8))
            bench.scratch.remove()
            exit(1)
        }
    }

    private static func run(_ suite: Options.Suite, _ bench: Bench) async throws {
        switch suite {
        case .commit: try await CommitSuite(bench).run()
        case .index: try IndexSuite(bench).run()
        case .query: try QuerySuite(bench).run()
        case .search:
            guard let corpus = bench.options.corpus else {
                return say("Search is not measured: there are no documents; use Benchmarks/run.")
            }
            try PeerSuite(corpus, bench).run()
        case .quality: try QualitySuite(bench).run()
        case .replay: try ReplaySuite(bench).run()
        case .snapshot: try SnapshotSuite(bench).run()
        case .archive: try ArchiveSuite(bench).run()
        case .open: try OpenSuite(bench).run()
        case .memory: try MemorySuite(bench).run()
        case .growth: try GrowthSuite(bench).run()
        case .data: try DataSuite(bench).run()
        case .soak: try SoakSuite(bench).run()
        }
    }
}
