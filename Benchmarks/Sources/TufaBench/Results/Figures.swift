import Foundation

/// What the suites last measured of the targets, one number a part, kept in a file.
struct Figures {
    /// One number.
    struct Entry: Codable, Equatable {
        var value: Double
        /// The day on which it was measured.
        var when: String
        /// What was measured.
        var commit: String
    }

    private(set) var entries: [String: Entry] = [:]
    private let path: String?
    private let commit: String

    /// Reads the file; a missing one is an empty one.
    init(_ path: String?, commit: String) throws {
        self.path = path
        self.commit = commit
        guard let path, let data = FileManager.default.contents(atPath: path) else { return }
        entries = try JSONDecoder().decode([String: Entry].self, from: data)
    }

    subscript(key: String) -> Double? { entries[key]?.value }

    /// Keeps a number, if any target asks for it.
    mutating func set(_ key: String, _ value: Double) {
        guard value.isFinite, Target.keys.contains(key) else { return }
        let day = ISO8601DateFormatter.string(
            from: Date(), timeZone: .gmt, formatOptions: [.withFullDate])
        entries[key] = Entry(value: Self.rounded(value), when: day, commit: commit)
    }

    /// Four digits are as many as a machine repeats.
    private static func rounded(_ value: Double) -> Double {
        guard value != 0 else { return 0 }
        let scale = pow(10, 3 - floor(log10(abs(value))))
        return (value * scale).rounded() / scale
    }

    func save() throws {
        guard let path else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        var data = try encoder.encode(entries)
        data.append(UInt8(ascii: "\n"))
        try data.write(to: URL(filePath: path))
    }
}
