/// Findings, so many of a kind and no more: what goes wrong everywhere need not be told a million
/// times.
struct FindingList {
    private static let limit = 100

    private(set) var all: [Finding] = []
    private var counts: [String: Int] = [:]

    mutating func add(_ finding: Finding) {
        counts[finding.kind, default: 0] += 1
        if counts[finding.kind, default: 0] <= Self.limit { all.append(finding) }
    }

    /// How many are not told, one sentence a kind.
    var notes: [String] {
        counts.filter { $0.value > Self.limit }.sorted { $0.key < $1.key }.map { kind, count in
            "\(count - Self.limit) more findings of the kind \(kind) are not listed."
        }
    }
}
