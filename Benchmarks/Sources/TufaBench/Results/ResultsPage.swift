import Foundation

/// `Results.md`: a section for each suite, each with the machine and the versions that it was
/// measured with.
struct ResultsPage {
    /// The name of a section, and its lines.
    private(set) var title: String
    private var lines: [String] = []

    init(title: String) { self.title = title }

    mutating func paragraph(_ text: String) { lines += [text, ""] }

    mutating func heading(_ text: String) { lines += ["### \(text)", ""] }

    mutating func list(_ items: [String]) { lines += items.map { "- \($0)" } + [""] }

    /// Shows a picture beside the page, by its path from there.
    mutating func picture(_ title: String, _ path: String) {
        lines += ["![\(title)](\(path))", ""]
    }

    mutating func table(_ head: [String], _ rows: [[String]]) {
        lines.append("| \(head.joined(separator: " | ")) |")
        lines.append("|" + head.map { _ in "---|" }.joined())
        lines += rows.map { "| \($0.joined(separator: " | ")) |" } + [""]
    }

    var text: String { lines.joined(separator: "\n") }

    /// Puts the section in place of the one of the same name in a page, and leaves the others; a
    /// new one comes last, or first of all.
    func write(to path: String, first: Bool = false) throws {
        let old = (try? String(contentsOfFile: path, encoding: .utf8)) ?? Self.emptyPage
        var parts = old.components(separatedBy: "\n## ")
        let section = "\(title)\n\n\(text)"
        if let place = parts.dropFirst().firstIndex(where: { $0.hasPrefix("\(title)\n") }) {
            parts[place] = section
        } else {
            parts.insert(section, at: first ? 1 : parts.count)
        }
        let trimmed = parts.map { $0.trimmingCharacters(in: .newlines) + "\n" }
        try trimmed.joined(separator: "\n## ").write(
            toFile: path, atomically: true, encoding: .utf8)
    }

    private static let emptyPage = """
        # Results

        What `Benchmarks/run` measured, won and lost. Each section says on which machine and with
        which versions; nothing replaces the figures of your own.

        """
}
