/// What a figure counts, and which way is better.
enum Unit {
    /// Things a second.
    case rate(String)
    /// Times in seconds, shown in what fits.
    case time

    var isHigherBetter: Bool {
        if case .rate = self { return true }
        return false
    }

    var name: String {
        switch self {
        case .rate(let things): "\(things)/s"
        case .time: ""
        }
    }

    func text(_ value: Double) -> String {
        switch self {
        case .rate: grouped(value)
        case .time: duration(value)
        }
    }
}

/// One line of a table: the same thing measured of several subjects, several times each.
struct Comparison {
    let what: String
    let unit: Unit
    /// The figures of each subject by its name; Tufa's are the first of those that are its own.
    private(set) var runs: [(name: String, values: [Double])]

    init(_ what: String, _ unit: Unit, _ names: [String], _ values: [[Double]]) {
        self.what = what
        self.unit = unit
        runs = zip(names, values).map { ($0, $1) }
    }

    subscript(name: String) -> [Double] { runs.first { $0.name == name }?.values ?? [] }

    func figure(of name: String) -> Double? {
        let values = self[name]
        return values.isEmpty ? nil : median(values)
    }

    /// How many times better Tufa is than a peer: above 1 it is ahead.
    func ratio(to peer: String, of own: String = "Tufa") -> Double? {
        guard let ours = figure(of: own), let theirs = figure(of: peer), ours > 0, theirs > 0
        else { return nil }
        return unit.isHigherBetter ? ours / theirs : theirs / ours
    }

    /// The median, the lowest and the highest, and how far Tufa is ahead.
    func cell(_ name: String, comparing: Bool) -> String {
        guard let value = figure(of: name) else { return "-" }
        var text = unit.text(value)
        if self[name].count > 1 { text += " (\(spread(self[name], unit.text)))" }
        if comparing, let ratio = ratio(to: name) {
            text += ", \(ratio < 1 ? "**" : "")\(decimal(ratio))x\(ratio < 1 ? "**" : "")"
        }
        return text
    }
}
