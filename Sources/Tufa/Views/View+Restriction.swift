internal import TufaBytes
public import TufaModel

/// Which rows of a table there are for whoever reads.
struct RowRestriction: Sendable {
    /// The condition, in its normal form.
    let predicate: Predicate
    /// The same, compiled.
    let program: PredicateProgram

    init(_ predicate: Predicate, _ plan: TablePlan) throws {
        self.predicate = try predicate.normalized(for: plan)
        program = PredicateProgram(self.predicate, plan)
    }
}

extension View {
    /// The same moment, in which only those rows of a type exist that meet a condition.
    ///
    /// The other rows are in no result, no count, no facet, no snippet and no suggestion. What
    /// scores are computed with, how rare a word is and how long texts are, is that of all rows.
    /// A view may be restricted again; all conditions hold then.
    ///
    /// ```swift
    /// let own = try db.view().restricted(Post.self) { $0.userID == ada.id }
    /// ```
    /// - Throws: ``DatabaseError``: `unknown_table`, `type_mismatch`.
    /// - Complexity: O(size of the condition); reads check the rows that they find.
    public func restricted<E: Entity>(
        _ type: E.Type, to condition: (Columns<E>) -> Predicate
    ) throws -> View {
        try restricted(registry.codec(E.self).plan, condition(Columns()))
    }

    /// The same moment, in which only those rows of a table exist that meet a condition.
    ///
    /// - Throws: as ``restricted(_:to:)-swift.method``.
    public func restricted(_ table: String, to predicate: Predicate) throws -> View {
        try restricted(hold.state.schema.table(table), predicate)
    }

    private func restricted(_ plan: TablePlan, _ predicate: Predicate) throws -> View {
        var copy = self
        let all = restrictions?[plan.number].map { .and([$0.predicate, predicate]) } ?? predicate
        copy.restrictions = restrictions ?? [:]
        copy.restrictions?[plan.number] = try RowRestriction(all, plan)
        return copy
    }
}
