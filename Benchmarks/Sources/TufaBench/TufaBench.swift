import Foundation

/// Measures Tufa on this machine and prints one table.
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
        if let corpus = options.corpus {
            let scratch = try Scratch(in: options.folder)
            defer { scratch.remove() }
            return try PeerSuite(corpus, options, scratch).run()
        }
        let machine = ProcessInfo.processInfo
        say("\(machine.processorCount) processors, \(machine.operatingSystemVersionString)")
        say("median of \(repetitions), lowest and highest beside it\n")
        say("| what | figure | lowest - highest |\n|---|---|---|")
        let scratch = try Scratch(in: options.folder)
        defer { scratch.remove() }
        var report = Report()
        for suite in options.suites {
            switch suite {
            case "floor": try SyncFloor.measure(in: scratch.folder, &report)
            case "write": try await WriteSuite.run(options, scratch, &report)
            case "read": try ReadSuite.run(options, scratch, &report)
            case "search": try SearchSuite.run(options, scratch, &report)
            default: try FileSuite.run(options, scratch, &report)
            }
        }
    }
}
