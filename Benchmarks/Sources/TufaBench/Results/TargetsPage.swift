/// The section that holds what was measured against every target.
struct TargetsPage {
    let figures: Figures

    /// Whether a row is met.
    enum Verdict { case met, missed, open }

    func verdict(_ part: Target.Part) -> Verdict {
        guard let value = figures[part.key] else { return .open }
        return part.bound.isMet(by: value) ? .met : .missed
    }

    func verdict(_ target: Target) -> Verdict {
        let verdicts = target.parts.map(verdict)
        if verdicts.contains(.missed) { return .missed }
        return verdicts.contains(.open) ? .open : .met
    }

    func page() -> ResultsPage {
        var page = ResultsPage(title: "Targets")
        let parts = Target.all.flatMap(\.parts)
        let met = Target.all.filter { verdict($0) == .met }.count
        let metParts = parts.filter { verdict($0) == .met }.count
        let open = parts.filter { verdict($0) == .open }.count
        var says =
            "**\(met) of \(Target.all.count)** rows are met, \(metParts) of \(parts.count) parts"
        if open > 0 { says += "; \(open) parts are not measured" }
        let shares = parts.compactMap { part in
            figures[part.key].map { (part, part.bound.share(of: $0)) }
        }
        if let (part, share) = shares.min(by: { $0.1 < $1.1 }) {
            let row = Target.all.first { $0.parts.contains { $0.key == part.key } }
            says += "; the lowest is \(percent(share)) (\(row?.what ?? ""): \(part.says))"
        }
        page.paragraph(says + ".")
        page.paragraph(
            "A row is met when all its parts are. Each part is what was last measured, in the "
                + "section of its suite, with peers in the same run; ratios are to the peer's "
                + "median.")
        page.table(
            ["what", "part", "asked", "measured", "reached", "", "commit"],
            Target.all.flatMap(rows))
        let obstacles = Target.all.filter { verdict($0) == .missed }.compactMap { target in
            Obstacles.byTarget[target.what].map { "**\(target.what)**: \($0)" }
        }
        if !obstacles.isEmpty {
            page.heading("What stands in the way")
            page.list(obstacles)
        }
        return page
    }

    private func rows(_ target: Target) -> [[String]] {
        target.parts.enumerated().map { number, part in
            let title = number == 0 ? "\(target.what): \(text(verdict(target)))" : ""
            return [title, part.says] + cells(part, withCommit: true)
        }
    }

    /// The parts that one suite measures.
    func table(suite: String) -> [[String]] {
        Target.all.filter { $0.suite == suite }.flatMap { target in
            target.parts.map { ["\(target.what): \($0.says)"] + cells($0, withCommit: false) }
        }
    }

    private func cells(_ part: Target.Part, withCommit: Bool) -> [String] {
        let sign = if case .atLeast = part.bound { ">=" } else { "<=" }
        let asked = "\(sign) \(number(part.bound.limit)) \(part.unit)".trimmedEnd
        let commit = withCommit ? [figures.entries[part.key]?.commit ?? "-"] : []
        guard let value = figures[part.key] else { return [asked, "-", "-", text(.open)] + commit }
        return [
            asked, "\(number(value)) \(part.unit)".trimmedEnd,
            percent(part.bound.share(of: value)), text(verdict(part)),
        ] + commit
    }

    private func text(_ verdict: Verdict) -> String {
        switch verdict {
        case .met: "met"
        case .missed: "**missed**"
        case .open: "not measured"
        }
    }

    /// Digits as far as they tell something.
    private func number(_ value: Double) -> String {
        abs(value) >= 1000 || value == value.rounded() ? grouped(value) : decimal(value)
    }

    private func percent(_ share: Double) -> String {
        share > 10 ? "> 1,000 %" : "\(grouped(share * 100)) %"
    }
}

extension String {
    /// Without the spaces at its end.
    fileprivate var trimmedEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}
