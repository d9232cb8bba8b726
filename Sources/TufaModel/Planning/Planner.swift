package import TufaBytes

/// Chooses how a query is answered, by rules and without statistics.
///
/// In this order: a unique index whose columns are all fixed; an index whose leading columns are
/// fixed and which also gives the order; one whose leading columns are fixed; one that gives the
/// order; one with a range; all rows by identifier. A fixed boolean alone does not count as fixed,
/// because half of the rows may share it. The same query on the same schema always gets the same
/// plan, which is what makes a cursor good for its next page.
package enum Planner {
    /// Plans a query.
    ///
    /// - Throws: `unknown_field` or `type_mismatch`, naming the table and the field.
    /// - Complexity: O(indexes * columns + size of the condition).
    package static func plan(
        _ predicate: Predicate, sort: [Sort] = [], _ table: TablePlan
    ) throws(DatabaseError) -> Plan {
        for step in sort { try table.checkField(step.field) }
        let predicate = try predicate.normalized(for: table)
        let facts = QueryFacts(predicate, sort: sort)
        var best = Candidate(.primary, table, facts)
        for number in table.indexes.indices {
            let candidate = Candidate(.index(number), table, facts)
            if candidate.isBetter(than: best) { best = candidate }
        }
        return best.plan(table, facts)
    }

    /// Plans a query by the names in it.
    ///
    /// - Throws: `unknown_table` too.
    package static func plan(
        _ query: QueryShape, _ schema: SchemaPlan
    ) throws(DatabaseError) -> Plan {
        try plan(query.predicate, sort: query.sort, try schema.table(query.table))
    }
}

/// What a condition and an order say, apart from any index.
struct QueryFacts {
    let predicate: Predicate
    /// The parts that all hold.
    let parts: [Predicate]
    /// For each fixed field, which part fixes it.
    private(set) var fixed: [Int: (value: Value, part: Int)] = [:]
    /// For each field with a range, the range and the parts that make it.
    private(set) var ranges: [Int: (range: ColumnRange, parts: [Int])] = [:]
    /// The order, completed by the identifier.
    let sort: [Sort]

    init(_ predicate: Predicate, sort: [Sort]) {
        self.predicate = predicate
        switch predicate {
        case .all: parts = []
        case .and(let all): parts = all
        default: parts = [predicate]
        }
        self.sort = QueryFacts.completed(sort)
        for (number, part) in parts.enumerated() { note(part, number) }
    }

    /// Without what comes twice, and ending with the identifier in the direction of the last step.
    static func completed(_ sort: [Sort]) -> [Sort] {
        var steps: [Sort] = []
        for step in sort where !steps.contains(where: { $0.field == step.field }) {
            steps.append(step)
            if step.field < 0 { return steps }
        }
        if let last = steps.last { steps.append(Sort(-1, isDescending: last.isDescending)) }
        return steps
    }

    private mutating func note(_ part: Predicate, _ number: Int) {
        switch part {
        case .isNull(let field):
            if fixed[field] == nil { fixed[field] = (.null, number) }
        case .compare(let field, .equal, let value):
            if fixed[field] == nil { fixed[field] = (value, number) }
        case .compare(let field, let comparison, let value):
            if comparison != .notEqual { narrow(field, comparison, value, number) }
        case .hasPrefix(let field, let prefix):
            // A prefix and bounds together would be two ranges; the first to come is the range.
            if ranges[field] == nil {
                ranges[field] = (ColumnRange(prefix: prefix), [number])
            }
        default: break
        }
    }

    private mutating func narrow(
        _ field: Int, _ comparison: Comparison, _ value: Value, _ number: Int
    ) {
        var (range, parts) = ranges[field] ?? (ColumnRange(), [])
        guard range.prefix == nil else { return }
        let bound = Bound(
            value: value,
            isInclusive: comparison == .lessOrEqual || comparison == .greaterOrEqual)
        if comparison == .greater || comparison == .greaterOrEqual {
            range.lower = range.lower.map { QueryFacts.tighter($0, bound, isLower: true) } ?? bound
        } else {
            range.upper = range.upper.map { QueryFacts.tighter($0, bound, isLower: false) } ?? bound
        }
        parts.append(number)
        ranges[field] = (range, parts)
    }

    private static func tighter(_ one: Bound, _ two: Bound, isLower: Bool) -> Bound {
        let order = one.value.order(against: two.value)
        if order == 0 { return one.isInclusive ? two : one }
        return (order > 0) == isLower ? one : two
    }
}
