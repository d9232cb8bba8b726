import Foundation

/// Numbers of one measurement and the table that shows them.
struct Report {
    private(set) var lines: [(what: String, figure: String, note: String)] = []

    /// Adds a line and prints it at once, so that a long run shows what it does.
    mutating func add(_ what: String, _ figure: String, _ note: String = "") {
        lines.append((what, figure, note))
        say("| \(what) | \(figure) | \(note) |")
    }

    /// Adds a rate, as the median of the seconds that `count` things took.
    mutating func rate(_ what: String, _ count: Int, _ seconds: [Double], unit: String) {
        let rates = seconds.map { Double(count) / $0 }
        add(what, "\(grouped(median(rates))) \(unit)/s", spread(rates) { grouped($0) })
    }

    /// Adds a duration, as the median of what one thing took.
    mutating func time(_ what: String, _ seconds: [Double]) {
        add(what, duration(median(seconds)), spread(seconds, duration))
    }
}

/// How often each thing is measured; the median stands in the table.
let repetitions = 5

/// The seconds that `body` takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    return try clock.measure(body) / .seconds(1)
}

/// The seconds that each of several runs of `body` takes.
func timed(_ count: Int = repetitions, _ body: (Int) throws -> Void) rethrows -> [Double] {
    try (0..<count).map { run in try seconds { try body(run) } }
}

/// The value in the middle.
func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard let last = sorted.last else { return 0 }
    return sorted.count % 2 == 1
        ? sorted[sorted.count / 2]
        : (sorted[sorted.count / 2 - 1] + (sorted.count > 1 ? sorted[sorted.count / 2] : last)) / 2
}

/// The lowest and the highest value.
private func spread(_ values: [Double], _ text: (Double) -> String) -> String {
    guard let low = values.min(), let high = values.max(), values.count > 1 else { return "" }
    return "\(text(low)) - \(text(high))"
}

/// A whole number with its thousands apart.
func grouped(_ value: Double) -> String {
    var digits = Substring(String(Int(value.rounded())))
    var groups: [Substring] = []
    while digits.count > 3 {
        groups.insert(digits.suffix(3), at: 0)
        digits = digits.dropLast(3)
    }
    return ([digits] + groups).joined(separator: ",")
}

/// A duration with a unit that fits.
func duration(_ seconds: Double) -> String {
    if seconds >= 1 { return "\(decimal(seconds)) s" }
    if seconds >= 0.001 { return "\(decimal(seconds * 1e3)) ms" }
    return "\(decimal(seconds * 1e6)) us"
}

/// A number with two digits behind the point.
func decimal(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
}

/// Prints a line at once, also into a pipe.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
