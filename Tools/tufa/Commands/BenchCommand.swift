import ArgumentParser
import Foundation
import Tufa
import TufaSimulation

struct BenchCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure Tufa on your own disk and machine, in a scratch folder.",
        discussion: """
            The disk is measured first: what a write and its sync cost bounds what one writer can \
            commit durably; writers at once share syncs. Then come commits, batches, questions, \
            replay, a snapshot and memory, over rows that are the same in every run. It takes half \
            a minute and about a kilobyte of disk a row; the folder is made, and removed at the \
            end. Figures of a machine that does something else at the time mean nothing.

              tufa bench /mnt/data/scratch
            """)

    @Argument(help: ArgumentHelp("A folder that is missing or empty.", valueName: "scratch"))
    var scratch: String
    @Option(help: "How many rows the tables hold.")
    var rows = 250_000
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try LimitCheck.positive(rows, "--rows")
        if rows < 1000 { throw ValidationError("--rows: give at least 1000.") }
    }

    func run(_ console: Console) throws {
        let folder = try ScratchFolder(scratch)
        defer { folder.remove() }
        let floor = try DiskTrial(in: DiskFolder(folder.path)).syncFloor()
        var json = JSONWriter()
        let isJSON = output.json
        var figures: [Bench.Figure] = []
        #if DEBUG
            if !isJSON { try console.line("A debug build: its figures mean nothing.") }
        #endif
        let bench = Bench(in: folder.path, rowCount: rows) { figure in
            figures.append(figure)
            if !isJSON { try Self.show(figure, console) }
        }
        try bench.run(syncMicroseconds: floor)
        guard isJSON else { return }
        json.object { json in
            json.member("rows", rows)
            json.name("figures")
            json.array { json in
                for figure in figures {
                    json.object { json in
                        json.member("name", figure.key)
                        json.member("value", figure.value)
                        json.member("unit", figure.unit)
                    }
                }
            }
        }
        json.endLine()
        try console.write(json.bytes)
    }

    private static func show(_ figure: Bench.Figure, _ console: Console) throws {
        let value =
            figure.value >= 1000
            ? Progress.grouped(Int(figure.value.rounded()))
            : String(format: figure.value >= 100 ? "%.0f" : "%.2f", figure.value)
        let name = figure.name.padding(toLength: 66, withPad: " ", startingAt: 0)
        let padding = String(repeating: " ", count: max(0, 12 - value.count))
        let note = figure.note.isEmpty ? "" : " (\(figure.note))"
        try console.line("\(name)\(padding)\(value) \(figure.unit)\(note)")
    }
}
