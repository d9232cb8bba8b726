import Foundation
import LZ4Library
import Tufa

/// Archiving the log, and replaying the archives.
struct ArchiveSuite {
    private let bench: Bench
    private static let rowCount = 1_000_000

    init(_ bench: Bench) { self.bench = bench }

    func run() throws {
        let tufa = TufaStore()
        var report = try SuiteReport("Archives", suite: "archive", bench, [tufa])
        let rows = BlogRows(Self.rowCount)
        let folder = bench.folder(tufa)
        try tufa.open(folder, .buffered)
        try rows.load(into: tufa)
        try tufa.close()
        let raw = try logBytes(folder)
        var archives: [(report: ArchiveReport, seconds: Double)] = []
        var copy = ""
        for run in 0..<repetitions {
            copy = "\(folder)-\(run)"
            try FileManager.default.copyItem(atPath: folder, toPath: copy)
            try tufa.open(copy, .buffered)
            var written: ArchiveReport?
            let took = try seconds { written = try tufa.opened().archiveBlocking() }
            if let written { archives.append((written, took)) }
            try tufa.close()
        }
        guard let last = archives.last?.report else { return }
        let megabytes = Double(last.rawByteCount) / 1e6
        let replays = try (0..<repetitions).map { _ in
            let replay = try Database.replay(copy)
            // Some events may be in the log still; the archives' share of the time is theirs.
            let share = Double(last.eventCount) / Double(replay.eventCount)
            return megabytes / (replay.seconds * share)
        }
        let decoded = decode(raw)
        let ratio = Double(last.rawByteCount) / Double(last.storedByteCount)
        report.keep("replay.archive", median(replays))
        report.keep("replay.lz4", median(decoded))
        report.keep("archive.ratio", ratio)
        report.heading("\(grouped(Double(last.eventCount))) events of \(decimal(megabytes)) MB")
        report.compare([
            Comparison(
                "archiving, events as they were", .rate("MB"), ["Tufa"],
                [archives.map { megabytes / $0.seconds }]),
            Comparison(
                "replay of the archives, the same", .rate("MB"), ["Tufa"], [replays]),
            Comparison(
                "LZ4 decoding alone, 64 KiB blocks, one processor", .rate("MB"), ["Tufa"],
                [decoded]),
        ])
        report.paragraph("The archives are \(decimal(ratio)) times smaller than their events.")
        try report.finish(method: [
            "The log of 200,000 users and 800,000 posts in commits of 1,000, archived in a copy "
                + "each time. Archiving verifies what it wrote before the log goes.",
            "LZ4 decoding is the same log in blocks of 64 KiB, as archives have them, decoded by "
                + "the system's library: what the format allows on this machine.",
        ])
    }

    /// The bytes of the log's segments.
    private func logBytes(_ folder: String) throws -> [UInt8] {
        let log = folder + "/log"
        var bytes: [UInt8] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: log).sorted() {
            bytes += FileManager.default.contents(atPath: log + "/" + name) ?? Data()
        }
        // A segment is made longer than what is in it.
        while bytes.last == 0 { bytes.removeLast() }
        return bytes
    }

    /// Megabytes a second of what comes out.
    private func decode(_ raw: [UInt8]) -> [Double] {
        let size = 65_536
        var blocks: [[CChar]] = []
        var start = 0
        while start + size <= raw.count {
            let bound = LZ4_compressBound(Int32(size))
            var block = [CChar](repeating: 0, count: Int(bound))
            let count = raw[start..<start + size].withUnsafeBytes { bytes in
                LZ4_compress_default(
                    bytes.baseAddress?.assumingMemoryBound(to: CChar.self), &block, Int32(size),
                    bound)
            }
            blocks.append(Array(block.prefix(Int(count))))
            start += size
        }
        var output = [CChar](repeating: 0, count: size)
        return (0..<repetitions).map { _ in
            var sum = 0
            let took = seconds {
                for block in blocks {
                    let count = LZ4_decompress_safe(
                        block, &output, Int32(block.count), Int32(size))
                    sum += Int(count)
                }
            }
            precondition(sum == blocks.count * size, "LZ4 gives other bytes than it was given.")
            return Double(sum) / took / 1e6
        }
    }
}
