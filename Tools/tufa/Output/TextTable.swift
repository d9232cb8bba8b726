/// Rows of cells for people: aligned on a terminal, separated by tabs elsewhere.
struct TextTable {
    private let header: [String]
    private let isRightAligned: [Bool]
    private var rows: [[String]] = []

    /// Makes a table; a column is aligned to the right where that is said.
    init(_ header: [String], rightAligned: Set<Int> = []) {
        self.header = header
        isRightAligned = header.indices.map { rightAligned.contains($0) }
    }

    /// Adds a row with a cell for each column.
    mutating func append(_ cells: [String]) { rows.append(cells.map(TextTable.oneLine)) }

    /// Writes the table.
    func write(to console: Console) throws {
        guard console.isTerminal else {
            for row in [header] + rows { try console.line(row.joined(separator: "\t")) }
            return
        }
        let widths = columnWidths(console.width)
        for row in [header] + rows {
            var text = ""
            for (index, cell) in row.enumerated() {
                let cut = TextTable.cut(cell, widths[index])
                let blanks = String(repeating: " ", count: max(0, widths[index] - cut.count))
                if index > 0 { text += "  " }
                text += isRightAligned[index] ? blanks + cut : cut + blanks
            }
            while text.last == " " { text.removeLast() }
            try console.line(text)
        }
    }

    /// The width of each column: the widest ones give way until all fit.
    func columnWidths(_ available: Int) -> [Int] {
        var widths = header.indices.map { index in
            ([header] + rows).map { $0[index].count }.max() ?? 0
        }
        let room = available - 2 * (widths.count - 1)
        while widths.reduce(0, +) > room {
            guard let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
                widths[widest] > 8
            else { break }
            let second = widths.filter { $0 < widths[widest] }.max() ?? 0
            let excess = widths.reduce(0, +) - room
            let sharing = widths.filter { $0 == widths[widest] }.count
            let step = max(1, min(widths[widest] - second, excess / sharing))
            widths[widest] = max(8, widths[widest] - step)
        }
        return widths
    }

    /// A text cut to a width, with a mark where something is missing.
    static func cut(_ text: String, _ width: Int) -> String {
        text.count <= width ? text : text.prefix(max(0, width - 1)) + "…"
    }

    /// A text with its line ends and tabs made visible, so that a cell stays a cell.
    static func oneLine(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return text }
        var line = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": line += "\\n"
            case "\t": line += "\\t"
            case "\r": line += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: line += "\u{FFFD}"
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }
}
