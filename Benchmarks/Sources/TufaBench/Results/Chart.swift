import Foundation

/// A chart of lines as an SVG, readable on light and on dark.
struct Chart {
    /// One line of it.
    struct Series {
        var name: String
        var points: [(x: Double, y: Double)]
    }

    var title: String
    var xTitle: String
    var yTitle: String
    var series: [Series]
    /// Names of the places along the x axis, evenly spaced; nil where x is a logarithmic number.
    var places: [String]?

    private static let (width, height) = (760.0, 440.0)
    private static let (left, right, top, bottom) = (86.0, 150.0, 44.0, 56.0)
    // Okabe and Ito's colours, which people who see few colours can tell apart.
    private static let colors = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9"]
    private static let style = """
        <style>
        text { font: 13px system-ui, sans-serif; fill: #24292f }
        .title { font-size: 16px; font-weight: 600 }
        .grid { stroke: #d0d7de; stroke-width: 1 }
        .line { fill: none; stroke-width: 2.5 }
        @media (prefers-color-scheme: dark) {
        text { fill: #e6edf3 }
        .grid { stroke: #444c56 }
        }
        </style>
        """

    /// The whole picture; nil where there is nothing to show.
    var svg: String? {
        let shown = series.map { line in
            Series(
                name: line.name,
                points: line.points.filter { $0.y > 0 && ($0.x > 0 || places != nil) })
        }.filter { !$0.points.isEmpty }
        let points = shown.flatMap(\.points)
        guard let low = points.map(\.y).min(), let high = points.map(\.y).max(),
            let first = points.map(\.x).min(), let last = points.map(\.x).max()
        else { return nil }
        let yAxis = Axis(
            low: pow(10, floor(log10(low))), high: pow(10, ceil(log10(high * 1.001))),
            start: Self.height - Self.bottom, end: Self.top, isLogarithmic: true)
        let xAxis = Axis(
            low: first, high: max(last, first + 1e-9), start: Self.left,
            end: Self.width - Self.right, isLogarithmic: places == nil)
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Int(Self.width)) "
                + "\(Int(Self.height))\" role=\"img\">",
            "<title>\(escaped(title))</title>", Self.style,
            text(title, Self.left, 24, "class=\"title\""),
        ]
        lines += grid(yAxis, xAxis, points.map(\.x))
        for (number, line) in shown.enumerated() {
            lines += draw(line, Self.colors[number % Self.colors.count], xAxis, yAxis)
        }
        lines += legend(shown, yAxis)
        lines.append("</svg>\n")
        return lines.joined(separator: "\n")
    }

    /// Writes the picture, if there is anything to show; whether it did.
    func write(to folder: String, _ name: String) throws -> Bool {
        guard let svg else { return false }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try svg.write(toFile: "\(folder)/\(name).svg", atomically: true, encoding: .utf8)
        return true
    }

    // MARK: Parts

    /// Where a number lies on the picture.
    private struct Axis {
        let low, high, start, end: Double
        let isLogarithmic: Bool

        func place(_ value: Double) -> Double {
            let share =
                isLogarithmic
                ? log(value / low) / max(log(high / low), 1e-9) : (value - low) / (high - low)
            return start + share * (end - start)
        }
    }

    private func grid(_ yAxis: Axis, _ xAxis: Axis, _ values: [Double]) -> [String] {
        var lines: [String] = []
        var value = yAxis.low
        while value <= yAxis.high * 1.001 {
            let y = yAxis.place(value)
            lines.append(
                "<line class=\"grid\" x1=\"\(xAxis.start)\" x2=\"\(xAxis.end)\" y1=\"\(cut(y))\" "
                    + "y2=\"\(cut(y))\"/>")
            lines.append(text(Self.short(value), Self.left - 8, y + 4, "text-anchor=\"end\""))
            value *= 10
        }
        for value in Set(values).sorted() {
            let name = places.map { $0[Int(value)] } ?? Self.short(value)
            lines.append(
                text(
                    name, xAxis.place(value), Self.height - Self.bottom + 20,
                    "text-anchor=\"middle\""))
        }
        let middle = (xAxis.start + xAxis.end) / 2
        lines.append(text(xTitle, middle, Self.height - 12, "text-anchor=\"middle\""))
        let (x, y) = (18.0, (yAxis.start + yAxis.end) / 2)
        lines.append(
            text(yTitle, x, y, "text-anchor=\"middle\" transform=\"rotate(-90 \(x) \(y))\""))
        return lines
    }

    private func draw(_ line: Series, _ color: String, _ xAxis: Axis, _ yAxis: Axis) -> [String] {
        let places = line.points.map { (cut(xAxis.place($0.x)), cut(yAxis.place($0.y))) }
        let path = places.map { "\($0.0),\($0.1)" }.joined(separator: " ")
        return ["<polyline class=\"line\" stroke=\"\(color)\" points=\"\(path)\"/>"]
            + places.map { "<circle cx=\"\($0.0)\" cy=\"\($0.1)\" r=\"3.5\" fill=\"\(color)\"/>" }
    }

    /// Names beside the ends of the lines, pushed apart where lines end together.
    private func legend(_ shown: [Series], _ yAxis: Axis) -> [String] {
        let ends = shown.enumerated().map { number, line in
            (number, line.name, yAxis.place(line.points.last?.y ?? yAxis.low))
        }.sorted { $0.2 < $1.2 }
        var lowest = 0.0
        return ends.map { number, name, y in
            let place = max(y, lowest + 17)
            lowest = place
            let color = Self.colors[number % Self.colors.count]
            return text(
                name, Self.width - Self.right + 12, place + 4,
                "style=\"fill: \(color); font-weight: 600\"")
        }
    }

    private func text(_ text: String, _ x: Double, _ y: Double, _ more: String) -> String {
        "<text x=\"\(cut(x))\" y=\"\(cut(y))\" \(more)>\(escaped(text))</text>"
    }

    private func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;")
            .replacingOccurrences(of: "<", with: "&lt;")
    }

    private func cut(_ value: Double) -> Double { (value * 10).rounded() / 10 }

    /// A number in as few signs as tell it.
    private static func short(_ value: Double) -> String {
        switch value {
        case 1e6...: "\(plain(value / 1e6)) M"
        case 1e3...: "\(plain(value / 1e3)) k"
        default: plain(value)
        }
    }

    private static func plain(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : "\((value * 1000).rounded() / 1000)"
    }
}
