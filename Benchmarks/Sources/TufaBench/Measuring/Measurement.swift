import Foundation

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

/// Measures each subject in turn, run by run, and changes who is first; returns its figures.
///
/// Machines change from minute to minute; what is compared is measured side by side.
func inTurn<Subject, Figure>(
    _ subjects: [Subject], runs: Int = repetitions, _ body: (Subject, Int) throws -> Figure
) rethrows -> [[Figure]] {
    var figures = subjects.map { _ in [Figure]() }
    for (run, number) in turns(of: subjects.count, runs: runs) {
        figures[number].append(try body(subjects[number], run))
    }
    return figures
}

/// The same of what has to be waited for.
func inTurn<Subject, Figure>(
    _ subjects: [Subject], runs: Int = repetitions, _ body: (Subject, Int) async throws -> Figure
) async rethrows -> [[Figure]] {
    var figures = subjects.map { _ in [Figure]() }
    for (run, number) in turns(of: subjects.count, runs: runs) {
        figures[number].append(try await body(subjects[number], run))
    }
    return figures
}

/// Whose turn it is, run by run: in each run another one is first.
private func turns(of count: Int, runs: Int) -> [(run: Int, number: Int)] {
    (0..<runs).flatMap { run in (0..<count).map { (run, ($0 + run) % count) } }
}

/// The lowest and the highest value.
func spread(_ values: [Double], _ text: (Double) -> String) -> String {
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
    let hundredths = Int((abs(value) * 100).rounded())
    let fraction = hundredths % 100
    return "\(value < 0 ? "-" : "")\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
}

/// Prints a line at once, also into a pipe.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
