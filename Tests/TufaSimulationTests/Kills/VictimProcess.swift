import Foundation
import Testing

/// One run of the program that is there to be killed.
struct VictimProcess {
    /// The greatest count that each writer was told is safe.
    private(set) var acknowledged: [Int64: Int64] = [:]

    /// From when on the time to live counts.
    enum Beginning: CaseIterable {
        /// From the start, so that opening is cut off too.
        case start
        /// From the first commit that was acknowledged.
        case commit
    }

    /// Starts it on a database and kills it with a signal that it cannot see coming; without a time
    /// to live, waits until it ends because the disk is full.
    init(
        _ database: String, writers: Int, after microseconds: UInt32?,
        from beginning: Beginning = .start
    ) throws {
        let process = Process()
        process.executableURL = VictimProcess.url
        process.arguments = [database, "\(writers)"]
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let pid = process.processIdentifier
        var lines = Data()
        if beginning == .commit { lines = output.fileHandleForReading.availableData }
        // A disk that never becomes full would let it run for ever.
        Thread {
            usleep(microseconds ?? 60_000_000)
            if process.isRunning { kill(pid, SIGKILL) }
        }.start()
        lines += try output.fileHandleForReading.readToEnd() ?? Data()
        let complaints = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let isAsExpected =
            microseconds == nil
            ? process.terminationReason == .exit && process.terminationStatus == 4
            : process.terminationReason == .uncaughtSignal
        #expect(isAsExpected, "\(String(decoding: complaints, as: UTF8.self))")
        for line in String(decoding: lines, as: UTF8.self).split(separator: "\n") {
            let numbers = line.split(separator: " ").compactMap { Int64($0) }
            try #require(numbers.count == 2, "\(line)")
            acknowledged[numbers[0]] = max(acknowledged[numbers[0]] ?? 0, numbers[1])
        }
    }

    /// The program stands beside the test bundle.
    private static var url: URL {
        var folder = Bundle.main.bundleURL
        for bundle in Bundle.allBundles where bundle.bundlePath.hasSuffix(".xctest") {
            folder = bundle.bundleURL.deletingLastPathComponent()
        }
        return folder.appendingPathComponent("TufaVictim")
    }
}
