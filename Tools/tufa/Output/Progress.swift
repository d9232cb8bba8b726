import Foundation

/// A line on a terminal's standard error that says how far something is, after its first second.
final class Progress {
    private let console: Console
    private let label: String
    private let start = ContinuousClock.now
    private var lastShown: ContinuousClock.Instant
    private var isShown = false

    init(_ label: String, _ console: Console) {
        self.label = label
        self.console = console
        lastShown = start
    }

    /// The seconds since the beginning.
    var seconds: Double { Progress.seconds(ContinuousClock.now - start) }

    /// Shows a count, and a share where there is a total, ten times a second at most.
    func update(_ count: UInt64, _ unit: String, part: UInt64 = 0, of total: UInt64? = nil) {
        guard console.isErrorTerminal else { return }
        let now = ContinuousClock.now
        guard now - start > .seconds(1), now - lastShown > .milliseconds(100) else { return }
        lastShown = now
        isShown = true
        var text = "\r\(label): \(Progress.grouped(count)) \(unit)"
        if let total, total > 0 { text += ", \(min(100, part * 100 / total)) %" }
        console.status(text + ", \(Int(seconds)) s\u{1B}[K")
    }

    /// Takes the line away.
    func finish() {
        if isShown { console.status("\r\u{1B}[K") }
        isShown = false
    }

    deinit { finish() }

    /// A duration in seconds.
    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    /// A number with its digits in groups of three.
    static func grouped(_ number: some BinaryInteger) -> String {
        var text = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index % 3 == 0, digit != "-" { text = "," + text }
            text = String(digit) + text
        }
        return text
    }

    /// A number of bytes in the unit that fits.
    static func bytes(_ count: some BinaryInteger) -> String {
        var value = Double(count)
        for unit in ["B", "KiB", "MiB", "GiB"] {
            if value < 1024 || unit == "GiB" {
                return unit == "B" ? "\(count) B" : String(format: "%.1f %@", value, unit)
            }
            value /= 1024
        }
        return "\(count) B"
    }

    /// A duration as people read it.
    static func time(_ seconds: Double) -> String {
        if seconds < 0.001 { return String(format: "%.0f us", seconds * 1e6) }
        if seconds < 1 { return String(format: "%.1f ms", seconds * 1e3) }
        return String(format: "%.2f s", seconds)
    }
}
