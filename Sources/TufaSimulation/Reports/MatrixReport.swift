/// What a matrix has tried, and what broke.
package struct MatrixReport: Sendable {
    /// How much was done of what, by name.
    package private(set) var counts: [String: Int] = [:]
    /// What broke, one sentence each that says how to see it again; the first hundred.
    package private(set) var failures: [String] = []
    /// How much broke.
    package private(set) var failureCount = 0

    /// Makes an empty report.
    package init() {}

    /// Whether nothing broke.
    package var isSound: Bool { failureCount == 0 }

    /// How much was done of one thing.
    package subscript(_ name: String) -> Int { counts[name] ?? 0 }

    mutating func count(_ name: String, _ number: Int = 1) { counts[name, default: 0] += number }

    mutating func fail(_ what: String) {
        failureCount += 1
        if failures.count < 100 { failures.append(what) }
    }

    /// Takes over what another part of the work has found.
    package mutating func merge(_ other: MatrixReport) {
        counts.merge(other.counts) { $0 + $1 }
        failureCount += other.failureCount
        failures += other.failures.prefix(100 - failures.count)
    }
}

/// Something that a simulation expected and did not find.
package struct Mismatch: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
