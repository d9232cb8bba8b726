internal import TufaBytes
internal import TufaIndex
internal import TufaModel

/// Walks what a plan says and hands the rows over, in the plan's order.
struct PlanRunner {
    let plan: Plan
    let reading: TableReading
    /// How many rows were looked at.
    private(set) var examinedCount = 0
    /// How many rows may be looked at.
    private var examinationLimit = Int.max

    init(_ plan: Plan, _ reading: TableReading) {
        self.plan = plan
        self.reading = reading
    }

    /// Hands over up to `limit` rows behind a cursor, until `body` answers false.
    ///
    /// - Complexity: O(log rows + rows of the run) where the index gives the order; else all rows
    ///   of the run are seen and the best `limit` sorted.
    mutating func run(
        after cursor: Cursor? = nil, limit: Int = .max, _ body: (RowVersion) throws -> Bool
    ) throws {
        if limit <= 0 { return }
        if plan.needsSort {
            unsafe try runSorted(after: cursor, limit: limit, body)
        } else {
            let keys = cursor.map { plan.keys(after: $0) } ?? plan.keys
            var left = limit
            unsafe try walk(keys, expecting: limit) { _, version in
                left -= 1
                return unsafe try body(version) && left > 0
            }
        }
    }

    /// Hands over the numbers and rows of the run, or of what is left of it behind a cursor, in the
    /// order of the index, until `body` answers false; false once more than so many were looked at.
    mutating func forEachNumber(
        after cursor: Cursor? = nil, atMost limit: Int = .max,
        _ body: (UInt32, RowVersion) throws -> Bool
    ) throws -> Bool {
        examinationLimit = limit
        unsafe try walk(cursor.map { plan.keys(after: $0) } ?? plan.keys, body)
        return examinedCount <= limit
    }

    /// Walks a run of keys and hands over the rows that the filter lets through.
    private mutating func walk(
        _ keys: KeyRange, expecting expectedCount: Int = .max,
        _ body: (UInt32, RowVersion) throws -> Bool
    ) throws {
        guard !keys.isEmpty, let (tree, root) = reading.tree(plan.access) else { return }
        if plan.isPoint {
            guard let number = point(keys, tree, root),
                let version = unsafe reading.table.store.rows.visible(
                    number, at: reading.position)
            else { return }
            _ = unsafe try visit(number, version, body)
            return
        }
        var walk = RowWalk(tree, root, reading, keys, isReversed: plan.isReversed)
        unsafe try walk.forEach(expecting: plan.filter == nil ? expectedCount : .max) {
            unsafe try visit($0, $1, body)
        }
    }

    private mutating func visit(
        _ number: UInt32, _ version: RowVersion, _ body: (UInt32, RowVersion) throws -> Bool
    ) throws -> Bool {
        examinedCount += 1
        if examinedCount > examinationLimit { return false }
        if let filter = plan.filter, unsafe !filter.matches(id: version.id, body: version.body) {
            return true
        }
        return unsafe try body(number, version)
    }

    /// How many rows the query has, at most `limit`; nil where that takes a look at them.
    ///
    /// - Complexity: O(log rows + entries of the run / entries of a node).
    func countOfEntries(atMost limit: Int) -> Int? {
        guard plan.filter == nil, !plan.isPoint else { return nil }
        guard !plan.keys.isEmpty, let (tree, root) = reading.tree(plan.access) else { return 0 }
        var walk = RowWalk(tree, root, reading, plan.keys, isReversed: plan.isReversed)
        return walk.count(atMost: limit)
    }

    /// The one row of a run that holds at most one: its key is the run's start.
    private func point(_ keys: KeyRange, _ tree: Tree, _ root: TreeRoot) -> UInt32? {
        unsafe keys.lower.withUnsafeBytes {
            unsafe tree.find($0, in: root, at: reading.position)
        }
    }

    // MARK: Sorting

    private mutating func runSorted(
        after cursor: Cursor?, limit: Int, _ body: (RowVersion) throws -> Bool
    ) throws {
        guard let sortKey = plan.sortKey else { return }
        var best = SortedRows(limit: limit)
        unsafe try walk(plan.keys) { number, version in
            let key = unsafe PlanRunner.key(of: version, by: sortKey)
            if let cursor, !cursor.key.lexicographicallyPrecedes(key) { return true }
            best.add(key, number)
            return true
        }
        for number in best.finish() {
            guard
                let version = unsafe reading.table.store.rows.visible(number, at: reading.position)
            else { continue }
            if unsafe try !body(version) { return }
        }
    }

    /// The key of a row, as cursors hold it.
    @unsafe
    static func key(of version: RowVersion, by plan: KeyPlan) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: KeyBuffer.maximumByteCount) { memory, count in
            var key = unsafe KeyBuffer(
                base: UnsafeMutableRawPointer(memory.baseAddress.unsafelyUnwrapped),
                capacity: KeyBuffer.maximumByteCount)
            unsafe plan.appendKey(of: version.id, version.body, to: &key)
            count = unsafe key.count
        }
    }

    /// The cursor behind a row of the plan's result.
    @unsafe
    func cursor(behind version: RowVersion) -> Cursor {
        Cursor(plan, key: unsafe PlanRunner.key(of: version, by: plan.sortKey ?? plan.accessKey))
    }
}

/// The best rows by key, kept while others stream by.
private struct SortedRows {
    let limit: Int
    private var rows: [(key: [UInt8], number: UInt32)] = []

    init(limit: Int) { self.limit = limit }

    mutating func add(_ key: [UInt8], _ number: UInt32) {
        rows.append((key, number))
        // Cut now and then, so that a small limit over many rows needs little memory.
        if limit < 1 << 20, rows.count >= 4 * limit + 1024 { cut() }
    }

    private mutating func cut() {
        rows.sort { $0.key.lexicographicallyPrecedes($1.key) }
        if rows.count > limit { rows.removeSubrange(limit...) }
    }

    mutating func finish() -> [UInt32] {
        cut()
        return rows.map { $0.number }
    }
}
