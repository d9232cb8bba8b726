import ArgumentParser
import Foundation
import Tufa
import TufaBytes
import TufaSimulation

struct FaultsCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "faults",
        abstract: "Try crashes and failing calls on your own disk, in a scratch folder.",
        discussion: """
            Databases of a few kilobytes go through every operation. What a power cut could leave \
            between any two calls is written to the disk and recovered there; calls of the disk \
            fail one after the other. Nothing that was acknowledged may be missing afterwards. It \
            shows that the disk's calls do what Tufa needs; whether the disk keeps what it says it \
            has synced, only cutting its power shows. The folder is made, and removed at the end. \
            Exit code 1 where something broke.

              tufa faults /mnt/data/scratch
            """)

    @Argument(help: ArgumentHelp("A folder that is missing or empty.", valueName: "scratch"))
    var scratch: String
    @Option(help: "Crashes and failures come at every so-manieth call; 1 tries all, for minutes.")
    var every = 10
    @Option(help: "Where chance begins.")
    var seed: UInt64 = 1
    @OptionGroup var output: OutputOptions

    func validate() throws { try LimitCheck.positive(every, "--every") }

    private struct Tried {
        let name: String
        let report: MatrixReport
        let seconds: Double
    }

    func run(_ console: Console) throws {
        let folder = try ScratchFolder(scratch)
        defer { folder.remove() }
        var trial = DiskTrial(in: DiskFolder(folder.path))
        (trial.stride, trial.seed) = (every, seed)
        let floor = try trial.syncFloor()
        if !output.json {
            try console.line("A write of 4 KiB and its sync take \(Int(floor)) us on this disk.")
        }
        var tried: [Tried] = []
        for part in DiskTrial.Part.allCases {
            let start = ContinuousClock.now
            let report = trial.run(part)
            let done = Tried(
                name: part.rawValue, report: report,
                seconds: Progress.seconds(ContinuousClock.now - start))
            tried.append(done)
            if !output.json { try show(done, console) }
        }
        let isSound = tried.allSatisfy(\.report.isSound)
        if output.json {
            try console.write(json(tried, floor, isSound))
        } else {
            try console.line(
                isSound
                    ? "Sound: nothing that was acknowledged was lost."
                    : "Broken: do not keep a database on this disk before this is understood; "
                        + "the same --seed and --every repeat it.")
        }
        if !isSound { throw FoundDamage() }
    }

    private func show(_ tried: Tried, _ console: Console) throws {
        let counts = tried.report.counts.sorted { $0.key < $1.key }
            .filter { $0.key != "calls" }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        let name = tried.name.padding(toLength: 12, withPad: " ", startingAt: 0)
        try console.line(
            "\(name)\(counts): \(tried.report.failureCount) broken, "
                + Progress.time(tried.seconds))
        for failure in tried.report.failures { try console.line("  \(failure)") }
    }

    private func json(_ tried: [Tried], _ floor: Double, _ isSound: Bool) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("ok", isSound)
            json.member("sync_microseconds", floor)
            json.member("seed", seed)
            json.name("parts")
            json.array { json in
                for part in tried {
                    json.object { json in
                        json.member("part", part.name)
                        json.member("seconds", part.seconds)
                        json.name("tried")
                        json.object { json in
                            for (name, count) in part.report.counts.sorted(by: { $0.key < $1.key })
                            where name != "calls" {
                                json.member(name, count)
                            }
                        }
                        json.member("broken", part.report.failureCount)
                        json.name("failures")
                        json.array { json in part.report.failures.forEach { json.string($0) } }
                    }
                }
            }
        }
        json.endLine()
        return json.bytes
    }
}
