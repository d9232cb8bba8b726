import Foundation

/// The machine that measures.
enum Machine {
    static var description: String {
        let info = ProcessInfo.processInfo
        let memory = Int((Double(info.physicalMemory) / Double(1 << 30)).rounded())
        return "\(info.processorCount) processors (\(processor)), \(memory) GiB of memory, "
            + info.operatingSystemVersionString
    }

    private static var processor: String {
        #if os(Linux)
            let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
            let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
            let name = line?.split(separator: ":").last.map { $0.drop { $0 == " " } }
            return name.map(String.init) ?? "unknown"
        #else
            return "Apple"
        #endif
    }

    /// How busy the machine was in the last minute, where it can be told.
    static var load: Double {
        var loads = [0.0, 0, 0]
        return getloadavg(&loads, 3) > 0 ? loads[0] : 0
    }
}
