internal import TufaBytes
internal import TufaIndex
internal import TufaModel

extension TableReading {
    /// Hands over the rows of a query in its order.
    func forEach(
        _ predicate: Predicate, _ sort: [Sort], limit: Int?, _ body: (RowVersion) throws -> Bool
    ) throws {
        if restriction == nil, let run = IndexRun.find(predicate, sort, table) {
            let limit = limit ?? .max
            unsafe try run.forEach(
                predicate, in: table, at: position, limit: limit,
                root: { $0 < 0 ? roots.primary : roots.indexes[$0] }, body)
            return
        }
        var runner = PlanRunner(try Planner.plan(restricted(predicate), sort: sort, plan), self)
        unsafe try runner.run(limit: limit ?? .max, body)
    }

    func first<E: Entity>(_ query: Query<E>, _ codec: EntityCodec<E>) throws -> E? {
        if query.sort.isEmpty, restriction == nil,
            let point = PointLookup.run(
                query.predicate, in: table, at: position,
                root: { $0 < 0 ? roots.primary : roots.indexes[$0] })
        {
            return unsafe point.version.map { unsafe codec.decode($0.id, $0.body) }
        }
        var found: E?
        unsafe try forEach(query.predicate, query.sort, limit: 1) {
            found = unsafe codec.decode($0.id, $0.body)
            return false
        }
        return found
    }

    func fetch<E: Entity>(_ query: Query<E>, _ codec: EntityCodec<E>) throws -> [E] {
        var found: [E] = []
        unsafe try forEach(query.predicate, query.sort, limit: query.limit) {
            found.append(unsafe codec.decode($0.id, $0.body))
            return true
        }
        return found
    }

    func page<Row>(
        _ predicate: Predicate, _ sort: [Sort], size: Int, after cursor: String?,
        _ decode: (RowVersion) -> Row
    ) throws -> Page<Row> {
        precondition(size > 0, "A page has at least one row.")
        let plan = try Planner.plan(restricted(predicate), sort: sort, plan)
        let place = try cursor.map { try Cursor(decoding: $0, for: plan) }
        var runner = PlanRunner(plan, self)
        var rows: [Row] = []
        var last: Cursor?
        var hasMore = false
        let maker = runner
        unsafe try runner.run(after: place, limit: size + 1) { version in
            if rows.count == size {
                hasMore = true
                return false
            }
            unsafe rows.append(decode(version))
            if rows.count == size { last = unsafe maker.cursor(behind: version) }
            return true
        }
        return Page(rows: rows, next: hasMore ? last?.text : nil)
    }

    func count(_ predicate: Predicate, limit: Int?) throws -> Int {
        if predicate == .all, restriction == nil { return min(roots.rowCount, limit ?? .max) }
        var runner = PlanRunner(try Planner.plan(restricted(predicate), sort: [], plan), self)
        if let count = runner.countOfEntries(atMost: limit ?? .max) { return count }
        var count = 0
        unsafe try runner.run(limit: limit ?? .max) { _ in
            count += 1
            return true
        }
        return count
    }

    func explain(_ predicate: Predicate, _ sort: [Sort], limit: Int?) throws -> Explanation {
        let plan = try Planner.plan(restricted(predicate), sort: sort, plan)
        var runner = PlanRunner(plan, self)
        unsafe try runner.run(limit: limit ?? .max) { _ in true }
        return Explanation(
            index: plan.accessName, examinedRowCount: runner.examinedCount,
            description: plan.description)
    }
}
