internal import TufaBytes
internal import TufaIndex
internal import TufaModel

/// Which rows a search may find, asked before anything is counted or scored.
///
/// A condition that an index narrows to few rows is worked out once, into a set; another one is
/// asked of each row that matches.
struct RowFilter {
    /// Whether a row may be found; nil where every row may.
    let test: ((UInt32) -> Bool)?
    /// Whether no row may be found.
    let isNothing: Bool
    /// What is done, for people; nil where nothing is.
    let description: String?

    /// Makes a filter that is asked about at most `matchLimit` rows.
    ///
    /// - Throws: `unknown_field` or `type_mismatch`.
    /// - Complexity: O(log rows + matchLimit).
    init(_ predicate: Predicate, _ reading: TableReading, matchLimit: @autoclosure () -> Int) throws
    {
        if case .all = predicate, reading.restriction == nil {
            (test, isNothing, description) = (nil, false, nil)
            return
        }
        let condition = try reading.restricted(predicate).normalized(for: reading.plan)
        isNothing = condition == .none
        if condition == .all || isNothing {
            test = nil
            description = isNothing ? "no row can match" : nil
            return
        }
        let plan = try Planner.plan(condition, reading.plan)
        if let set = try Self.set(plan, reading, budget: matchLimit() / 2 + 64) {
            test = { set.contains($0) }
            description = "\(set.count) \(set.count == 1 ? "row" : "rows") by \(plan.description)"
            return
        }
        let program = PredicateProgram(condition, reading.plan)
        let rows = reading.table.store.rows
        let position = reading.position
        test = { number in
            guard let version = unsafe rows.visible(number, at: position) else { return false }
            return unsafe program.matches(id: version.id, body: version.body)
        }
        description = "each match by \(condition.text(in: reading.plan))"
    }

    /// The rows of a plan that narrows them by an index; nil for another plan, and where more than
    /// the budget would have to be looked at.
    private static func set(
        _ plan: Plan, _ reading: TableReading, budget: Int
    ) throws -> RowSet? {
        guard !plan.equality.isEmpty || plan.range != nil || plan.access == .nothing else {
            return nil
        }
        var set = RowSet(limit: reading.table.store.rows.numberLimit)
        var runner = PlanRunner(plan, reading)
        let isComplete = unsafe try runner.forEachNumber(atMost: budget) { number, _ in
            set.insert(number)
            return true
        }
        return isComplete ? set : nil
    }
}
