import Foundation
import Synchronization

/// A line on a terminal's standard error that says how far something is, after its first second.
final class Progress: Sendable {
    private struct Shown {
        var last: ContinuousClock.Instant?
        var isThere = false
    }

    private let isTerminal: Bool
    private let label: String
    private let start = ContinuousClock.now
    private let shown = Mutex(Shown())

    init(_ label: String, _ console: Console) {
        self.label = label
        isTerminal = console.isErrorTerminal && !console.remarks.isJSON
    }

    /// The seconds since the beginning.
    var seconds: Double { Progress.seconds(ContinuousClock.now - start) }

    /// Shows a count, and a share where there is a total, ten times a second at most.
    func update(_ count: UInt64, _ unit: String, part: UInt64 = 0, of total: UInt64? = nil) {
        guard isTerminal else { return }
        let now = ContinuousClock.now
        guard now - start > .seconds(1) else { return }
        var text = "\r\(label): \(Progress.grouped(count)) \(unit)"
        if let total, total > 0 { text += ", \(min(100, part * 100 / total)) %" }
        text += ", \(Int(seconds)) s\u{1B}[K"
        shown.withLock { shown in
            if let last = shown.last, now - last < .milliseconds(100) { return }
            shown.last = now
            shown.isThere = true
            Console.status(text)
        }
    }

    /// Shows how many events of how many are replayed, and always goes on.
    var replay: @Sendable (UInt64, UInt64) -> Bool {
        { done, total in
            self.update(done, "events", part: done, of: total)
            return true
        }
    }

    /// Takes the line away.
    func finish() {
        shown.withLock { shown in
            if shown.isThere { Console.status("\r\u{1B}[K") }
            shown.isThere = false
        }
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

    /// A number of things by their name: `1 row`, `2 rows`.
    static func counted(_ number: some BinaryInteger, _ name: String) -> String {
        "\(grouped(number)) \(name)\(number == 1 ? "" : "s")"
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
