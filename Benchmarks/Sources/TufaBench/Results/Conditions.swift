/// The machine, how busy it is, and what its disk and memory allow, at the head of each section.
struct Conditions {
    let paragraphs: [String]

    /// Measures in a folder of the disk that the suite will use.
    init(in folder: String) throws {
        let load = decimal(Machine.load)
        let floor = try SyncFloor(in: folder)
        let count = 1000
        let rates = (0..<repetitions).map { _ in Double(count) / floor.measure(count) }
        let copies = MemoryBandwidth.measure().map { $0 / 1e6 }
        paragraphs = [
            "Machine: \(Machine.description); load before the start \(load).",
            "What it allows: \(grouped(median(rates))) syncs/s of 4 KiB over written blocks "
                + "(\(spread(rates, grouped))); a copy of 256 MB at \(grouped(median(copies))) "
                + "MB/s (\(spread(copies, grouped))).",
        ]
    }
}
